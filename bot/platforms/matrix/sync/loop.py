"""Listen to the homeserver: a batch waits in the inbox before the cursor moves past it.

The cursor (the sync token) is stored sealed by this program, not by nio, and moves in the
transaction that puts what was heard into the inbox, as it came. A message that comes twice counts
once. Nothing is decrypted, fetched or waited for here on account of a single room, so none holds
up another.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from bot.platforms.matrix.facts import PLATFORM
from bot.platforms.matrix.failures import problem_of
from bot.platforms.matrix.http_client import HttpError, RateLimited, SessionExpired
from bot.platforms.matrix.sync.batch import SyncBatch
from bot.platforms.matrix.sync.device_sync import DeviceSync
from bot.platforms.matrix.sync.room_sync import RoomSync
from bot.platforms.matrix.sync.source import LONG_POLL_MILLIS, SHORT_POLL_MILLIS, SyncSource
from bot.runtime.admission import Admission, Arrival
from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import backoff
from bot.runtime.status import StatusReporter
from bot.runtime.waiting import run_meanwhile, run_unless_stopped
from store.inbox.cursor_store import CursorStore

_log = logging.getLogger(__name__)

JOURNAL = "\n"
"""Stands between a sync token and the journal of what was read, which are stored together."""
LOOK_SECONDS = 1.0
"""While nothing can be stored, what came is looked at for calls for help so often."""


class NotStored(Exception):
    """A batch is not on the disk, so the cursor stays where it is."""


@dataclass(slots=True)
class UnfinishedBatch:
    """A batch that is kept until all of it is on disk."""

    batch: SyncBatch
    new_rooms: frozenset[str] = field(default=frozenset(), repr=False)
    """Rooms that were new with this batch; the directory has them when it is handled again."""
    arrivals: list[Arrival] | None = None
    """What was read in it; None until it was read to its end."""


@dataclass(slots=True)
class SyncLoop:
    """Ask for batches, have them handled, and move the cursor, for one connection."""

    source: SyncSource
    cursors: CursorStore
    device_sync: DeviceSync
    room_sync: RoomSync
    admission: Admission
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
        """Have the next batch stored, or the unfinished one, and move the cursor past it.

        Raises ``HttpError`` or ``NotStored``; the batch then stays unfinished.
        """
        if not self.cursor:
            await self._load_state()
        if self.unfinished is None:
            if not self.admission.is_open:
                has_room = run_unless_stopped(self.admission.has_room(), self.stop)
                await run_meanwhile(has_room, LOOK_SECONDS, self._look)
            expects_keys = self.device_sync.decryptor.expects_keys
            wait_millis = SHORT_POLL_MILLIS if expects_keys else LONG_POLL_MILLIS
            self.admission.watermark.asking()
            batch = await self.source.next_batch(self.cursor, wait_millis)
            if batch is None:
                return
            self.status.recovered()
            self.unfinished = UnfinishedBatch(batch)
        elif self.unfinished.arrivals is not None:
            await self._look()
        await self._finish(self.unfinished)
        self.cursor = self.unfinished.batch.next_batch
        self.admission.watermark.caught_up()
        self.unfinished = None

    async def _attempt(self, step: Callable[[], Awaitable[None]], failures: int) -> int:
        """Take a step; after an error report it and wait. Return the failures in a row."""
        try:
            await step()
        except SessionExpired:
            raise
        except (HttpError, NotStored) as error:
            if isinstance(error, HttpError) and not isinstance(error, RateLimited):
                self.status.report(problem_of(error), error)
            await self._pause(error.after if isinstance(error, RateLimited) else backoff(failures))
            return failures + 1
        return 0

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)

    async def _load_state(self) -> None:
        """Learn the rooms and invitations as they are now, find the cursor, begin to handle.

        What waits is handled from here on: no room is known before.
        """
        position = await self.cursors.position(PLATFORM)
        cursor = None if position is None else self._restore(position)
        state = await self.source.current_state()
        if cursor is None:
            await self.device_sync.receive_keys(state)
        self.room_sync.load(state)
        self.device_sync.update_key_counts(state)
        self.device_sync.start_upkeep()
        self.status.recovered()
        await self._store(self.admission.begin())
        if cursor is None:
            last = self.room_sync.last_messages(state)
            await self._store(self.admission.accept(last, self._position(state.next_batch)))
        self.cursor = cursor or state.next_batch

    async def _finish(self, unfinished: UnfinishedBatch) -> None:
        """Read a batch, unless that was done, and store it with its end as the cursor."""
        arrivals = unfinished.arrivals
        if arrivals is None:
            arrivals = unfinished.arrivals = await self._read(unfinished)
        position = self._position(unfinished.batch.next_batch)
        storing = self._store(self.admission.accept(arrivals, position))
        await run_meanwhile(storing, LOOK_SECONDS, self._look)
        self.device_sync.start_upkeep()

    def _position(self, token: str) -> str:
        """Return what is stored as the cursor: the token, and which messages were just read."""
        return f"{token}{JOURNAL}{self.device_sync.crypto.indices.journal()}"

    def _restore(self, position: str) -> str:
        """Take over the journal in a stored position, and return its token."""
        token, separator, journal = position.rpartition(JOURNAL)
        if not separator:
            return position  # an earlier version stored the token alone
        self.device_sync.crypto.indices.restore(journal)
        return token

    async def _read(self, unfinished: UnfinishedBatch) -> list[Arrival]:
        """Take over what a batch says, and return the messages in it. Raises ``HttpError``."""
        batch = unfinished.batch
        await self.device_sync.apply(batch)
        unfinished.new_rooms |= await self.room_sync.apply(batch)
        return await self.room_sync.arrivals(batch, unfinished.new_rooms, self.cursor)

    async def _store(self, storing: Awaitable[None]) -> None:
        """Await something that writes to the disk; raise ``NotStored`` if it cannot."""
        try:
            await storing
        except Exception as error:
            event(_log, Event.TURN_FAILED, error=error)
            raise NotStored from error

    async def _look(self) -> None:
        """Look for calls for help among what came while it cannot be stored."""
        since = self.cursor if self.unfinished is None else self.unfinished.batch.next_batch
        with suppress(HttpError):
            batch = await self.source.next_batch(since, 0)
            if batch is not None:
                await self.room_sync.look(batch)
