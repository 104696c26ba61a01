"""Rooms are judged by their members and their encryption."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.matrix.rooms.directory import Room, RoomDirectory, RoomSuitability

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
    ("events", "suitability"),
    [
        ([], RoomSuitability.EMPTY),
        ([encryption()], RoomSuitability.EMPTY),
        ([member(ANNA, "join")], RoomSuitability.UNENCRYPTED),
        ([member(ANNA, "join"), encryption()], RoomSuitability.CONVERSATION),
        ([encryption(), member(ANNA, "join")], RoomSuitability.CONVERSATION),
        ([encryption(), member(ANNA, "invite")], RoomSuitability.PARTNER_INVITED),
        ([encryption(), member(ANNA, "knock")], RoomSuitability.EMPTY),
        ([encryption(), member(ANNA, "join"), member(BEN, "knock")], RoomSuitability.CONVERSATION),
        ([encryption(), member(ANNA, "join"), member(BEN, "invite")], RoomSuitability.CROWDED),
        ([encryption(), member(ANNA, "join"), member(BEN, "join")], RoomSuitability.CROWDED),
        ([member(ANNA, "join"), member(BEN, "join")], RoomSuitability.CROWDED),
        ([encryption(), member(ANNA, "join"), member(BEN, "ban")], RoomSuitability.CONVERSATION),
        ([encryption(), member(ANNA, "join"), member(ANNA, "leave")], RoomSuitability.EMPTY),
        (
            [encryption(), member(ANNA, "join"), member(BEN, "join"), member(BEN, "leave")],
            RoomSuitability.CONVERSATION,
        ),
        ([encryption(""), member(ANNA, "join")], RoomSuitability.UNENCRYPTED),
        ([encryption(), encryption(""), member(ANNA, "join")], RoomSuitability.CONVERSATION),
        ([encryption(), encryption(None), member(ANNA, "join")], RoomSuitability.CONVERSATION),
    ],
)
def test_rooms_are_judged_by_members_and_encryption(
    events: list[dict[str, Any]], suitability: RoomSuitability
) -> None:
    assert room(*events).suitability() is suitability


def test_joining_and_leaving_change_who_can_read_and_a_new_name_does_not() -> None:
    made = room(encryption())
    assert made.apply(member(ANNA, "invite"))
    assert not made.apply(member(ANNA, "join"))
    assert not made.apply(member(ANNA, "join"))  # another name or picture
    assert made.apply(member(ANNA, "leave"))
    assert not made.apply(member(ANNA, "ban"))
    assert not made.apply(encryption())


def test_the_partner_is_the_only_other_member() -> None:
    assert room(member(ANNA, "join")).partner == ANNA
    assert room().partner == ""
    assert room(member(ANNA, "join"), member(BEN, "invite")).partner == ""


def test_a_room_without_the_bot_among_its_members_is_unknown() -> None:
    made = Room("!room", BOT)
    for event in (encryption(), member(ANNA, "join")):
        made.apply(event)
    assert (made.suitability(), made.partner) == (RoomSuitability.UNKNOWN, ANNA)
    made.apply(member(BOT, "join"))
    assert made.suitability() is RoomSuitability.CONVERSATION


def test_the_most_recently_active_conversation_comes_first() -> None:
    rooms = RoomDirectory(BOT)
    for name, moved in (("!old", 1.0), ("!new", 3.0), ("!between", 2.0), ("!crowd", 9.0)):
        made = rooms.add(name)
        made.last_activity = moved
        for event in (member(BOT, "join"), member(ANNA, "join"), encryption()):
            made.apply(event)
    rooms.add("!crowd").apply(member(BEN, "invite"))
    assert [r.id for r in rooms.conversations_with(ANNA)] == ["!new", "!between", "!old"]
    assert rooms.conversations_with(BEN) == []
    assert rooms.strangers([BEN, "@nobody:x"]) == {"@nobody:x"}
    left = rooms.remove("!crowd")
    assert left is not None
    assert left.id == "!crowd"
    assert rooms.strangers([BEN]) == {BEN}


def test_strangers_are_found_in_one_visit_to_each_room() -> None:
    visits = list[str]()

    class Noted(dict[str, str]):
        def __iter__(self) -> Iterator[str]:
            visits.append("")
            return super().__iter__()

    rooms = RoomDirectory(BOT)
    for number in range(100):
        rooms.by_id[f"!{number}"] = Room(f"!{number}", BOT, members=Noted({BEN: "join"}))
    crowd = [f"@{number}:x" for number in range(10_000)]
    assert rooms.strangers([*crowd, BEN]) == {*crowd}
    assert len(visits) == 100
    assert rooms.remove("!crowd") is None
    assert rooms.get("!crowd") is None
    assert rooms.add("!new") is rooms.get("!new")


def test_no_repr_names_anybody() -> None:
    rooms = RoomDirectory(BOT)
    rooms.add("!room-of-theirs").apply(member(ANNA, "join"))
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
def test_any_event_can_be_applied(event: dict[str, Any]) -> None:
    made = room(encryption(), member(ANNA, "join"))
    made.apply(event)
    assert isinstance(made.suitability(), RoomSuitability)


def test_who_was_here_last_is_known_if_nobody_else_was() -> None:
    assert room().last_partner == ""
    assert room(member(ANNA, "join")).last_partner == ""
    gone = room(member(ANNA, "join"), member(ANNA, "leave"))
    assert gone.last_partner == ANNA
    assert room(member(ANNA, "leave")).last_partner == ANNA
    gone.apply(member(ANNA, "join"))
    assert gone.last_partner == ""
    assert room(member(ANNA, "leave"), member(BEN, "ban")).last_partner == ""
    assert room(member(ANNA, "leave"), member(BEN, "join")).last_partner == ""
