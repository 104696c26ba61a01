"""Sealed payloads of the outbox: built when they are sent, with each step of a send recorded.

A delivery is recorded as *being sent* before the first byte leaves, and as *sent* when the
platform has taken it. In between nobody can know whether its reader has it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from store.db.connection import Connection
from store.db.database import Database
from store.model.outbox import OutboxMessage, Payload, PayloadKind, PayloadRef, SendStart
from store.repositories import Repositories

INVITATION_NAME = "join.age"


@dataclass(frozen=True, slots=True)
class PayloadStore:
    """Transactions over the outbox rows that refer to a payload."""

    database: Database
    repositories: Repositories
    clock: Callable[[], datetime]

    async def load(self, message: OutboxMessage) -> Payload | None:
        """Build the file of a row, outside of any transaction that writes.

        Return None if its reader may not have it, or not any more.
        """
        return await self.database.read(partial(self._load, message))

    def _load(self, message: OutboxMessage, connection: Connection) -> Payload | None:
        ref = _ref_of(message)
        if ref.kind is PayloadKind.INVITATION:
            file = self._invitation_file(connection, message, ref)
            return None if file is None else Payload(INVITATION_NAME, file)
        mid = self.repositories.linked_accounts.mid_of(connection, message.to)
        return self.repositories.deliveries.build(connection, mid, ref.id) if mid else None

    async def begin(self, message: OutboxMessage) -> SendStart:
        """Record that the first byte is about to leave, and that a later attempt repeats this one.

        What its reader may not have any more is withheld, and nothing is recorded.
        """
        return await self.database.transaction(partial(self._begin, message))

    def _begin(self, message: OutboxMessage, connection: Connection) -> SendStart:
        start = self._start(message, connection)
        if start is not SendStart.WITHHELD:
            self.repositories.outbox.record_attempt(connection, message.id)
        return start

    def _start(self, message: OutboxMessage, connection: Connection) -> SendStart:
        ref = _ref_of(message)
        if ref.kind is PayloadKind.INVITATION:
            if self._invitation_file(connection, message, ref) is None:
                return SendStart.WITHHELD
            return SendStart.REPEATED if message.repeated else SendStart.FIRST
        mid = self.repositories.linked_accounts.mid_of(connection, message.to)
        if mid is None:
            return SendStart.WITHHELD
        return self.repositories.deliveries.begin_send(connection, mid, ref.id)

    async def undo(self, message: OutboxMessage) -> None:
        """Record that nothing of a first attempt can have arrived: all is as before it."""
        ref = _ref_of(message)

        def write(connection: Connection) -> None:
            self.repositories.outbox.forget_attempts(connection, message.id)
            if ref.kind is PayloadKind.DELIVERY:
                self.repositories.deliveries.undo_send(connection, ref.id)

        await self.database.transaction(write)

    async def confirm(self, message: OutboxMessage) -> None:
        """Record that the platform has taken the file, and remove its row.

        Nothing is erased because of it: whoever holds a reader's chat account can have a file
        sent, and must not be able to make a story vanish by that.
        """
        await self.database.transaction(partial(self._confirm, message))

    def _confirm(self, message: OutboxMessage, connection: Connection) -> None:
        ref = _ref_of(message)
        self.repositories.outbox.remove(connection, (message.id,))
        if ref.kind is PayloadKind.INVITATION:
            self.repositories.invitations.drop_file(connection, ref.id)
        else:
            self.repositories.deliveries.end_send(connection, ref.id)

    def _invitation_file(
        self, connection: Connection, message: OutboxMessage, ref: PayloadRef
    ) -> bytes | None:
        find = self.repositories.invitations.file
        return find(connection, message.to, ref.id, self.clock())


def _ref_of(message: OutboxMessage) -> PayloadRef:
    if not isinstance(message.content, PayloadRef):
        raise TypeError("the row of a text has no file")
    return message.content
