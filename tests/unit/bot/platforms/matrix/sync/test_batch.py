"""Of whatever a server sends, what has its form is kept, and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.matrix.http_client import ServerUnreachable
from bot.platforms.matrix.sync.batch import COUNTS, UNUSED, events, is_event, mapping, sound

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


def test_what_is_whole_stays_as_it_is() -> None:
    shown = {
        "state": {"events": [EVENT]},
        "timeline": {"events": [EVENT], "limited": True, "prev_batch": "t1"},
    }
    whole = {
        "next_batch": "s1",
        "to_device": {"events": [EVENT]},
        "device_lists": {"changed": ["@anna:x"]},
        COUNTS: {"signed_curve25519": 50},
        UNUSED: ["signed_curve25519"],
        "rooms": {
            "join": {"!room": shown},
            "invite": {"!new": {"invite_state": {"events": [EVENT]}}},
            "leave": {"!old": {}},
        },
    }
    assert sound(whole) == whole


def test_what_is_not_told_about_keys_is_not_made_up() -> None:
    found = sound({"next_batch": "s1"})
    assert COUNTS not in found
    assert UNUSED not in found


@pytest.mark.parametrize("place", [None, "", 7, ["s1"], {}])
def test_without_a_place_to_go_on_from_it_is_no_answer(place: Any) -> None:
    with pytest.raises(ServerUnreachable):
        sound({"next_batch": place, "rooms": {}})


@pytest.mark.parametrize(
    "other", [{"type": 7}, {"type": None}, {"sender": []}, {"content": "x"}, {"content": None}]
)
def test_a_broken_event_is_left_out_and_its_neighbours_stay(other: dict[str, Any]) -> None:
    broken = {**EVENT, **other}
    assert not is_event(broken)
    assert events({"events": [broken, EVENT, "junk", EVENT]}) == [EVENT, EVENT]


@given(VALUES)
def test_any_value_can_be_looked_at(value: Any) -> None:
    assert isinstance(mapping(value), dict)
    assert all(is_event(event) for event in events(value))


@given(st.dictionaries(KEYS, VALUES, max_size=8))
def test_of_any_sync_what_is_left_has_its_form(said: dict[str, Any]) -> None:
    found = sound({**said, "next_batch": "s1"})
    for shown in found["rooms"]["join"].values():
        assert all(is_event(e) for part in ("state", "timeline") for e in shown[part]["events"])
    assert all(isinstance(name, str) for name in found["device_lists"]["changed"])
    assert sound(found) == found
