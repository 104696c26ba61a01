"""Which revisions of the questionnaires are needed, and whose recall was announced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.db.database import Database
from store.model.revisions import NeededRevisions
from store.repositories import Repositories


@dataclass(frozen=True, slots=True)
class RevisionStore:
    """Transactions over the revisions that something at rest may name."""

    database: Database
    repositories: Repositories

    async def initialize(self, present: Sequence[str], now: datetime) -> None:
        """Begin to record which revisions are named.

        What is at rest from before may name any of those that are ``present``.
        """
        until = self.repositories.retention.story_ends(now)
        initialize = self.repositories.revisions.initialize
        await self.database.transaction(
            lambda connection: initialize(connection, present, now, until)
        )

    async def needed(self, now: datetime) -> NeededRevisions:
        """Return the revisions that may still be named."""
        find = self.repositories.revisions.needed
        return await self.database.read(lambda connection: find(connection, now))

    async def is_recall_announced(self, platform: str, revision: str) -> bool:
        """Return whether every reachable account of a platform was told of this recall."""
        check = self.repositories.revisions.is_recall_announced
        return await self.database.read(lambda connection: check(connection, platform, revision))

    async def record_recall_announced(self, platform: str, revision: str) -> None:
        """Record that every reachable account was told, so that a restart repeats nothing."""
        record = self.repositories.revisions.record_recall_announced
        await self.database.transaction(lambda connection: record(connection, platform, revision))
