"""Handle one message that waits: a turn, another try later, or a kind sentence."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bot.runtime.disk_space import DiskSpace
from bot.runtime.logs import Event, event
from bot.runtime.scheduler import Pause
from bot.runtime.send_queues import SendQueues
from bot.runtime.start_recorder import StartRecorder
from handlers.effects import PostCommitEffect
from handlers.messages import IncomingMessage
from store.inbox.inbox_store import InboxStore
from store.model.errors import StoreError
from store.model.inbox import InboxRow, WaitingMessage

_log = logging.getLogger(__name__)

ATTEMPTS = 3
MOST_STARTS = 10
"""So often the program may end while the same message is handled: it may be because of it."""
RETRY_SECONDS = 0.2
"""The pause after the first failed attempt; it doubles with each further one."""
DISK_SECONDS = 2.0
"""The pause when nothing can be written, so that no attempt counts: the disk may be full."""


class MessageProcessor(Protocol):
    """Processes single messages; all that it writes is committed when a call returns."""

    async def process(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        """Commit what a message causes, and return what is to be done after the commit."""
        ...

    async def give_up(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        """Count a message as processed although it failed, and leave its sender an answer."""
        ...


@dataclass(frozen=True, slots=True)
class OneOfMany:
    """One message of several that a row stands for; the row stays until the last was handled."""

    incoming: IncomingMessage
    """It is not the row that its turn claims."""
    tries: int
    """How often handling it failed."""
    settle: Callable[[], None] = field(repr=False)
    """Goes on to the next; called when this one was handled."""
    count_try: Callable[[], None] = field(repr=False)


Decoded = IncomingMessage | OneOfMany | Pause | None
"""What waits in a row: a message, one of several, one that cannot be read before a pause is over,
or nothing that anybody need handle."""

Decode = Callable[[WaitingMessage], Decoded]
"""Reads what a platform stored. It awaits no server: what it needs comes while the chat pauses."""


@dataclass(frozen=True, slots=True)
class InboxWorker:
    """Handles the messages of one connection, and queues what they cause to be sent."""

    inbox: InboxStore
    decode: Decode
    processor: MessageProcessor
    send_queues: SendQueues
    starts: StartRecorder
    disk: DiskSpace

    async def handle(self, waiting: WaitingMessage | InboxRow) -> Pause | None:
        """Handle a message; return None if it waits no more, or the pause before the next try.

        One that fails again and again is given up, which its sender is told; not one that fails
        because nothing at all can be written.
        """
        try:
            message = await self._read(waiting)
        except Exception as error:  # noqa: BLE001 - the edge: nobody can be answered
            return await self._fail(waiting, error, remove=isinstance(error, StoreError))
        if message is None:
            return None
        if not message.at_start:
            return await self._handle(message)
        async with self.starts.handling(message):
            return await self._handle(message)

    async def _handle(self, message: WaitingMessage) -> Pause | None:
        try:
            decoded = self.decode(message)
        except Exception as error:  # noqa: BLE001 - as above; it will never be readable
            return await self._fail(message, error, remove=True)
        if isinstance(decoded, Pause):
            await self.starts.pause(message)
            return decoded
        if isinstance(decoded, OneOfMany):
            return await self._handle_one(message, decoded)
        return await self._handle_message(message, decoded)

    async def _handle_message(
        self, message: WaitingMessage, decoded: IncomingMessage | None
    ) -> Pause | None:
        """Handle a message that its row alone stands for, or remove the row of none."""
        try:
            if decoded is None:
                await self.inbox.remove(message.row)
            else:
                spent = message.tries >= ATTEMPTS or message.starts >= MOST_STARTS
                await self._process(decoded, give_up=spent)
        except Exception as error:  # noqa: BLE001 - the edge: the conversation stays unchanged
            return await self._fail(message, error)
        self.disk.succeeded()
        return None

    async def _handle_one(self, message: WaitingMessage, one: OneOfMany) -> Pause:
        """Handle one message of a row, which is served again in its turn."""
        try:
            await self._process(one.incoming, give_up=one.tries >= ATTEMPTS)
        except Exception as error:  # noqa: BLE001 - as above
            event(_log, Event.TURN_FAILED, error=error)
            if self.disk.failed(error):
                await self.starts.pause(message)
                return Pause(DISK_SECONDS)
            one.count_try()
            return _retry_pause(one.tries + 1)
        one.settle()
        self.starts.go_on(message)
        return Pause(0)

    async def _read(self, waiting: WaitingMessage | InboxRow) -> WaitingMessage | None:
        return waiting if isinstance(waiting, WaitingMessage) else await self.inbox.read(waiting)

    async def _process(self, incoming: IncomingMessage, *, give_up: bool) -> None:
        """Have a message processed, or given up, and queue what it causes to be sent."""
        work = self.processor.give_up if give_up else self.processor.process
        self.send_queues.send_result(incoming.who, await work(incoming))

    async def _fail(
        self, waiting: WaitingMessage | InboxRow, error: Exception, *, remove: bool = False
    ) -> Pause | None:
        """Record a failed try; remove what cannot be read after as many as a turn has."""
        event(_log, Event.TURN_FAILED, error=error)
        if self.disk.failed(error):
            if isinstance(waiting, WaitingMessage):
                await self.starts.pause(waiting)
            return Pause(DISK_SECONDS)
        row = waiting.row if isinstance(waiting, WaitingMessage) else waiting
        try:
            tries = await self.inbox.count_try(row)
            if remove and tries >= ATTEMPTS:
                await self.inbox.remove(row)
                return None
        except Exception as further:  # noqa: BLE001 - as above
            event(_log, Event.TURN_FAILED, error=further)
            self.disk.failed(further)
            return Pause(DISK_SECONDS)
        return _retry_pause(tries)


def _retry_pause(tries: int) -> Pause:
    return Pause(RETRY_SECONDS * 2.0 ** min(tries - 1, ATTEMPTS))


def costs_much(
    is_possible: Callable[[], bool],
    decode: Decode,
    judge: Callable[[IncomingMessage], bool],
    waiting: WaitingMessage,
) -> bool:
    """Return whether others need not wait for a message; one that cannot be read costs little.

    It is read only if ``is_possible``: on Matrix that decrypts it once more.
    """
    if not is_possible():
        return False
    try:
        decoded = decode(waiting)
        return isinstance(decoded, IncomingMessage) and judge(decoded)
    except Exception:  # noqa: BLE001 - it fails again when it is handled, and is counted then
        return False
