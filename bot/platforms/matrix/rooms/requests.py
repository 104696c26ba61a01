"""Join, decline and leave rooms, repeating a request that fails, a few rooms at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, repeat

from bot.platforms.matrix.http_client import (
    HttpClient,
    HttpError,
    RateLimited,
    RequestDenied,
    path_segment,
)
from bot.runtime.rate_limits import backoff

MAX_CONCURRENT_ROOMS = 2
"""Rooms that are joined, joined after a failure, or left at once, so that a flood of invitations
delays no conversation. Each has slots of its own: whoever invites waits for no storm of others."""
SLOTS = partial(asyncio.Semaphore, MAX_CONCURRENT_ROOMS)
MAX_TRIES = 6


@dataclass(slots=True)
class RoomRequests:
    """Send the requests by which the bot joins and leaves rooms."""

    http_client: HttpClient
    joins: asyncio.Semaphore = field(default_factory=SLOTS, repr=False)
    repeated_joins: asyncio.Semaphore = field(default_factory=SLOTS, repr=False)
    leaves: asyncio.Semaphore = field(default_factory=SLOTS, repr=False)

    async def join(self, room_id: str) -> bool:
        """Join a room; decline the invitation and return False if that is impossible."""
        slots = chain([self.joins], repeat(self.repeated_joins))
        joined = await self._post(room_id, "join", slots)
        if not joined:
            await self._post(room_id, "leave", repeat(self.leaves))
        return joined

    async def leave(self, room_id: str) -> None:
        """Leave a room, or decline its invitation, and have the server forget it."""
        await self._post(room_id, "leave", repeat(self.leaves))
        await self._post(room_id, "forget", repeat(self.leaves))

    async def _post(self, room_id: str, action: str, slots: Iterator[asyncio.Semaphore]) -> bool:
        """Send a request until it succeeds, each time with the next of these slots."""

        async def send() -> None:
            async with next(slots):
                await self.http_client.request("POST", path, {})

        path = f"/rooms/{path_segment(room_id)}/{action}"
        return await repeat_request(send)


async def repeat_request(send: Callable[[], Awaitable[None]]) -> bool:
    """Send until it succeeds; return False if the server refuses, or after ``MAX_TRIES``."""
    for failures in range(MAX_TRIES):
        try:
            await send()
        except RequestDenied:
            return False
        except HttpError as error:
            await asyncio.sleep(
                error.after if isinstance(error, RateLimited) else backoff(failures)
            )
        else:
            return True
    return False
