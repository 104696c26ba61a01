"""What a reader does: link an account, see what waits, fetch it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from store.cases import permissions as given
from store.cases.changes import erase_case
from store.db.connection import Connection
from store.db.database import Database
from store.db.schema import delivery
from store.model.accounts import Account
from store.model.readers import Delivery
from store.readers.roster import Member
from store.repositories import Repositories


@dataclass(frozen=True, slots=True)
class ReaderStore:
    """The readers' side of the store, a transaction for each act."""

    database: Database
    repositories: Repositories

    def named(self, name: str, now: datetime) -> Member | None:
        """The active reader of the roster with this name."""
        return self.repositories.commission.named(name, now)

    async def reader_on(self, who: Account) -> Member | None:
        """Which reader this account belongs to."""
        async with self.database.read() as connection:
            return await self.repositories.commission.reader_on(connection, who)

    async def moved(self, who: Account) -> None:
        """A reader is told things in the chat they wrote in last; writes only if it is another.

        For platforms on which an account can have several chats; anybody may be passed in.
        """
        async with self.database.read() as connection:
            elsewhere = await self.repositories.commission.is_elsewhere(connection, who)
        if elsewhere:
            async with self.database.transaction() as connection:
                await self.repositories.commission.relocate(connection, who)

    async def invite(self, who: Account, member: Member, now: datetime) -> bytes:
        """The sealed file with the eight digits that link this account."""
        async with self.database.transaction() as connection:
            return await self.repositories.commission.invite(connection, who, member, now)

    async def join(self, who: Account, digits: str, now: datetime) -> bool:
        """Whether these were the digits."""
        async with self.database.transaction() as connection:
            return await self.repositories.commission.join(connection, who, digits, now)

    async def inbox(self, member: Member) -> tuple[Delivery, ...]:
        """What waits for this reader."""
        async with self.database.read() as connection:
            return await self.repositories.commission.inbox(connection, member)

    async def bundle(self, member: Member, code: str) -> bytes:
        """The delivery as a file; ``NotPermitted`` for any that is not theirs to fetch."""
        async with self.database.read() as connection:
            return await self.repositories.commission.bundle(connection, member, code)

    async def fetched(self, member: Member, code: str) -> None:
        """The file is safely with its reader. What was not to be kept goes with the last fetch."""
        async with self.database.transaction() as connection:
            stmt = await self.repositories.commission.fetched(connection, member, code)
            locator = await given.case_of(connection, stmt)
            if locator is not None and await _is_over(connection, locator):
                await erase_case(connection, locator)
        await self.database.scrub()


async def _is_over(connection: Connection, locator: bytes) -> bool:
    """Nothing keeps the case, and nobody is still to fetch from it."""
    if await given.is_kept(connection, locator):
        return False
    waiting = delivery.c.stmt.in_(await given.named_of(connection, locator))
    query = select(delivery.c.id).where(waiting, delivery.c.state != given.FETCHED)
    return (await connection.execute(query)).first() is None
