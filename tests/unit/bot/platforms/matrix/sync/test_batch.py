"""Whatever a server sends, well-formed parts of it are kept, and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.matrix.crypto.one_time_keys import COUNTS, UNUSED, KeyCounts
from bot.platforms.matrix.http_client import ServerUnreachable
from bot.platforms.matrix.sync.batch import (
    JoinedRoom,
    SyncBatch,
    as_object,
    events_of,
    is_event,
    parse_batch,
)

EVENT = {"type": "m.room.message", "sender": "@anna:x", "content": {"body": "x"}, "other": [1]}
KEYS = st.sampled_from(
    (
        *("rooms", "join", "invite", "leave", "to_device", "device_lists", "next_batch"),
        *("events", "timeline", "state", "limited", "prev_batch", "invite_state", "changed"),
        *("type", "sender", "content", "!room", COUNTS, UNUSED),
    )
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
VALUES = st.recursive(
    SCALARS | st.just(EVENT),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


def test_a_well_formed_answer_is_taken_over_whole() -> None:
    room = {
        "state": {"events": [EVENT]},
        "timeline": {"events": [EVENT], "limited": True, "prev_batch": "t1"},
    }
    answer = {
        "next_batch": "s1",
        "to_device": {"events": [EVENT]},
        "device_lists": {"changed": ["@anna:x"]},
        COUNTS: {"signed_curve25519": 50},
        UNUSED: ["signed_curve25519"],
        "rooms": {
            "join": {"!room": room},
            "invite": {"!new": {"invite_state": {"events": [EVENT]}}},
            "leave": {"!old": {}},
        },
    }
    assert parse_batch(answer) == SyncBatch(
        next_batch="s1",
        to_device=(EVENT,),
        changed_devices=("@anna:x",),
        key_counts=KeyCounts(50, has_fallback=True),
        joined={"!room": JoinedRoom((EVENT,), (EVENT,), limited=True, prev_batch="t1")},
        invited={"!new": (EVENT,)},
        left=("!old",),
    )


def test_counts_of_keys_that_a_sync_leaves_out_stay_unknown() -> None:
    assert parse_batch({"next_batch": "s1"}).key_counts == KeyCounts(None, None)


def test_to_device_events_are_taken_once() -> None:
    batch = SyncBatch("s1", to_device=(EVENT,))
    assert batch.take_to_device() == (EVENT,)
    assert batch.take_to_device() == ()


def test_state_events_come_in_order_before_and_within_the_timeline() -> None:
    before, within = {**EVENT, "state_key": "a"}, {**EVENT, "state_key": "b"}
    assert list(JoinedRoom((before,), (EVENT, within)).state_events()) == [before, within]
    assert list(JoinedRoom().state_events()) == []


def test_no_repr_of_a_batch_names_anybody() -> None:
    joined = {"!room": JoinedRoom((EVENT,), (EVENT,))}
    batch = SyncBatch("s1", (EVENT,), ("@anna:x",), joined=joined, left=("!old",))
    shown = f"{batch!r} {joined['!room']!r}"
    assert not [name for name in ("@anna:x", "!room", "!old", "s1", "body") if name in shown]


@pytest.mark.parametrize("next_batch", [None, "", 7, ["s1"], {}])
def test_an_answer_without_a_cursor_is_refused(next_batch: Any) -> None:
    with pytest.raises(ServerUnreachable):
        parse_batch({"next_batch": next_batch, "rooms": {}})


@pytest.mark.parametrize(
    "other", [{"type": 7}, {"type": None}, {"sender": []}, {"content": "x"}, {"content": None}]
)
def test_a_broken_event_is_left_out_and_its_neighbours_stay(other: dict[str, Any]) -> None:
    broken = {**EVENT, **other}
    assert not is_event(broken)
    assert events_of({"events": [broken, EVENT, "junk", EVENT]}) == (EVENT, EVENT)


@given(VALUES)
def test_any_value_can_be_looked_at(value: Any) -> None:
    assert isinstance(as_object(value), dict)
    assert all(is_event(event) for event in events_of(value))


@given(st.dictionaries(KEYS, VALUES, max_size=8))
def test_any_answer_becomes_a_well_formed_batch(answer: dict[str, Any]) -> None:
    batch = parse_batch({**answer, "next_batch": "s1"})
    for room in batch.joined.values():
        assert all(is_event(event) for event in (*room.state, *room.timeline))
    for state in batch.invited.values():
        assert all(is_event(event) for event in state)
    assert all(is_event(event) for event in batch.to_device)
    assert all(isinstance(user, str) for user in batch.changed_devices)
    count, has_fallback = batch.key_counts
    assert count is None or isinstance(count, int)
    assert has_fallback in {None, True, False}
