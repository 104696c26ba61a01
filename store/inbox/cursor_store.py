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
        read = self.repositories.cursors.read
        return await self.database.read(lambda connection: read(connection, platform))

    async def move(self, platform: str, position: str) -> None:
        """Go on reading behind a batch, also an empty one, whose messages are all on the disk.

        Call this before the next batch is read: processed messages of earlier ones may be
        forgotten from then on.
        """
        move, now = self.repositories.cursors.move, self.clock()
        await self.database.transaction(
            lambda connection: move(connection, platform, position, now)
        )
