"""Finding a case by its words or by its take-back code, and counting who tries to."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from store.cases.account_state import exists
from store.cases.items import SealedRow, ids_of, sealed_rows
from store.cases.permissions import is_kept
from store.cases.pieces import open_conversation
from store.cases.takeback import LANES
from store.crypto.case_keys import CaseKeys
from store.crypto.mnemonics import candidates, codes, unlisted_places
from store.db.connection import Connection
from store.db.database import Database
from store.model.accounts import Account
from store.model.phrase import tokens_of
from store.model.turn import FoundCase
from store.repositories import Repositories


@dataclass(frozen=True, slots=True)
class RecoveryStore:
    """Looks up what reporters come back with; nothing is opened or taken back by it."""

    database: Database
    repositories: Repositories

    async def count(self, kind: str, account: Account, now: datetime) -> int:
        """Count one more act of this kind, and return how many the account did today."""
        increment = self.repositories.counters.increment
        return await self.database.transaction(
            lambda connection: increment(connection, kind, account, now)
        )

    def are_words(self, text: str) -> bool:
        """Check whether this can be twelve recovery words: of one list, with their checksum."""
        return bool(candidates(tokens_of(text)))

    def are_code(self, text: str) -> bool:
        """Check whether this can be a take-back code: four words of one list."""
        return bool(codes(tokens_of(text)))

    def unlisted_places(self, text: str) -> tuple[int, ...]:
        """Return the places, from 1, of the words that stand in no list of recovery words."""
        return unlisted_places(tokens_of(text))

    async def find_by_words(self, text: str) -> FoundCase | None:
        """Find the case of twelve words, and read the conversation that it ended with."""
        for _, entropy in candidates(tokens_of(text)):
            keys = CaseKeys(entropy)
            rows = await self.database.read(partial(_rows_of, keys))
            if rows is not None:
                return FoundCase(entropy, *await open_conversation(keys, rows))
        return None

    async def find_by_code(self, text: str) -> bytes | None:
        """Find the case that four words may take back; wrong ones take as long as right ones."""
        found: bytes | None = None
        find = self.repositories.takeback_codes.find
        for language, code in codes(tokens_of(text)):
            for lanes in LANES:
                key = await self.repositories.takeback_codes.stretch(code, language, lanes)
                mine = await self.database.read(partial(find, code=key))
                found = found or mine
        return found

    async def is_kept(self, locator: bytes) -> bool:
        """Return whether an unrevoked permission keeps the case."""
        return await self.database.read(partial(is_kept, locator=locator))


def _rows_of(keys: CaseKeys, connection: Connection) -> tuple[SealedRow, ...] | None:
    """Read the short items of a case, still sealed; None if there is no such case."""
    if not exists(connection, keys):
        return None
    return sealed_rows(connection, keys.locator, ids_of(connection, keys.locator))
