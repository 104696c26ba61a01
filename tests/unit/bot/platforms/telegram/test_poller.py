"""The poller confirms what is on the disk, and nothing else."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest
from telegram.error import Conflict, InvalidToken, TimedOut

from bot.platforms.telegram import poller
from bot.platforms.telegram.http_transport import HttpTransport, TooManyRequests
from bot.platforms.telegram.poller import Poller
from bot.platforms.telegram.updates import KINDS
from bot.runtime.status import StatusReporter

if TYPE_CHECKING:
    from bot.platforms.telegram.update_handler import UpdateHandler
    from bot.runtime.admission import Admission

Answer = list[dict[str, Any]] | Exception


def text_update(number: int, chat: int = 77) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "R"}
    message = {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "x"}
    return {"update_id": number, "message": {**message, "from": person}}


@dataclass
class FakeTransport:
    """Gives the answers it was made with, then waits for ever."""

    answers: list[Answer]
    asked: list[dict[str, str]] = field(default_factory=list)
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the poller waits for what never comes."""

    async def poll(self, url: str, fields: dict[str, str], seconds: float) -> Any:
        self.asked.append(fields)
        if fields["timeout"] == "0":
            return []
        if not self.answers:
            self.idle.set()
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class FakeWatermark:
    """Remembers after which polls all was taken over."""

    polls: int = 0
    complete: list[int] = field(default_factory=list)

    def asking(self) -> None:
        self.polls += 1

    def caught_up(self) -> None:
        self.complete.append(self.polls)


@dataclass
class Loop:
    """A poller between a transport and a disk."""

    answers: list[Answer]
    refusals: int = 0
    unready: int = 0
    """How often what waits cannot be read."""
    begun: int = 0
    stored: list[list[int]] = field(default_factory=list)
    looked_at: list[int] = field(default_factory=list)
    room: asyncio.Event = field(default_factory=asyncio.Event)
    reported: list[str] = field(default_factory=list)
    webhooks_deleted: int = 0
    watermark: FakeWatermark = field(default_factory=FakeWatermark)

    def __post_init__(self) -> None:
        self.room.set()

    async def accept(self, updates: Sequence[dict[str, Any]]) -> None:
        self.refusals -= 1
        if self.refusals >= 0:
            raise OSError("the disk is full")
        self.stored.append([update["update_id"] for update in updates])

    async def begin(self) -> None:
        self.unready -= 1
        if self.unready >= 0:
            raise OSError("the database is locked")
        self.begun += 1

    def look(self, updates: Sequence[dict[str, Any]]) -> None:
        self.looked_at += [update["update_id"] for update in updates]

    async def has_room(self) -> None:
        await self.room.wait()

    def poller(self, transport: FakeTransport, stop: asyncio.Event, url: str = "url") -> Poller:
        return Poller(
            cast("HttpTransport", transport),
            url,
            cast("UpdateHandler", self),
            cast("Admission", self),
            StatusReporter(self.reported.append, "Telegram"),
            stop,
            self.delete_webhook,
        )

    async def delete_webhook(self) -> None:
        self.webhooks_deleted += 1

    async def run(self) -> list[str | None]:
        """Run until no answer is left; return all offsets sent, that of the confirmation last."""
        stop, transport = asyncio.Event(), FakeTransport(self.answers)
        poller = self.poller(transport, stop)
        running = asyncio.create_task(poller.run())
        idle = asyncio.create_task(transport.idle.wait())
        await asyncio.wait({running, idle}, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        idle.cancel()
        stop.set()
        await asyncio.wait_for(running, 1)
        await poller.confirm()
        assert all(json.loads(f["allowed_updates"]) == list(KINDS) for f in transport.asked)
        return [fields.get("offset") for fields in transport.asked]


async def test_a_batch_is_confirmed_with_the_next_poll_and_at_the_end() -> None:
    loop = Loop([[text_update(5), text_update(6)], [], [text_update(7)]])
    assert await loop.run() == [None, "7", None, "8", "8"]
    assert loop.stored == [[5, 6], [7]]


async def test_numbers_may_begin_anew_after_a_quiet_week() -> None:
    loop = Loop([[text_update(900)], [], [], [text_update(5)]])
    assert await loop.run() == [None, "901", None, None, "6", "6"]
    assert loop.stored == [[900], [5]]


async def test_without_an_update_nothing_is_confirmed() -> None:
    assert await Loop([[]]).run() == [None, None]


async def test_a_batch_is_stored_in_the_order_of_its_numbers() -> None:
    loop = Loop([[text_update(9), text_update(7), text_update(8)]])
    await loop.run()
    assert loop.stored == [[7, 8, 9]]


async def test_a_batch_that_is_not_on_the_disk_is_not_confirmed_and_comes_again() -> None:
    batch: Answer = [text_update(5), text_update(6)]
    loop = Loop([batch, batch], refusals=1)
    assert await loop.run() == [None, None, "7", "7"]
    assert loop.stored == [[5, 6]]


@pytest.mark.parametrize(
    ("answers", "complete"),
    [
        ([[]], [1]),
        ([[text_update(5), text_update(6)], []], [1, 2]),
        ([[text_update(n) for n in range(100)], [text_update(n) for n in range(100, 103)]], [2]),
        # Soon after a request for the same updates Telegram gives a single one.
        ([[], [text_update(5)], [text_update(6)]], [1, 3]),
        ([TimedOut(), [text_update(5), text_update(6)]], [2]),
    ],
)
async def test_all_is_taken_over_after_an_answer_that_left_nothing_out(
    answers: list[Answer], complete: list[int]
) -> None:
    loop = Loop(answers)
    await loop.run()
    assert loop.watermark.complete == complete


async def test_what_could_not_be_stored_is_not_taken_over() -> None:
    batch: Answer = [text_update(5), text_update(6)]
    loop = Loop([batch, batch], refusals=1)
    await loop.run()
    assert loop.watermark.complete == [2]


async def test_nothing_is_asked_for_before_what_waits_was_taken_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(poller, "LOOK_SECONDS", 0.01)
    loop = Loop([[text_update(5)]], unready=3)
    asked = await loop.run()
    assert asked == [None, None, None, None, "6", "6"], (
        "three times only to look for calls for help"
    )
    assert loop.stored == [[5]]
    assert loop.reported == [], "it is no trouble of Telegram's"


async def test_with_too_much_that_waits_nothing_is_asked_for() -> None:
    loop, transport, stop = Loop([]), FakeTransport([[text_update(5)]]), asyncio.Event()
    loop.room.clear()
    running = asyncio.create_task(loop.poller(transport, stop).run())
    for _ in range(10):
        await asyncio.sleep(0)
    assert transport.asked == []
    loop.room.set()
    await asyncio.wait_for(transport.idle.wait(), 5)
    assert loop.stored == [[5]]
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_it_stops_although_there_is_no_room() -> None:
    loop, stop = Loop([]), asyncio.Event()
    loop.room.clear()
    running = asyncio.create_task(loop.poller(FakeTransport([]), stop).run())
    await asyncio.sleep(0)
    stop.set()
    await asyncio.wait_for(running, 5)


@pytest.mark.parametrize(
    ("error", "reported", "webhooks_deleted"),
    [(TimedOut(), 2, 0), (Conflict("x"), 2, 1), (TooManyRequests(0.01), 0, 0)],
)
async def test_polling_goes_on_after_an_error(
    error: Exception, reported: int, webhooks_deleted: int
) -> None:
    loop = Loop([error, [text_update(5)]])
    assert await loop.run() == [None, None, "6", "6"]
    assert (len(loop.reported), loop.webhooks_deleted) == (reported, webhooks_deleted)


async def test_a_revoked_token_ends_polling() -> None:
    with pytest.raises(InvalidToken):
        await Loop([InvalidToken()]).run()


def test_no_repr_holds_the_url() -> None:
    poller = Loop([]).poller(FakeTransport([]), asyncio.Event(), "http://x/bot1:AA")
    poller.offset = 730_000_010
    assert "bot1" not in repr(poller)
    assert "730000010" not in repr(poller), "an update's number leads to its message"
