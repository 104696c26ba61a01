"""Opening a case with its words, taking it back with its code, and counting who tries to."""

from dataclasses import dataclass
from datetime import datetime

from store.cases.account_state import exists
from store.cases.case_store import scrub_erased
from store.cases.draft_changes import BEGUN
from store.cases.erasure import erase_case, outlive_draft
from store.cases.permissions import handovers_of, is_kept, revoke_unsigned
from store.crypto.case_keys import CaseKeys
from store.crypto.mnemonics import candidates, codes
from store.db.connection import Connection
from store.db.database import Database
from store.model.accounts import Account
from store.model.outbox import TextRef
from store.outbox.rows import SAY
from store.readers.notices import request_destruction
from store.repositories import Repositories


@dataclass(frozen=True, slots=True)
class RecoveryStore:
    """Transactions for reporters who come back without a conversation."""

    database: Database
    repositories: Repositories

    async def count(self, kind: str, account: Account, now: datetime) -> int:
        """Count one more act of this kind, and return how many the account did today."""
        async with self.database.transaction() as connection:
            return await self.repositories.counters.increment(connection, kind, account, now)

    async def cases_begun(self, account: Account, now: datetime) -> int:
        """Return how many cases this account began today; the turn that begins one counts it."""
        async with self.database.read() as connection:
            return await self.repositories.counters.read(connection, BEGUN, account, now)

    async def open_with_words(self, account: Account, text: str, now: datetime) -> bool | None:
        """Open the case of twelve words for this account.

        Return None if these are no recovery words, and False if nothing is kept under them.
        """
        readings = [CaseKeys(entropy) for _, entropy in candidates(text.split())]
        found = None
        async with self.database.transaction() as connection:
            for keys in readings:
                if found is None and await exists(connection, keys):
                    found = keys
                    await outlive_draft(connection, keys.locator)
        if found is not None:
            self.repositories.sessions.put(account, found, now)
            return True
        return False if readings else None

    async def find_by_code(self, text: str) -> bytes | None:
        """Find the case that four words may take back; wrong ones take as long as right ones."""
        found = None
        for language, code in codes(text.split()):
            key = await self.repositories.takeback_codes.stretch(code, language)
            async with self.database.read() as connection:
                found = found or await self.repositories.takeback_codes.find(connection, key)
        return found

    async def take_back_by_code(
        self,
        account: Account,
        message: str,
        locator: bytes,
        answer: TextRef,
        now: datetime,
        *,
        erase: bool,
        chat_message: str = "",
    ) -> bool:
        """Withdraw or erase a case with its code alone: unsigned, and recorded as such.

        Return False, with nothing done, if the message was processed before. ``chat_message`` is
        the message's own id in the chat, which is remembered so that it can be deleted.
        """
        repositories = self.repositories
        async with self.database.transaction() as connection:
            fresh = await repositories.processed_messages.add(
                connection, account.platform, message, now
            )
            if not fresh:
                return False
            await self._revoke(connection, locator, now, erase=erase)
            await repositories.outbox.add(connection, account, SAY, answer, now)
            if chat_message:
                await repositories.deletable_messages.add(
                    connection, account, (chat_message,), now
                )
        await scrub_erased(self.database, repositories, account, now)
        return True

    async def _revoke(
        self, connection: Connection, locator: bytes, now: datetime, *, erase: bool
    ) -> None:
        statements = await handovers_of(connection, locator)
        await request_destruction(connection, self.repositories, statements, now)
        await revoke_unsigned(connection, statements, by_code=True)
        if erase or not await is_kept(connection, locator):
            await erase_case(connection, locator)
