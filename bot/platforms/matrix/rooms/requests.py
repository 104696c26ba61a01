"""Join, decline and leave rooms, repeating a request that fails, a few rooms at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from bot.platforms.matrix.http_client import (
    HttpClient,
    HttpError,
    RateLimited,
    RequestDenied,
    path_segment,
)
from bot.runtime.rate_limits import backoff

MAX_CONCURRENT_ROOMS = 2
"""Rooms that are joined or left at once, so that a flood of invitations delays no conversation."""
MAX_TRIES = 6


@dataclass(slots=True)
class RoomRequests:
    """Send the requests by which the bot joins and leaves rooms."""

    http_client: HttpClient
    slots: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, MAX_CONCURRENT_ROOMS), repr=False
    )

    async def join(self, room_id: str) -> bool:
        """Join a room; decline the invitation and return False if that is impossible."""
        joined = await self._post(room_id, "join")
        if not joined:
            await self._post(room_id, "leave")
        return joined

    async def leave(self, room_id: str) -> None:
        """Leave a room, or decline its invitation, and have the server forget it."""
        await self._post(room_id, "leave")
        await self._post(room_id, "forget")

    async def _post(self, room_id: str, action: str) -> bool:
        return await repeat_request(partial(self._post_once, room_id, action))

    async def _post_once(self, room_id: str, action: str) -> None:
        async with self.slots:
            await self.http_client.request("POST", f"/rooms/{path_segment(room_id)}/{action}", {})


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
