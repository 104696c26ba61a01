"""What readers do: link an account, list what waits, fetch it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from store.cases.erasure import erase_case
from store.cases.handovers import FETCHED
from store.cases.permissions import case_of, handovers_of, is_kept
from store.db.connection import Connection
from store.db.database import Database
from store.db.schema import delivery
from store.model.accounts import Account
from store.model.readers import Delivery
from store.readers.roster import Member
from store.repositories import Repositories


@dataclass(frozen=True, slots=True)
class ReaderStore:
    """The readers' side of the store, one transaction for each act."""

    database: Database
    repositories: Repositories

    def named(self, name: str, now: datetime) -> Member | None:
        """Find the active reader of the roster with this name."""
        return self.repositories.commission.find(name, now)

    async def reader_on(self, who: Account) -> Member | None:
        """Find the reader who linked this account."""
        async with self.database.read() as connection:
            mid = await self.repositories.linked_accounts.mid_of(connection, who)
        return None if mid is None else self.repositories.commission.roster.member(mid)

    async def update_address(self, who: Account) -> None:
        """Notify a reader in the chat they wrote in last; write only if it is another one.

        For platforms on which an account can have several chats. Any account may be passed in.
        """
        async with self.database.read() as connection:
            elsewhere = await self.repositories.linked_accounts.is_elsewhere(connection, who)
        if elsewhere:
            async with self.database.transaction() as connection:
                await self.repositories.linked_accounts.relocate(connection, who)

    async def invite(self, who: Account, member: Member, now: datetime) -> bytes:
        """Create the sealed file with the eight digits that link this account."""
        async with self.database.transaction() as connection:
            return await self.repositories.invitations.create(connection, who, member, now)

    async def join(self, who: Account, digits: str, now: datetime) -> bool:
        """Link the account if these are the digits of its invitation; return whether they are."""
        async with self.database.transaction() as connection:
            mid = await self.repositories.invitations.accept(connection, who, digits, now)
            if mid is not None:
                await self.repositories.linked_accounts.link(connection, who, mid)
        return mid is not None

    async def deliveries(self, member: Member) -> tuple[Delivery, ...]:
        """List what waits for this reader."""
        async with self.database.read() as connection:
            return await self.repositories.deliveries.waiting(connection, member)

    async def bundle(self, member: Member, code: str) -> bytes:
        """Build the file of a delivery; ``NotPermitted`` for any that is not theirs to fetch."""
        async with self.database.read() as connection:
            return await self.repositories.deliveries.bundle(connection, member, code)

    async def record_fetch(self, member: Member, code: str) -> None:
        """Record that the file is safely with its reader.

        A case that was not to be kept is erased with the last fetch, and has left the disk when
        this returns.
        """
        async with self.database.transaction() as connection:
            stmt = await self.repositories.deliveries.record_fetch(connection, member, code)
            locator = await case_of(connection, stmt)
            if locator is not None and await _is_over(connection, locator):
                await erase_case(connection, locator)
        await self.database.scrub()


async def _is_over(connection: Connection, locator: bytes) -> bool:
    """Check that nothing keeps the case and that no reader has still to fetch from it."""
    if await is_kept(connection, locator):
        return False
    waiting = delivery.c.stmt.in_(await handovers_of(connection, locator))
    query = select(delivery.c.id).where(waiting, delivery.c.state != FETCHED)
    return (await connection.execute(query)).first() is None
