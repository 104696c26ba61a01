"""How far the messages of each platform were read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from store.db.database import Database
from store.repositories import Repositories


@dataclass(frozen=True, slots=True)
class CursorStore:
    """Transactions over the cursors of the platforms."""

    database: Database
    repositories: Repositories
    clock: Callable[[], datetime]

    async def position(self, platform: str) -> str | None:
        """Return where to go on reading; None before the first batch."""
        async with self.database.read() as connection:
            return await self.repositories.cursors.read(connection, platform)

    async def move(self, platform: str, position: str) -> None:
        """Go on reading behind a batch, also an empty one, whose messages are all on the disk.

        Call this before the next batch is read: processed messages of earlier ones may be
        forgotten from then on.
        """
        async with self.database.transaction() as connection:
            await self.repositories.cursors.move(connection, platform, position, self.clock())
