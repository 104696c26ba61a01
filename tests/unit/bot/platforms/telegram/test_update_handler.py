"""A batch of updates is taken whole, however often it comes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.platforms.telegram.effects import AcknowledgePress
from bot.platforms.telegram.update_handler import UPDATES_AT_ONCE, UpdateHandler
from bot.runtime.admission import Arrival
from bot.runtime.help_sender import HelpSender
from handlers.effects import PostCommitEffect
from handlers.texts.names import SentenceName
from store.model.accounts import Account

if TYPE_CHECKING:
    from bot.platforms.telegram.messenger import TelegramMessenger
    from bot.runtime.admission import Admission
    from bot.runtime.send_queues import SendQueues


def press(number: int) -> dict[str, Any]:
    person = {"id": 77, "is_bot": False, "first_name": "R"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 77, "type": "private"}, "text": "x"}
    query = {"id": f"q{number}", "from": person, "message": message, "data": "x"}
    return {"update_id": number, "callback_query": {**query, "chat_instance": "1"}}


@dataclass
class World:
    """Send queues, and an inbox that may be full."""

    full: bool = False
    effects: list[PostCommitEffect] = field(default_factory=list)
    arrived: int = 0

    def add_effect(self, _who: Account, effect: PostCommitEffect) -> None:
        self.effects.append(effect)

    async def accept(self, arrivals: Sequence[Arrival]) -> None:
        if self.full:
            raise OSError("the disk is full")
        self.arrived += len(arrivals)

    async def send(self, who: Account, sentence: SentenceName) -> None:
        raise AssertionError

    @property
    def handler(self) -> UpdateHandler:
        return UpdateHandler(
            cast("TelegramMessenger", self),
            cast("SendQueues", self),
            cast("Admission", self),
            HelpSender(self.send, lambda: 0.0),
            lambda: datetime(2026, 11, 23, tzinfo=UTC),
        )


async def test_a_press_is_acknowledged_once_however_often_it_cannot_be_stored() -> None:
    world = World(full=True)
    handler = world.handler
    for _ in range(20):
        with pytest.raises(OSError, match="full"):
            await handler.accept([press(1), press(2)])
    world.full = False
    await handler.accept([press(1), press(2)])
    assert world.effects == [AcknowledgePress("q1"), AcknowledgePress("q2")]
    assert world.arrived == 2
    await handler.accept([press(3)])
    assert world.effects[-1] == AcknowledgePress("q3")
    assert handler.acknowledged == set()


async def test_others_have_their_turn_while_a_batch_is_read() -> None:
    world, seen = World(), [0]
    handler = world.handler

    async def watch() -> None:
        while True:
            seen.append(len(world.effects))
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    await handler.accept([press(number) for number in range(100)])
    watching.cancel()
    assert world.arrived == len(world.effects) == 100
    assert max(later - now for now, later in pairwise(seen)) <= UPDATES_AT_ONCE
