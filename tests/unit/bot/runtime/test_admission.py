"""So much of one chat waits, and so much of all."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from bot.runtime.admission import (
    CROWD,
    LEAST_SHARE,
    MOST_OF_A_CHAT,
    MOST_OF_ALL,
    MOST_PRESSES,
    MOST_REPEATED,
    MOST_STOPPING,
    NEARLY_FULL_AT,
    Admission,
    Arrival,
    Reason,
)
from bot.runtime.byte_budget import ByteBudget
from bot.runtime.disk_space import DiskSpace
from bot.runtime.scheduler import Pause, Scheduler
from store.inbox.watermarks import UNDER_WAY, Watermark
from store.model.inbox import AcceptedMessage, InboxRow, WaitingMessage

if TYPE_CHECKING:
    from store.inbox.inbox_store import InboxStore

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
A_DAY = 10_000


@dataclass
class Inbox:
    """Keeps everything that it is given, unless its disk is full."""

    kept: list[AcceptedMessage] = field(default_factory=list)
    full: bool = False
    unclear: bool = False
    """Stores, and says that it failed."""

    async def accept(
        self, _platform: str, messages: Sequence[AcceptedMessage], _cursor: str | None
    ) -> tuple[WaitingMessage, ...]:
        if self.full:
            raise OSError("the disk is full")
        before, known, settled = len(self.kept), {m.id for m in self.kept}, set[str]()
        for message in messages:
            if message.id not in known and message.one_of not in settled:
                self.kept.append(message)
                known.add(message.id)
                settled |= {message.one_of} - {""}
        if self.unclear:
            raise OSError("nobody knows whether it was committed")
        return tuple(
            WaitingMessage(InboxRow(number), m.chat, 0, 0, m.content, m.id)
            for number, m in enumerate(self.kept, 1)
            if number > before
        )

    async def after(self, _platform: str, seq: int) -> tuple[WaitingMessage, ...]:
        return tuple(
            WaitingMessage(InboxRow(number), m.chat, 0, 0, m.content)
            for number, m in enumerate(self.kept, 1)
            if number > seq
        )

    async def begin(self, _platform: str) -> tuple[WaitingMessage, ...]:
        return (WaitingMessage(InboxRow(0), "77", 0, 0, b""),)


def make(inbox: Inbox, free: int = 1000, clock: Callable[[], datetime] = lambda: NOW) -> Admission:
    async def never(_: object) -> Pause | None:
        return Pause(3600)

    return Admission(
        "telegram",
        cast("InboxStore", inbox),
        Scheduler(never),
        Watermark(lambda: NOW),
        ByteBudget(clock, A_DAY),
        DiskSpace(Path(), 500, lambda: 1000.0, lambda _: free),
    )


def markers(inbox: Inbox) -> int:
    return len([m for m in inbox.kept if m.content in {b"many", b"day", b"disk"}])


def arrivals(
    first: int,
    count: int,
    chat: str = "77",
    *,
    urgent: bool = False,
    stopping: str = "",
    content: bytes = b"",
) -> list[Arrival]:
    urgent = urgent or bool(stopping)
    return [
        Arrival(AcceptedMessage(str(n), chat, content, NOW), Reason.encode, urgent, stopping)
        for n in range(first, first + count)
    ]


async def test_what_is_too_much_of_a_chat_becomes_one_marker() -> None:
    inbox = Inbox()
    admission = make(inbox)
    for number in range(0, 2000, 100):
        await admission.accept(arrivals(number, 100))
    assert len(inbox.kept) == MOST_OF_A_CHAT + 1
    assert inbox.kept[-1].content == b"many"
    assert markers(inbox) == 1
    await admission.scheduler.stop(0)


async def test_one_batch_is_bounded_like_several() -> None:
    inbox = Inbox()
    admission = make(inbox)
    await admission.accept([*arrivals(0, 2000), *arrivals(3000, 1, "somebody")])
    assert len(inbox.kept) == MOST_OF_A_CHAT + 2
    assert inbox.kept[-1].chat == "somebody"
    await admission.scheduler.stop(0)


async def test_what_may_stop_something_is_stored_behind_a_flood() -> None:
    inbox = Inbox()
    admission = make(inbox)
    await admission.accept(arrivals(0, 2000))
    await admission.accept(arrivals(5000, 1, urgent=True))
    assert inbox.kept[-1].id == "5000"
    await admission.accept(arrivals(6000, 2000, urgent=True))
    assert len(inbox.kept) == MOST_OF_A_CHAT + MOST_PRESSES
    await admission.scheduler.stop(0)


async def test_presses_use_up_no_room_of_typed_words_that_stop() -> None:
    inbox = Inbox()
    admission = make(inbox)
    for number in range(0, 1000, 100):
        await admission.accept(arrivals(number, 100, urgent=True))
    for number, words in enumerate(["stop", "/withdraw", "/erase", "/unsafe"], 2000):
        await admission.accept(arrivals(number, 1, stopping=words))
        assert inbox.kept[-1].id == str(number)
    await admission.scheduler.stop(0)


async def test_the_same_words_again_and_again_leave_room_for_others() -> None:
    inbox = Inbox()
    admission = make(inbox)
    await admission.accept(arrivals(0, 500))
    for number in range(1000, 2000):
        await admission.accept(arrivals(number, 1, stopping="/stop"))
    assert len([m for m in inbox.kept if int(m.id) >= 1000]) == MOST_REPEATED
    assert markers(inbox) == 1, "what waits already is not spoken of"
    await admission.accept(arrivals(3000, 1, stopping="/erase"))
    await admission.accept(arrivals(3001, 1, stopping="/stop"))
    assert [m.id for m in inbox.kept[-2:]] == ["3000", "3001"], "it may stop what stands between"
    await admission.scheduler.stop(0)


async def test_words_that_stop_are_stored_however_often_they_were_handled() -> None:
    inbox = Inbox()

    async def at_once(_: object) -> Pause | None:
        return None

    admission = replace(make(inbox), scheduler=Scheduler(at_once))
    for number in range(3 * MOST_REPEATED):
        await admission.accept(arrivals(number, 1, stopping="/stop"))
        await admission.scheduler.has_fewer_than(1)
    assert len(inbox.kept) == 3 * MOST_REPEATED
    await admission.scheduler.stop(0)


async def test_words_that_stopped_something_earlier_are_not_taken_for_those_that_wait() -> None:
    inbox, gate = Inbox(), asyncio.Semaphore(0)

    async def one_by_one(_: object) -> Pause | None:
        await gate.acquire()
        return None

    admission = replace(make(inbox), scheduler=Scheduler(one_by_one))
    for number in range(MOST_REPEATED):
        await admission.accept(arrivals(number, 1, stopping="/stop"))
        gate.release()
    await admission.scheduler.has_fewer_than(1)
    await admission.accept(arrivals(100, MOST_REPEATED))
    await admission.accept(arrivals(200, 1, stopping="/stop"))
    assert inbox.kept[-1].id == "200"
    await admission.scheduler.stop(0)


async def test_nothing_comes_in_after_words_that_stop_were_left_out() -> None:
    inbox = Inbox()
    admission = make(inbox)
    for number in range(1000):
        await admission.accept(arrivals(number, 1, stopping=f"/withdraw {number}"))
    kept = [m for m in inbox.kept if m.content != b"many"]
    assert len(kept) == MOST_OF_A_CHAT + MOST_PRESSES + MOST_STOPPING
    assert markers(inbox) == 1
    await admission.accept([*arrivals(2000, 1, urgent=True), *arrivals(2001, 1)])
    assert len(inbox.kept) == len(kept) + 1
    await admission.scheduler.stop(0)


async def test_what_came_before_says_nothing_for_what_is_left_out() -> None:
    """A start: the batch was stored, and comes again with more."""
    inbox = Inbox()
    before = make(inbox)
    for number in range(0, MOST_OF_A_CHAT, 100):
        await before.accept(arrivals(number, 100))
    await before.scheduler.stop(0)
    admission = make(inbox)
    admission.scheduler.add(await inbox.after("telegram", 0))
    await admission.accept(arrivals(MOST_OF_A_CHAT - 100, 100))
    assert markers(inbox) == 0
    await admission.accept([*arrivals(MOST_OF_A_CHAT - 50, 50), *arrivals(1000, 2)])
    await admission.accept(arrivals(1002, 2))
    assert [(m.id, m.content) for m in inbox.kept[MOST_OF_A_CHAT:]] == [("1000", b"many")]
    await admission.scheduler.stop(0)


async def test_what_comes_again_counts_once_for_its_day() -> None:
    inbox = Inbox()
    admission = make(inbox)
    for _ in range(3):
        await admission.accept(arrivals(0, 1, content=bytes(A_DAY // 2)))
    assert admission.bytes_a_day.spent == {"77": A_DAY // 2}
    await admission.scheduler.stop(0)


async def test_a_few_chats_do_not_take_the_room_of_all() -> None:
    inbox = Inbox()
    admission = make(inbox)
    chats = 0
    while admission.scheduler.count < MOST_OF_ALL:
        chats += 1
        await admission.accept(arrivals(chats * 1000, 300, f"flooder {chats}"))
        if chats == 100:
            assert admission.scheduler.count > CROWD
            await admission.accept(arrivals(1, LEAST_SHARE, "somebody"))
            assert admission.scheduler.count_of("somebody") == LEAST_SHARE
            await admission.accept(arrivals(100, 1, "flooder 1", stopping="/stop"))
            assert inbox.kept[-1].chat == "flooder 1", "it waited before"
    assert chats > 400
    said = [m.chat for m in inbox.kept if m.content == b"many"]
    assert len(said) == len({*said}) >= chats - 1, "each hears of it once"
    await admission.scheduler.stop(0)


async def test_when_there_is_room_again_so_is_the_marker() -> None:
    inbox = Inbox()
    admission = make(inbox)
    await admission.accept(arrivals(0, 500))
    await admission.scheduler.stop(0)
    admission.scheduler = make(inbox).scheduler
    await admission.accept(arrivals(1000, 500))
    assert markers(inbox) == 2
    await admission.scheduler.stop(0)


async def test_what_cannot_be_stored_is_not_scheduled() -> None:
    inbox = Inbox(full=True)
    admission = make(inbox)
    with pytest.raises(OSError, match="full"):
        await admission.accept(arrivals(0, 1))
    assert admission.scheduler.count == 0


async def test_what_was_stored_although_it_failed_is_scheduled_before_what_comes_next() -> None:
    inbox = Inbox(unclear=True)
    admission = make(inbox)
    with pytest.raises(OSError, match="nobody knows"):
        await admission.accept(arrivals(0, 2))
    assert admission.scheduler.count == 0
    inbox.unclear = False
    await admission.accept([])
    assert admission.scheduler.count == 2
    await admission.accept(arrivals(2, 1))
    assert admission.scheduler.count_of("77") == 3
    await admission.scheduler.stop(0)


async def test_an_empty_batch_needs_no_disk() -> None:
    await make(Inbox(full=True)).accept([])


async def test_what_waits_since_earlier_is_scheduled() -> None:
    admission = make(Inbox())
    await admission.begin()
    assert admission.scheduler.count_of("77") == 1
    await admission.scheduler.stop(0)


async def test_there_is_room_below_the_limit_of_all() -> None:
    inbox = Inbox()
    admission = make(inbox)
    await admission.accept(
        [a for chat in range(MOST_OF_ALL - 1) for a in arrivals(chat, 1, str(chat))]
    )
    assert len(inbox.kept) == MOST_OF_ALL - 1
    await admission.has_room()
    await admission.scheduler.stop(0)


async def test_who_has_sent_much_hears_it_before_the_day_is_full_and_once() -> None:
    inbox = Inbox()
    admission = make(inbox)
    for number in range(6):
        await admission.accept(arrivals(number, 1, content=bytes(A_DAY // 5)))
    assert [m.id for m in inbox.kept] == ["0", "1", "2", "3", "3 nearly", "4", "5"]
    assert inbox.kept[4].content == b"nearly"
    assert inbox.kept[-1].content == b"day"
    await admission.accept(arrivals(10, 1, "88", content=bytes(A_DAY)))
    assert inbox.kept[-1].id == "10", "with nothing left it is not said"
    await admission.scheduler.stop(0)


async def test_who_will_soon_have_too_many_that_wait_hears_that_it_takes_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    admission, told = make(Inbox()), list[str]()
    monkeypatch.setattr(admission.scheduler, "notify_of_wait", told.append)
    most = MOST_OF_A_CHAT * NEARLY_FULL_AT // 100
    await admission.accept([*arrivals(0, most - 1), *arrivals(1000, 1, "88")])
    assert told == []
    await admission.accept(arrivals(2000, 1))
    assert told == ["77"]
    await admission.scheduler.stop(0)


async def test_a_chat_with_something_urgent_is_hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Inbox()
    admission = make(inbox)
    hurried = list[str]()
    monkeypatch.setattr(admission.scheduler, "hurry", hurried.append)
    await admission.accept([*arrivals(0, 2), *arrivals(2, 1, "88", urgent=True)])
    assert hurried == ["88"]
    await admission.scheduler.stop(0)


async def test_a_chat_may_send_so_much_in_a_day() -> None:
    inbox, days = Inbox(), iter([0, 1])
    day = next(days)
    admission = make(inbox, clock=lambda: NOW + timedelta(days=day))
    await admission.accept(arrivals(0, 5, content=bytes(A_DAY // 4)))
    await admission.accept(arrivals(10, 1, "88"))
    await admission.accept(arrivals(20, 2, urgent=True))
    await admission.accept(arrivals(30, 2))
    assert [m.id for m in inbox.kept] == ["0", "1", "2", "3", "4", "10", "20", "21"]
    assert [m.content for m in inbox.kept if m.id == "4"] == [b"day"]
    day = next(days)
    await admission.accept(arrivals(40, 1))
    assert inbox.kept[-1].content == b""
    await admission.scheduler.stop(0)


async def test_with_a_disk_that_is_nearly_full_only_what_stops_something_is_stored() -> None:
    inbox = Inbox()
    admission = make(inbox, free=499)
    await admission.accept([*arrivals(0, 5), *arrivals(5, 1, urgent=True), *arrivals(6, 1, "88")])
    assert [m.content for m in inbox.kept] == [b"disk", b"", b"disk"]
    await admission.scheduler.stop(0)


async def test_when_some_were_left_out_not_each_that_is_handled_makes_room() -> None:
    inbox, gate = Inbox(), asyncio.Semaphore(0)

    async def one_by_one(_: object) -> Pause | None:
        await gate.acquire()
        return None

    admission = replace(make(inbox), scheduler=Scheduler(one_by_one))
    await admission.accept(arrivals(0, 500))
    for number in range(MOST_OF_A_CHAT // 2):
        gate.release()
        await admission.scheduler.has_fewer_than(MOST_OF_A_CHAT + 1 - number)
        await admission.accept(arrivals(1000 + number, 1))
    assert markers(inbox) == 1
    assert len(inbox.kept) == MOST_OF_A_CHAT + 1
    gate.release()
    gate.release()
    await admission.scheduler.has_fewer_than(MOST_OF_A_CHAT // 2)
    await admission.accept(arrivals(5000, 1))
    assert inbox.kept[-1].id == "5000"
    await admission.scheduler.stop(0)


async def test_a_marker_that_could_not_be_stored_is_stored_when_the_batch_comes_again() -> None:
    inbox = Inbox(full=True)
    admission = make(inbox)
    batch = arrivals(0, MOST_OF_A_CHAT + 5, content=b"xx")
    with pytest.raises(OSError, match="full"):
        await admission.accept(batch)
    inbox.full = False
    await admission.accept(batch)
    assert markers(inbox) == 1
    assert admission.bytes_a_day.spent == {"77": 2 * MOST_OF_A_CHAT}, "counted once"
    await admission.scheduler.stop(0)


async def test_a_message_counts_as_sent_when_it_can_have_been_sent_at_the_earliest() -> None:
    """A platform's clock may be wrong, and of a press it says no time at all."""
    inbox = Inbox()
    admission = make(inbox)
    await admission.accept(arrivals(0, 1))
    assert inbox.kept[-1].sent.timestamp() == 0
    admission.watermark.asking()
    admission.watermark.caught_up()
    await admission.accept(arrivals(1, 1))
    assert inbox.kept[-1].sent == NOW - UNDER_WAY
    early = NOW - timedelta(hours=1)
    await admission.accept([Arrival(AcceptedMessage("2", "77", b"", early), Reason.encode)])
    assert inbox.kept[-1].sent == early
    await admission.scheduler.stop(0)


async def test_beginning_twice_schedules_what_waits_once() -> None:
    admission = make(Inbox())
    await admission.begin()
    await admission.begin()
    assert admission.scheduler.count_of("77") == 1
    await admission.scheduler.stop(0)


class SlowInbox(Inbox):
    """Answers only when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = asyncio.Event()

    async def accept(
        self, platform: str, messages: Sequence[AcceptedMessage], cursor: str | None
    ) -> tuple[WaitingMessage, ...]:
        stored = await super().accept(platform, messages, cursor)
        await self.answer.wait()
        return stored


async def test_what_is_accepted_at_the_same_time_is_scheduled_once() -> None:
    inbox = SlowInbox()
    admission = make(inbox)
    both = [asyncio.create_task(admission.accept(arrivals(n, 1))) for n in range(2)]
    await asyncio.sleep(0)
    inbox.answer.set()
    await asyncio.gather(*both)
    assert admission.scheduler.count == len(inbox.kept) == 2
    await admission.scheduler.stop(0)


async def test_no_chat_and_no_words_are_shown() -> None:
    admission = make(Inbox())
    batch = [
        *arrivals(0, 500, "7766554433"),
        *arrivals(7766554433, 1, "7766554433", stopping="/stop"),
    ]
    await admission.accept(batch)
    assert admission.chats.told
    assert admission.chats.stops
    shown = f"{admission} {admission._admitted(batch)} {admission.chats}"
    assert "7766554433" not in shown
    assert str(hash("/stop")) not in shown
    await admission.scheduler.stop(0)
