"""Listen to the homeserver: a batch is on disk before the cursor moves past it.

The cursor (the sync token) is stored sealed by this program, not by nio, and moves in a
transaction of its own after the batch. A batch of which anything failed is handled again from its
beginning; a message that comes twice counts once. An event whose key is late holds the cursor for
some seconds, and no other event.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from bot.platforms.matrix.events import PLATFORM
from bot.platforms.matrix.failures import problem_of
from bot.platforms.matrix.http_client import HttpError, RateLimited, SessionExpired
from bot.platforms.matrix.sync.batch import SyncBatch
from bot.platforms.matrix.sync.decryptor import Decryptor
from bot.platforms.matrix.sync.device_sync import DeviceSync
from bot.platforms.matrix.sync.dispatcher import BatchNotCommitted, MessageDispatcher
from bot.platforms.matrix.sync.room_sync import RoomSync
from bot.platforms.matrix.sync.source import LONG_POLL_MILLIS, SHORT_POLL_MILLIS, SyncSource
from bot.runtime.rate_limits import backoff
from bot.runtime.status import StatusReporter
from store.inbox.cursor_store import CursorStore


@dataclass(slots=True)
class UnfinishedBatch:
    """A batch that is kept until all of it is on disk."""

    batch: SyncBatch
    new_rooms: frozenset[str] = field(default=frozenset(), repr=False)
    """Rooms that were new with this batch; the directory has them when it is handled again."""


@dataclass(slots=True)
class SyncLoop:
    """Ask for batches, have them handled, and move the cursor, for one connection."""

    source: SyncSource
    cursors: CursorStore
    device_sync: DeviceSync
    room_sync: RoomSync
    decryptor: Decryptor
    dispatcher: MessageDispatcher
    status: StatusReporter = field(repr=False)
    stop: asyncio.Event
    cursor: str = field(default="", repr=False)
    unfinished: UnfinishedBatch | None = field(default=None, repr=False)

    async def run(self) -> None:
        """Listen until told to stop.

        Raises ``SessionExpired``, and what verifying the bot's identity raises.
        """
        failures = await self._attempt(self._load_state, 0)
        while not self.stop.is_set():
            failures = await self._attempt(self.handle_next, failures)

    async def close(self) -> None:
        """Cancel the work that runs beside the loop."""
        await self.device_sync.close()

    async def handle_next(self) -> None:
        """Handle the next batch, or the unfinished one again, and move the cursor past it.

        Raises ``HttpError`` or ``BatchNotCommitted``; the batch then stays unfinished.
        """
        if not self.cursor:
            await self._load_state()
        if self.unfinished is None:
            wait_millis = SHORT_POLL_MILLIS if self.decryptor.pending else LONG_POLL_MILLIS
            batch = await self.source.next_batch(self.cursor, wait_millis)
            if batch is None:
                return
            self.status.recovered()
            self.unfinished = UnfinishedBatch(batch)
        await self._handle(self.unfinished)
        self.cursor = self.unfinished.batch.next_batch
        if not self.decryptor.pending:
            await self._store_cursor()
        self.unfinished = None

    async def _attempt(self, step: Callable[[], Awaitable[None]], failures: int) -> int:
        """Take a step; after an error report it and wait. Return the failures in a row."""
        try:
            await step()
        except SessionExpired:
            raise
        except (HttpError, BatchNotCommitted) as error:
            if isinstance(error, HttpError) and not isinstance(error, RateLimited):
                self.status.report(problem_of(error), error)
            await self._pause(error.after if isinstance(error, RateLimited) else backoff(failures))
            return failures + 1
        return 0

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)

    async def _load_state(self) -> None:
        """Learn the rooms and open invitations as they are now, and find the cursor."""
        cursor = await self.cursors.position(PLATFORM)
        state = await self.source.current_state()
        if cursor is None:
            await self._begin_without_cursor(state)
        else:
            self.cursor = cursor
        self.room_sync.load(state)
        self.device_sync.update_key_counts(state)
        self.device_sync.start_upkeep()
        self.status.recovered()

    async def _begin_without_cursor(self, state: SyncBatch) -> None:
        self.device_sync.receive_keys(state)
        for message in self.room_sync.last_messages(state):
            await self.dispatcher.dispatch([message])
        self.cursor = state.next_batch
        await self._store_cursor()

    async def _handle(self, unfinished: UnfinishedBatch) -> None:
        batch = unfinished.batch
        await self.device_sync.apply(batch)
        unfinished.new_rooms |= await self.room_sync.apply(batch)
        messages = await self.room_sync.messages(batch, unfinished.new_rooms, self.cursor)
        await self.dispatcher.dispatch([*messages, *await self.decryptor.retry_pending()])
        self.device_sync.start_upkeep()

    async def _store_cursor(self) -> None:
        await self.cursors.move(PLATFORM, self.cursor)
