"""Take in what people write: process each message, try again, or give it up kindly."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Protocol

from bot.runtime.logs import Event, event
from bot.runtime.send_queues import SendQueues
from bot.runtime.waiting import stopped_within
from handlers.effects import PostCommitEffect
from handlers.messages import IncomingMessage

_log = logging.getLogger(__name__)

ATTEMPTS = 3
RETRY_SECONDS = 0.2
"""The pause after the first failed attempt; it doubles with each further one."""


class MessageProcessor(Protocol):
    """Processes single messages; all that it writes is committed when a call returns."""

    async def process(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        """Commit what a message causes, and return what is to be done after the commit."""
        ...

    async def give_up(self, incoming: IncomingMessage) -> None:
        """Count a message as processed although it failed, and leave its sender an answer."""
        ...


@dataclass(frozen=True, slots=True)
class MessageIntake:
    """Processes the messages of one connection, and queues what they cause to be sent."""

    processor: MessageProcessor
    send_queues: SendQueues
    stop: asyncio.Event

    async def accept(
        self, incoming: IncomingMessage, first: tuple[PostCommitEffect, ...] = ()
    ) -> bool:
        """Process one message, and return whether it may be confirmed to the platform.

        A message that keeps failing is given up after a few attempts, which its sender is told.
        False means that nothing of the message is on the disk, because the program stops or the
        disk is full: the platform must deliver it again. ``first`` is done before everything
        that the message itself causes.
        """
        for attempt in range(ATTEMPTS):
            try:
                effects = await self.processor.process(incoming)
            except Exception as error:  # noqa: BLE001 - the edge: the conversation stays unchanged
                event(_log, Event.TURN_FAILED, error=error)
                if await stopped_within(self.stop, RETRY_SECONDS * 2**attempt):
                    return False
            else:
                self.send_queues.send_result(incoming.who, (*first, *effects))
                return True
        return await self._give_up(incoming, first)

    async def _give_up(
        self, incoming: IncomingMessage, first: tuple[PostCommitEffect, ...]
    ) -> bool:
        try:
            await self.processor.give_up(incoming)
        except Exception as error:  # noqa: BLE001 - the edge: the disk may be full
            event(_log, Event.TURN_FAILED, error=error)
            return False
        self.send_queues.send_result(incoming.who, first)
        return True
