"""What readers do: link an account, list what waits, have it sent or fetch it."""

from dataclasses import dataclass
from datetime import datetime

from store.db.connection import Connection
from store.db.database import Database
from store.model.accounts import Account
from store.model.errors import NotPermitted
from store.model.inbox import MessageKey
from store.model.outbox import SendStart
from store.model.readers import DecideForReader, Delivery, ReaderSnapshot
from store.readers.fetched_cases import erase_if_over
from store.readers.reader_turn import ReaderTurn, load_reader
from store.readers.roster import Member
from store.repositories import Repositories


@dataclass(frozen=True, slots=True)
class ReaderStore:
    """The readers' side of the store, one transaction for each act."""

    database: Database
    repositories: Repositories

    # In a chat

    async def turn(
        self,
        account: Account,
        message: MessageKey,
        decide: DecideForReader,
        now: datetime,
        *,
        digits: str = "",
    ) -> bool:
        """Load, decide and write in one transaction, for one command of a reader.

        Return False, with nothing done, if the message was processed before. ``digits``: those
        that were typed, if any.
        """
        turn = ReaderTurn(self.repositories, account, message, decide, now, digits)
        lock = self.repositories.lock_names.of(account)
        return await self.database.transaction(turn.run, lock)

    async def snapshot(self, account: Account, now: datetime) -> ReaderSnapshot:
        """Load an account as a reader's."""
        return await self.database.read(
            lambda connection: load_reader(self.repositories, connection, account, now)
        )

    async def update_address(self, who: Account) -> None:
        """Notify a reader in the chat they wrote in last; write only if it is another one.

        For platforms on which an account can have several chats. Any account may be passed in.
        """
        links = self.repositories.linked_accounts
        if await self.database.read(lambda connection: links.is_elsewhere(connection, who)):
            await self.database.transaction(lambda connection: links.relocate(connection, who))

    # On the command line

    def named(self, name: str, now: datetime) -> Member | None:
        """Find the active reader of the roster with this name."""
        return self.repositories.commission.find(name, now)

    async def reader_on(self, who: Account) -> Member | None:
        """Find the reader who linked this account."""
        find = self.repositories.linked_accounts.mid_of
        mid = await self.database.read(lambda connection: find(connection, who))
        return None if mid is None else self.repositories.commission.roster.member(mid)

    async def invite(self, who: Account, member: Member, now: datetime) -> bytes:
        """Create the sealed file with the eight digits that link this account."""
        create = self.repositories.invitations.create
        made = await self.database.transaction(
            lambda connection: create(connection, who, member, now)
        )
        return made.file

    async def join(self, who: Account, digits: str, now: datetime) -> bool:
        """Link the account if these are the digits of its invitation; return whether they are."""
        repositories = self.repositories

        def accept(connection: Connection) -> bool:
            mid = repositories.invitations.accept(connection, who, digits, now)
            if mid is not None:
                repositories.linked_accounts.link(connection, who, mid)
            return mid is not None

        return await self.database.transaction(accept)

    async def deliveries(self, member: Member) -> tuple[Delivery, ...]:
        """List what waits for this reader."""
        find = self.repositories.deliveries.waiting
        return await self.database.read(lambda connection: find(connection, member))

    async def bundle(self, member: Member, code: str) -> bytes:
        """Build the file of a delivery; ``NotPermitted`` for any that is not theirs to fetch."""
        deliveries = self.repositories.deliveries

        def build(connection: Connection) -> bytes:
            own_id = deliveries.find(connection, member, code)
            payload = deliveries.build(connection, member.mid, own_id)
            if payload is None:
                raise NotPermitted("There is no delivery with these characters for this reader.")
            return payload.data

        return await self.database.read(build)

    async def begin_fetch(self, member: Member, code: str) -> SendStart:
        """Record that a delivery is about to be written to the reader's disk.

        From here on it counts as fetched for its reporter. Raise ``NotPermitted`` for any that is
        not theirs to fetch.
        """
        deliveries = self.repositories.deliveries

        def begin(connection: Connection) -> SendStart:
            own_id = deliveries.find(connection, member, code)
            return deliveries.begin_send(connection, member.mid, own_id)

        return await self.database.transaction(begin)

    async def undo_fetch(self, member: Member, code: str) -> None:
        """Record that nothing of a first attempt to write a delivery is on the reader's disk."""
        deliveries = self.repositories.deliveries
        await self.database.transaction(
            lambda connection: deliveries.undo_send(
                connection, deliveries.find(connection, member, code)
            )
        )

    async def record_fetch(self, member: Member, code: str) -> None:
        """Record that the file is safely with its reader.

        A case that was not to be kept is erased with the last fetch, and has left the disk when
        this returns. Raise ``NotPermitted`` if the delivery is not theirs to fetch any more.
        """
        deliveries = self.repositories.deliveries

        def record(connection: Connection) -> None:
            own_id = deliveries.find(connection, member, code)
            erase_if_over(connection, deliveries.record_fetch(connection, own_id))

        await self.database.transaction(record)
        await self.database.scrub()
