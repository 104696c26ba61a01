"""Sending: what waits for an account, what was sent to it, and who can be written to."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from store.db.connection import Connection
from store.db.database import Database
from store.model.accounts import Account
from store.model.clock import hour_of
from store.model.outbox import (
    NOTHING_FORGOTTEN,
    ForgottenMessages,
    OutboxMessage,
    SentMessages,
)
from store.outbox.deletable_messages import BEGINNING, Position
from store.outbox.rows import OutboxRow
from store.repositories import Repositories


@dataclass(frozen=True, slots=True)
class OutboxStore:
    """Transactions over the outbox. Long reads go page by page, and let others in between."""

    database: Database
    repositories: Repositories
    clock: Callable[[], datetime]
    """Gives the hour at which a message was sent."""

    async def messages_for(self, account: Account) -> list[OutboxMessage]:
        """Return the messages that wait for this account, in order."""
        find = self.repositories.outbox.messages_for
        return await self.database.read(lambda connection: find(connection, account))

    async def record_attempt(self, message: OutboxMessage) -> None:
        """Record that a message may have arrived, so that its next attempt makes no sound."""
        record = self.repositories.outbox.record_attempt
        await self.database.transaction(lambda connection: record(connection, message.id))

    async def confirm(
        self,
        messages: Sequence[OutboxMessage],
        sent: Sequence[SentMessages] = (),
        forgotten: ForgottenMessages = NOTHING_FORGOTTEN,
    ) -> None:
        """Remove messages that were sent or need not be.

        In the same transaction, remember what of ``sent`` can be deleted from the chat later, and
        forget what was deleted from it before.
        """
        deletable = [each for each in sent if each.deletable and each.ids]
        if not messages and not deletable:
            return
        repositories, now = self.repositories, self.clock()

        def write(connection: Connection) -> None:
            if messages:
                repositories.outbox.remove(connection, [message.id for message in messages])
            repositories.deletable_messages.replace(connection, forgotten.messages, deletable, now)

        await self.database.transaction(write)

    async def waiting_accounts(self, platform: str) -> tuple[Account, ...]:
        """Return every account of a platform for which a message waits, at its last address."""
        newest = dict[str, OutboxRow]()
        after: bytes | None = b""
        while after is not None:
            page, after = await self.database.read(
                partial(self.repositories.outbox.page, platform=platform, after=after)
            )
            for row in page:
                known = newest.setdefault(row.to.name, row)
                if (row.day, row.seq) > (known.day, known.seq):
                    newest[row.to.name] = row
            await asyncio.sleep(0)
        return tuple(row.to for row in newest.values())

    async def reachable_accounts(self, platform: str) -> tuple[Account, ...]:
        """Return every account of a platform whose chat is remembered, at its last address.

        Nothing remembers the chat of a reporter who cleans it without help and for whom nothing
        waits, so those are missing.
        """
        found: dict[str, Account] = {}
        for source in (self._recipients, self._with_deletable_messages):  # the newer address wins
            async for account in source(platform):
                found[account.name] = account
        return tuple(found.values())

    async def _recipients(self, platform: str) -> AsyncIterator[Account]:
        """Yield the accounts of every row, held ones included."""
        after: bytes | None = b""
        while after is not None:
            page, after = await self.database.read(
                partial(self.repositories.outbox.recipients, platform=platform, after=after)
            )
            for account in page:
                yield account
            await asyncio.sleep(0)

    async def _with_deletable_messages(self, platform: str) -> AsyncIterator[Account]:
        """Yield the accounts in whose chats something can be deleted, the newest last."""
        latest = hour_of(self.clock()) + 1
        following: Position | None = BEGINNING
        while following is not None:
            page, following = await self.database.read(
                partial(
                    self.repositories.deletable_messages.page_until,
                    platform=platform,
                    hour=latest,
                    after=following,
                )
            )
            for account, _ in page:
                yield account
            await asyncio.sleep(0)
