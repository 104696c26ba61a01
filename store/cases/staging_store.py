"""Staging of what a turn will keep: sealed and on the disk, before the turn begins."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime

from store.cases.item_streams import ItemStreams
from store.cases.items import long_answer
from store.crypto.case_keys import CaseKeys
from store.db.connection import Connection
from store.db.database import Database
from store.model.accounts import Account
from store.model.changes import KeepStaged, SealItem
from store.repositories import Repositories

CHARACTERS = 16 * 1024
"""Characters of a text that are encoded at once: 64 KiB at most."""


@dataclass(frozen=True, slots=True)
class StagingStore:
    """Stages items for the conversations of accounts."""

    database: Database
    repositories: Repositories

    async def stage(self, account: Account, answer: SealItem, now: datetime) -> KeepStaged | None:
        """Seal an answer piece by piece to the case of the account's draft; None without one.

        No other transaction waits for it. Raises ``TooLong`` beyond 64 MiB.
        """
        keys = await self.database.read(lambda connection: self._keys(connection, account))
        if keys is None:
            return None
        size = sum(len(piece) for piece in _encoded(answer.text))
        described, body = long_answer(answer.step, size, now), _body(answer.text)
        item_id = bytes.fromhex(answer.item)
        item = await self._streams.stage(keys, item_id, described, body, now)
        return None if item is None else KeepStaged(answer, item)

    async def discard(self, staged: KeepStaged) -> None:
        """Delete what was staged, unless a turn has kept it."""
        await self._streams.discard(staged.item)

    @property
    def _streams(self) -> ItemStreams:
        return ItemStreams(self.database, self.repositories.entropy)

    def _keys(self, connection: Connection, account: Account) -> CaseKeys | None:
        found = self.repositories.drafts.find(connection, account)
        return None if found is None else found.keys


def _encoded(text: str) -> Iterator[bytes]:
    for start in range(0, len(text), CHARACTERS):
        yield text[start : start + CHARACTERS].encode()


async def _body(text: str) -> AsyncIterator[bytes]:
    for piece in _encoded(text):
        yield piece
