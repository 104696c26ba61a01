"""How much waits in the inbox, and for how long: for the operator, without a key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from store.db.connection import Connection
from store.db.database import Database
from store.db.schema import inbox

MOST_SAMPLES = 1440
"""With one a minute, a day: what has waited for longer counts as having come then or later."""

_COUNT = select(func.count()).select_from(inbox)
_LOWEST, _HIGHEST = select(func.min(inbox.c.seq)), select(func.max(inbox.c.seq))


@dataclass(slots=True)
class InboxBacklog:
    """The messages of all platforms that wait.

    A row holds the hour of its message and no finer time. So the age of the oldest follows from
    the numbers of the rows that waited at each look: it is right to the time between two looks,
    and begins with the first one.
    """

    database: Database
    clock: Callable[[], datetime]
    _samples: list[tuple[int, datetime]] = field(default_factory=list, repr=False)
    """The highest number at each look that found a higher one, and when that was."""

    async def count(self) -> int:
        """Return how many messages wait."""
        return await self.database.read(lambda connection: connection.scalar(_COUNT)) or 0

    async def oldest_since(self) -> datetime | None:
        """Return when the oldest message was there at the latest; None if none waits."""
        ends = await self.database.read(_ends)
        if ends is None:
            self._samples.clear()
            return None
        lowest, highest = ends
        if not self._samples or self._samples[-1][0] < highest:
            if len(self._samples) >= MOST_SAMPLES:
                self._samples.pop()
            self._samples.append((highest, self.clock()))
        self._samples = [sample for sample in self._samples if sample[0] >= lowest]
        return self._samples[0][1]


def _ends(connection: Connection) -> tuple[int, int] | None:
    lowest, highest = connection.scalar(_LOWEST), connection.scalar(_HIGHEST)
    return None if lowest is None or highest is None else (lowest, highest)
