"""The poller confirms what is on the disk, and nothing else."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from telegram import Update
from telegram.error import Conflict, InvalidToken, TimedOut

from bot.platforms.telegram.http_transport import HttpTransport, TooManyRequests
from bot.platforms.telegram.poller import Poller
from bot.platforms.telegram.updates import KINDS
from bot.runtime.status import StatusReporter

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
class Loop:
    """A poller between a transport and a handler of updates."""

    answers: list[Answer]
    refusals: int = 0
    handled: list[int] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)
    webhooks_deleted: int = 0

    async def handle(self, update: Update) -> bool:
        self.handled.append(update.update_id)
        self.refusals -= 1
        return self.refusals < 0

    async def delete_webhook(self) -> None:
        self.webhooks_deleted += 1

    async def run(self) -> list[str | None]:
        """Run until no answer is left; return all offsets sent, that of the confirmation last."""
        stop, transport = asyncio.Event(), FakeTransport(self.answers)
        status = StatusReporter(self.reported.append, "Telegram")
        poller = Poller(
            cast("HttpTransport", transport), "url", self.handle, status, stop, self.delete_webhook
        )
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
    assert await loop.run() == [None, "7", "7", "8", "8"]
    assert loop.handled == [5, 6, 7]


async def test_without_an_update_nothing_is_confirmed() -> None:
    assert await Loop([[]]).run() == [None, None]


async def test_updates_of_one_chat_are_handled_in_order() -> None:
    loop = Loop([[text_update(9), text_update(7), text_update(8)]])
    await loop.run()
    assert loop.handled == [7, 8, 9]


async def test_an_update_that_is_not_on_the_disk_is_not_confirmed_and_comes_again() -> None:
    batch: Answer = [text_update(5), text_update(6)]
    loop = Loop([batch, batch], refusals=1)
    assert await loop.run() == [None, None, "7", "7"]
    assert loop.handled == [5, 5, 6]


async def test_unreadable_updates_are_confirmed_with_the_others() -> None:
    loop = Loop(
        [[{"update_id": 5, "message": 7}, text_update(6), {"update_id": 9, "message": {}}]]
    )
    assert await loop.run() == [None, "10", "10"]
    assert loop.handled == [6]


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
    loop = Loop([])
    transport, status = cast("HttpTransport", FakeTransport([])), StatusReporter(print, "Telegram")
    poller = Poller(
        transport, "http://x/bot1:AA", loop.handle, status, asyncio.Event(), loop.delete_webhook
    )
    poller.offset = 730_000_010
    assert "bot1" not in repr(poller)
    assert "730000010" not in repr(poller), "an update's number leads to its message"
