"""Wait with leaving a room until what was said there is handled: its keys go with it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.platforms.matrix.rooms.delays import MembershipDelays

LONGEST_SECONDS = 1800.0
"""Nothing of a room waits for as long as that (see ``RowReader``)."""


@dataclass(frozen=True, slots=True)
class Patience:
    """The delays of leaving, and what a room may still be needed for."""

    delays: MembershipDelays
    count_waiting: Callable[[str], int]
    """Counts the messages of a room that were not handled yet."""

    async def until_handled(self, room_id: str) -> None:
        """Wait for what is just coming of a room, and until nothing of it waits any more."""
        await asyncio.sleep(self.delays.grace)
        async with asyncio.timeout(LONGEST_SECONDS):
            while self.count_waiting(room_id):  # noqa: ASYNC110 - rows ring for nobody
                await asyncio.sleep(max(self.delays.grace, 0.05))
