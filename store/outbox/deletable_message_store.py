"""Cleaning a chat: the messages that can still be deleted from it."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from store.db.database import Database
from store.model.accounts import Account
from store.model.outbox import DeletableMessages
from store.outbox.deletable_messages import BEGINNING, Position
from store.repositories import Repositories


@dataclass(frozen=True, slots=True)
class DeletableMessageStore:
    """Transactions over the messages that stand in chats."""

    database: Database
    repositories: Repositories

    async def of_account(self, account: Account) -> tuple[DeletableMessages, ...]:
        """Return what can still be deleted for this account, the oldest hour first."""
        find = self.repositories.deletable_messages.of_account
        return await self.database.read(lambda connection: find(connection, account))

    async def forget(self, messages: Sequence[DeletableMessages]) -> None:
        """Forget messages that were deleted, or cannot be."""
        rows, remove = (
            [message.row for message in messages],
            self.repositories.deletable_messages.remove,
        )
        await self.database.transaction(lambda connection: remove(connection, rows))

    async def ageing(
        self, platform: str, until_hour: int
    ) -> tuple[tuple[Account, tuple[DeletableMessages, ...]], ...]:
        """Return what came in this hour since 1970 or before, by account."""
        found: defaultdict[Account, list[DeletableMessages]] = defaultdict(list)
        after: Position | None = BEGINNING
        while after is not None:
            page, after = await self.database.read(
                partial(
                    self.repositories.deletable_messages.page_until,
                    platform=platform,
                    hour=until_hour,
                    after=after,
                )
            )
            for account, messages in page:
                found[account].append(messages)
            await asyncio.sleep(0)  # let others in between two pages
        return tuple((account, tuple(rows)) for account, rows in found.items())
