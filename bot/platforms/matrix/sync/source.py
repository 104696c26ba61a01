"""Ask the homeserver for batches of events."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlencode

from bot.platforms.matrix.events import ANSWER_TYPES
from bot.platforms.matrix.http_client import HttpClient, Json
from bot.platforms.matrix.rooms.directory import STATE_TYPES
from bot.platforms.matrix.sync.batch import SyncBatch, parse_batch

LONG_POLL_MILLIS = 30_000
SHORT_POLL_MILLIS = 1_000
"""Used while an event waits for its key."""
ANSWER_SECONDS = 15.0
"""Time for the answer itself, after the time that the server may wait."""
TIMELINE_LIMIT = 100
"""Events of a room in one batch."""


@dataclass(frozen=True, slots=True)
class SyncSource:
    """Fetch batches; a poll that waits ends when ``stop`` is set."""

    http_client: HttpClient
    own: str = field(repr=False)
    """The bot's user id."""
    new_id: Callable[[], str]
    stop: asyncio.Event

    async def current_state(self) -> SyncBatch:
        """Fetch the rooms and open invitations as they are now. Raises ``HttpError``.

        The filter differs each time: Synapse repeats its answer to the same one for two minutes.
        """
        unique = sync_filter(1, f"@{self.new_id()}:invalid")
        return await self._sync(urlencode({"filter": unique, "timeout": 0}), ANSWER_SECONDS)

    async def next_batch(self, since: str, wait_millis: int) -> SyncBatch | None:
        """Wait for the batch after ``since``; None if the bot stops. Raises ``HttpError``."""
        query = f"{_asked_of_all(self.own)}&{urlencode({'timeout': wait_millis, 'since': since})}"
        poll = asyncio.ensure_future(self._sync(query, wait_millis / 1000 + ANSWER_SECONDS))
        stop = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait({poll, stop}, return_when=asyncio.FIRST_COMPLETED)
            return poll.result() if poll.done() else None
        finally:
            for task in (poll, stop):
                task.cancel()
            await asyncio.gather(poll, stop, return_exceptions=True)

    async def _sync(self, query: str, timeout_seconds: float) -> SyncBatch:
        return parse_batch(await self.http_client.long_poll(f"/sync?{query}", timeout_seconds))


@lru_cache(1)
def _asked_of_all(own: str) -> str:
    """Write the part of a query that is the same for each batch: longer than all of the rest."""
    return urlencode({"filter": sync_filter(TIMELINE_LIMIT, own), "set_presence": "offline"})


def sync_filter(limit: int, excluded_sender: str) -> str:
    """Build a filter without typing notices, receipts, presence and one sender's messages."""
    none: Json = {"types": []}
    timeline: Json = {
        "types": [*ANSWER_TYPES, *STATE_TYPES],
        "limit": limit,
        "not_senders": [excluded_sender],
    }
    room = {
        "timeline": timeline,
        "state": {"types": list(STATE_TYPES)},
        "ephemeral": none,
        "account_data": none,
    }
    return json.dumps({"presence": none, "account_data": none, "room": room})
