"""What a sync left out is read in order, a page at a time, and holds up nobody else."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.platforms.matrix.events import MESSAGE, RoomEvent
from bot.platforms.matrix.http_client import (
    HttpClient,
    Json,
    RequestDenied,
    ServerUnreachable,
    SessionExpired,
)
from bot.platforms.matrix.sync.gap_reader import (
    GIVEN_UP_SECONDS,
    LONGEST_PAUSE_SECONDS,
    MAX_PAGES,
    PAGE_EVENTS,
    GapReader,
    after_invitation,
)
from bot.platforms.matrix.sync.stored_events import Gap
from bot.runtime.inbox_worker import MOST_STARTS, Decoded, OneOfMany
from bot.runtime.scheduler import Pause
from handlers.messages import IncomingMessage, MessageContent, TextMessage, UnusableMessage
from store.model.inbox import InboxRow, WaitingMessage

OWN, ROBIN, ROOM = "@bot:x", "@robin:x", "!room"
ROW = WaitingMessage(InboxRow(7), ROOM, 0, 0, b"")


def event(number: int, **other: Any) -> Json:
    return {
        "event_id": f"${number}",
        "sender": ROBIN,
        "type": MESSAGE,
        "origin_server_ts": 1,
        "content": {"body": f"piece {number}"},
        **other,
    }


INVITATION = event(
    0, type="m.room.member", state_key=OWN, content={"membership": "invite"}, event_id="$invite"
)


@dataclass
class Server:
    """A room's events, oldest first, and everything that a gap reader needs beside it."""

    events: list[Json]
    first: int = 0
    """The first event behind the end of the batch before."""
    now: float = 0.0
    fails: Exception | None = None
    silent: bool = False
    repeats: bool = False
    asked: int = 0
    longest: int = 0
    in_room: bool = True
    unreadable: dict[str, MessageContent | Pause | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        get = lambda _room: object() if self.in_room else None  # noqa: E731
        decryptor: Any = SimpleNamespace(rooms=SimpleNamespace(get=get), read=self.read)
        self.reader = GapReader(cast("HttpClient", self), OWN, decryptor, lambda: self.now)
        self.gap = Gap(ROOM, ROBIN, str(len(self.events)), "s1")

    def read(self, _room: str, found: RoomEvent) -> MessageContent | Pause | None:
        return self.unreadable.get(found.id, TextMessage(str(found.content.get("body"))))

    async def request(self, method: str, path: str) -> Json:
        assert method == "GET"
        self.asked += 1
        if self.silent:
            await asyncio.Event().wait()
        if self.fails:
            raise self.fails
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        until = len(self.events) if self.repeats else int(query["from"])
        begin = max(until - int(query["limit"]), self.first if "to" in query else 0)
        chunk = self.events[begin:until]
        return {"chunk": chunk[::-1], "end": str(begin)} if chunk else {"chunk": []}

    async def next(self) -> Decoded:
        """Read on until there is something else than a request to wait for."""
        while True:
            decoded = self.reader.read(ROW, self.gap)
            self.longest = max(self.longest, *(len(w.events) for w in self.walks), 0)
            if not isinstance(decoded, Pause) or decoded.sooner is None:
                return decoded
            await decoded.sooner

    @property
    def walks(self) -> Any:
        return [*self.reader.walks.values(), SimpleNamespace(events=())]

    async def says_missed(self) -> str:
        """Have the next message say that something is missing; return its name."""
        one = await self.next()
        assert isinstance(one, OneOfMany)
        assert one.incoming.heard == UnusableMessage("missed")
        assert one.incoming.row is None, "the row stays for what comes after"
        one.settle()
        return one.incoming.id

    async def whole(self) -> list[str]:
        """Read everything, each event handled at once."""
        texts = list[str]()
        while (one := await self.next()) is not None:
            assert isinstance(one, OneOfMany)
            assert isinstance(one.incoming.heard, TextMessage)
            texts.append(one.incoming.heard.text)
            one.settle()
        return texts


@pytest.mark.parametrize("count", [0, 1, PAGE_EVENTS, PAGE_EVENTS + 1, 7 * PAGE_EVENTS + 3])
async def test_everything_is_read_in_order_with_one_page_in_memory(count: int) -> None:
    server = Server([event(n) for n in range(count + 5)], first=5)
    assert await server.whole() == [f"piece {n}" for n in range(5, count + 5)]
    assert server.longest <= PAGE_EVENTS
    assert server.asked <= 2 * (count // PAGE_EVENTS + 1) + 1
    assert server.reader.walks == {}


async def test_five_thousand_events_are_read_and_no_more_pages_than_that() -> None:
    count = (MAX_PAGES + 3) * PAGE_EVENTS
    server = Server([event(n) for n in range(count)])
    newest = range(count - MAX_PAGES * PAGE_EVENTS, count)
    assert await server.says_missed() == f"gap {ROOM} {count} missed"
    assert await server.whole() == [f"piece {n}" for n in newest]
    assert server.longest <= PAGE_EVENTS
    assert server.asked <= 2 * MAX_PAGES + 1


async def test_nothing_is_missed_of_five_thousand_events_whatever_lies_before_them() -> None:
    count = MAX_PAGES * PAGE_EVENTS
    server = Server([event(n) for n in range(count + 500)], first=500)
    assert await server.whole() == [f"piece {n}" for n in range(500, count + 500)]


async def test_a_new_room_with_too_much_before_its_invitation_is_read_without_a_word() -> None:
    after = [event(n) for n in range(MAX_PAGES * PAGE_EVENTS)]
    server = Server([event(-1), INVITATION, *after])
    server.gap = Gap(ROOM, ROBIN, str(len(server.events)), "")
    assert await server.whole() == [f"piece {n}" for n in range(len(after))]


async def test_a_server_that_gives_the_same_page_for_ever_is_asked_for_an_end() -> None:
    server = Server([event(n) for n in range(3)], repeats=True)
    await server.says_missed()
    assert set(await server.whole()) == {"piece 0", "piece 1", "piece 2"}
    assert server.asked <= 2 * MAX_PAGES + 1


async def test_a_gap_that_a_server_does_not_give_out_is_said_once() -> None:
    server = Server(
        [event(n) for n in range(250)], fails=RequestDenied(400, {"errcode": "M_UNKNOWN"})
    )
    await server.says_missed()
    assert await server.next() is None
    assert server.reader.walks == {}


async def test_the_rest_of_a_gap_that_may_not_wait_is_given_up_and_that_is_said() -> None:
    server = Server([event(n) for n in range(250)])
    assert isinstance(await server.next(), OneOfMany)
    decoded = server.reader.read(ROW, server.gap, may_wait=False)
    assert isinstance(decoded, IncomingMessage)
    assert (decoded.heard, decoded.row) == (UnusableMessage("missed"), ROW.row)
    assert server.reader.walks == {}


async def test_rooms_whose_pages_fail_take_no_place_of_others() -> None:
    server = Server([event(0)], fails=ServerUnreachable())
    rows = [WaitingMessage(InboxRow(n), ROOM, 0, 0, b"") for n in range(100, 200)]
    for row in rows:
        paused = server.reader.read(row, server.gap)
        assert isinstance(paused, Pause)
        assert paused.sooner is not None
        await paused.sooner
    server.now, server.silent, server.fails = server.now + 1000, True, None
    again = [server.reader.read(row, server.gap) for row in rows]
    await asyncio.sleep(0)
    assert all(isinstance(paused, Pause) for paused in again)
    server.silent = False
    one = await asyncio.wait_for(server.next(), 5)
    assert isinstance(one, OneOfMany), "a room that was not asked for yet is read"
    await server.reader.stop()


async def test_a_new_room_is_read_from_the_invitation_on() -> None:
    before = [event(n) for n in range(150)]
    after = [event(n) for n in range(150, 400)]
    server = Server([*before, INVITATION, *after])
    server.gap = Gap(ROOM, ROBIN, str(len(server.events)), "")
    assert await server.whole() == [f"piece {n}" for n in range(150, 400)]


async def test_what_others_wrote_and_what_was_removed_is_left_out() -> None:
    server = Server(
        [
            event(0, sender="@other:x"),
            event(1, unsigned={"redacted_because": {}}),
            event(2, content={}),
            event(3, type="m.room.topic", state_key=""),
            event(4),
        ]
    )
    assert await server.whole() == ["piece 4"]


async def test_an_event_is_repeated_until_it_was_handled_and_counts_its_tries() -> None:
    server = Server([event(0), event(1)])
    for tries in range(3):
        one = await server.next()
        assert isinstance(one, OneOfMany)
        assert (one.incoming.id, one.incoming.row, one.tries) == ("$0", None, tries)
        one.count_try()
    one = await server.next()
    assert isinstance(one, OneOfMany)
    one.settle()
    one = await server.next()
    assert isinstance(one, OneOfMany)
    assert (one.incoming.id, one.tries) == ("$1", 0)


async def test_an_event_without_a_key_pauses_its_room() -> None:
    server = Server([event(0), event(1)])
    server.unreadable = {"$0": Pause(8), "$1": None}
    assert await server.next() == Pause(8)
    server.unreadable["$0"] = UnusableMessage("key")
    one = await server.next()
    assert isinstance(one, OneOfMany)
    assert one.incoming.heard == UnusableMessage("key")
    one.settle()
    assert await server.next() is None


async def test_a_room_that_fails_is_asked_more_and_more_rarely_and_then_given_up() -> None:
    server = Server([event(0)], fails=ServerUnreachable())
    pauses = list[float]()
    while isinstance(decoded := await server.next(), Pause):
        pauses.append(decoded.seconds)
        server.now += decoded.seconds
    assert pauses == sorted(pauses)
    assert max(pauses) == LONGEST_PAUSE_SECONDS
    assert GIVEN_UP_SECONDS <= server.now <= GIVEN_UP_SECONDS + LONGEST_PAUSE_SECONDS
    assert server.asked == len(pauses) < 30
    assert isinstance(decoded, IncomingMessage)
    assert decoded.heard == UnusableMessage("missed")
    assert decoded.row == ROW.row, "the sentence takes the row out of the inbox"


@pytest.mark.parametrize("error", [ServerUnreachable(), SessionExpired(401, {})])
async def test_after_a_failure_it_goes_on_where_it_was(error: Exception) -> None:
    server = Server([event(n) for n in range(250)])
    one = await server.next()
    assert isinstance(one, OneOfMany)
    server.fails = error
    for _ in range(50):
        one = await server.next()
        if isinstance(one, OneOfMany):
            one.settle()
    paused = await server.next()
    assert isinstance(paused, Pause)
    server.fails, server.now = None, server.now + paused.seconds
    assert await server.whole() == [f"piece {n}" for n in range(50, 250)]


async def test_a_room_that_removed_the_bot_has_nothing_more_to_read() -> None:
    server = Server([event(0)], fails=RequestDenied(403, {"errcode": "M_FORBIDDEN"}))
    assert await server.next() is None
    gone = Server([event(0)], in_room=False)
    assert gone.reader.read(ROW, gone.gap) is None
    assert gone.asked == 0


async def test_what_the_bot_may_have_died_of_is_asked_for_again() -> None:
    server = Server([event(0)])
    often = WaitingMessage(ROW.row, ROOM, 0, MOST_STARTS, b"")
    decoded = server.reader.read(often, server.gap)
    assert isinstance(decoded, IncomingMessage)
    assert decoded.heard == UnusableMessage("missed")


async def test_a_silent_server_is_not_waited_for() -> None:
    server = Server([event(0)], silent=True)
    decoded = server.reader.read(ROW, server.gap)
    assert isinstance(decoded, Pause)
    assert decoded.sooner is not None
    await asyncio.sleep(0)
    assert not decoded.sooner.done()
    await server.reader.stop()


def test_the_last_invitation_counts() -> None:
    timeline = [event(1), INVITATION, event(2), INVITATION, event(3)]
    assert after_invitation(timeline, OWN) == 4
    assert after_invitation(timeline[:1], OWN) == 0
