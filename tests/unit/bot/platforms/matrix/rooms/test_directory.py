"""Which room is a talk, and what changes that."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.matrix.rooms.directory import Room, RoomDirectory, RoomSuitability, state_of

BOT, ANNA, BEN = "@bot:x", "@anna:x", "@ben:x"


def member(user: Any, membership: Any) -> dict[str, Any]:
    return {"type": "m.room.member", "state_key": user, "content": {"membership": membership}}


def encryption(algorithm: Any = "m.megolm.v1.aes-sha2") -> dict[str, Any]:
    return {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": algorithm}}


def room(*events: dict[str, Any]) -> Room:
    made = Room("!room", BOT)
    for event in (member(BOT, "join"), *events):
        made.apply(event)
    return made


@pytest.mark.parametrize(
    ("events", "fit"),
    [
        ([], RoomSuitability.EMPTY),
        ([encryption()], RoomSuitability.EMPTY),
        ([member(ANNA, "join")], RoomSuitability.OPEN),
        ([member(ANNA, "join"), encryption()], RoomSuitability.TALK),
        ([encryption(), member(ANNA, "join")], RoomSuitability.TALK),
        ([encryption(), member(ANNA, "invite")], RoomSuitability.WAITING),
        ([encryption(), member(ANNA, "knock")], RoomSuitability.EMPTY),
        ([encryption(), member(ANNA, "join"), member(BEN, "knock")], RoomSuitability.TALK),
        ([encryption(), member(ANNA, "join"), member(BEN, "invite")], RoomSuitability.CROWD),
        ([encryption(), member(ANNA, "join"), member(BEN, "join")], RoomSuitability.CROWD),
        ([member(ANNA, "join"), member(BEN, "join")], RoomSuitability.CROWD),
        ([encryption(), member(ANNA, "join"), member(BEN, "ban")], RoomSuitability.TALK),
        ([encryption(), member(ANNA, "join"), member(ANNA, "leave")], RoomSuitability.EMPTY),
        (
            [encryption(), member(ANNA, "join"), member(BEN, "join"), member(BEN, "leave")],
            RoomSuitability.TALK,
        ),
        ([encryption(""), member(ANNA, "join")], RoomSuitability.OPEN),
        ([encryption(), encryption(""), member(ANNA, "join")], RoomSuitability.TALK),
        ([encryption(), encryption(None), member(ANNA, "join")], RoomSuitability.TALK),
    ],
)
def test_what_a_room_is_good_for(events: list[dict[str, Any]], fit: RoomSuitability) -> None:
    assert room(*events).fit() is fit


def test_who_can_read_changes_when_somebody_comes_or_goes_and_not_with_a_name() -> None:
    made = room(encryption())
    assert made.apply(member(ANNA, "invite"))
    assert not made.apply(member(ANNA, "join"))
    assert not made.apply(member(ANNA, "join"))  # another name or picture
    assert made.apply(member(ANNA, "leave"))
    assert not made.apply(member(ANNA, "ban"))
    assert not made.apply(encryption())


def test_the_partner_is_the_only_other_one() -> None:
    assert room(member(ANNA, "join")).partner == ANNA
    assert room().partner == ""
    assert room(member(ANNA, "join"), member(BEN, "invite")).partner == ""


def test_a_room_in_which_the_bot_does_not_see_itself_is_not_judged() -> None:
    made = Room("!room", BOT)
    for event in (encryption(), member(ANNA, "join")):
        made.apply(event)
    assert (made.fit(), made.partner) == (RoomSuitability.UNKNOWN, ANNA)
    made.apply(member(BOT, "join"))
    assert made.fit() is RoomSuitability.TALK


def test_the_talk_in_which_something_happened_last_comes_first() -> None:
    rooms = RoomDirectory(BOT)
    for name, moved in (("!old", 1.0), ("!new", 3.0), ("!between", 2.0), ("!crowd", 9.0)):
        made = rooms.joined(name)
        made.moved = moved
        for event in (member(BOT, "join"), member(ANNA, "join"), encryption()):
            made.apply(event)
    rooms.joined("!crowd").apply(member(BEN, "invite"))
    assert [r.id for r in rooms.of(ANNA)] == ["!new", "!between", "!old"]
    assert rooms.of(BEN) == []
    assert rooms.shares(BEN)
    left = rooms.left("!crowd")
    assert left is not None
    assert left.id == "!crowd"
    assert not rooms.shares(BEN)
    assert rooms.left("!crowd") is None
    assert rooms.get("!crowd") is None
    assert rooms.joined("!new") is rooms.get("!new")


def test_no_repr_names_anybody() -> None:
    rooms = RoomDirectory(BOT)
    rooms.joined("!room-of-theirs").apply(member(ANNA, "join"))
    for shown in (repr(rooms), repr(rooms.get("!room-of-theirs"))):
        assert not [name for name in (BOT, ANNA, "!room-of-theirs") if name in shown]


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS | st.sampled_from(["join", "invite", "m.room.member", BOT, ANNA]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["membership", "algorithm", "events", "a"]), inner)
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(["type", "state_key", "content"])


@given(st.dictionaries(KEYS, VALUES))
def test_no_event_is_too_strange(event: dict[str, Any]) -> None:
    made = room(encryption(), member(ANNA, "join"))
    made.apply(event)
    assert isinstance(made.fit(), RoomSuitability)


def test_state_is_what_has_a_key_before_and_within_the_timeline_in_order() -> None:
    before, within, message = member(ANNA, "join"), member(BEN, "join"), {"type": "m.room.message"}
    shown = {"state": {"events": [before]}, "timeline": {"events": [message, within, "junk"]}}
    assert list(state_of(shown)) == [before, within]
    assert list(state_of({})) == []
