"""Hand-overs at rest: what a permission to read gives to each reader whom it names.

A grant is an age header for one reader; a delivery is what they fetch, under six characters. Both
are rows that hang on the permission and go with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from store.cases.items import SealedItem, file_key_of
from store.cases.statement import ReadTerms
from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.kdf import Entropy
from store.crypto.signed_envelope import Envelope
from store.db.connection import Connection
from store.db.lookup import NO_HOUR
from store.db.schema import access_grant, delivery, permission
from store.inbox.accounts import ID_BYTES
from store.model.clock import hour_of, week_of
from store.model.permissions import DeliveryStage, StandingHandover
from store.readers.delivery_bundle import seal_statement
from store.readers.roster import Member, Roster

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 6
HELD, RELEASED, FETCHED, BEING_SENT, SENT, BEING_SENT_AGAIN = range(6)
"""A delivery waits until it is released; then it waits for its reader. *Being sent* is on the disk
before the first byte leaves; *sent* means that a chat platform took the file; *fetched*, that it
was written to the reader's own disk. Version 0.1 knew only *fetched*, for both. *Being sent again*
is as being sent, for a second attempt: the first one cannot make the delivery wait any more."""

LEAVING = (BEING_SENT, BEING_SENT_AGAIN)
"""Nobody knows whether the reader has it."""

RECEIVED = (SENT, FETCHED)
"""The reader has it, as far as this program can know."""

STAGES = {
    HELD: DeliveryStage.HELD,
    RELEASED: DeliveryStage.RELEASED,
    BEING_SENT: DeliveryStage.FETCHED,
    BEING_SENT_AGAIN: DeliveryStage.FETCHED,
    SENT: DeliveryStage.FETCHED,
    FETCHED: DeliveryStage.FETCHED,
}
"""What a reporter is told: what may have left counts as fetched, as no withdrawal undoes it."""


@dataclass(frozen=True, slots=True)
class HandoverParts:
    """The parts of a hand-over besides the permission itself."""

    report: SealedItem
    members: tuple[Member, ...]
    due_hour: int
    """Hour at which it is released; 0: at once."""

    def terms(self, may: tuple[str, ...], roster: Roster) -> ReadTerms:
        """State the terms that the reporter signs."""
        return ReadTerms(
            items=((self.report.id, self.report.payload_hash),),
            to=tuple(sorted(m.mid for m in self.members)),
            may=may,
            future=False,
            roster=(roster.version, roster.hash),
        )


@dataclass(frozen=True, slots=True)
class HandoverRepository:
    """The tables ``access_grant`` and ``delivery``."""

    entropy: Entropy = field(repr=False)

    def add(
        self,
        connection: Connection,
        keys: CaseKeys,
        envelope: Envelope,
        parts: HandoverParts,
        now: datetime,
    ) -> None:
        """Write one header and one delivery for each named reader, and for nobody else."""
        file_key = file_key_of(connection, keys, parts.report.id)
        for member in parts.members:
            header = age.write_header(file_key, [member.recipient])
            row = {"id": self.entropy(ID_BYTES), "stmt": envelope.hash, "fp": member.mid[:10]}
            grant = insert(access_grant).values(**row, item=parts.report.id, header=header)
            connection.execute(grant)
            self._deliver(connection, envelope, member, parts.due_hour, now)

    def carry_over(
        self,
        connection: Connection,
        keys: CaseKeys,
        envelope: Envelope,
        terms: ReadTerms,
        members: Sequence[Member],
        before: Mapping[bytes, Mapping[str, Any]],
        now: datetime,
    ) -> None:
        """Write headers and deliveries under another statement, for readers who had them.

        ``before``: by fingerprint, the row of the delivery, which goes on as it was.
        """
        for member in members:
            fp = member.mid[:10]
            for item, _ in terms.items:
                header = age.write_header(file_key_of(connection, keys, item), [member.recipient])
                row = {"id": self.entropy(ID_BYTES), "stmt": envelope.hash, "fp": fp}
                connection.execute(insert(access_grant).values(**row, item=item, header=header))
            sealed = seal_statement(envelope, week_of(now), member.recipient, self.entropy)
            changed = {"stmt": envelope.hash, "env": sealed}
            connection.execute(insert(delivery).values({**before[fp], **changed}))

    def _deliver(
        self,
        connection: Connection,
        envelope: Envelope,
        member: Member,
        due_hour: int,
        now: datetime,
    ) -> None:
        connection.execute(
            insert(delivery).values(
                id=self.entropy(ID_BYTES),
                code=self._free_code(connection),
                stmt=envelope.hash,
                fp=member.mid[:10],
                due=due_hour,
                state=HELD if due_hour else RELEASED,
                env=seal_statement(envelope, week_of(now), member.recipient, self.entropy),
            )
        )

    def _free_code(self, connection: Connection) -> str:
        """Draw six Crockford characters that no delivery has."""
        while True:
            drawn = int.from_bytes(self.entropy(4), "big")
            code = "".join(CODE_ALPHABET[(drawn >> 5 * n) & 31] for n in range(CODE_LENGTH))
            taken = select(delivery.c.id).where(delivery.c.code == code)
            if connection.execute(taken).first() is None:
                return code

    def standing(self, connection: Connection, keys: CaseKeys) -> tuple[StandingHandover, ...]:
        """List the hand-overs that stand, one entry for each reader."""
        query = (
            select(delivery.c.stmt, delivery.c.fp, delivery.c.state, delivery.c.due)
            .join(permission)
            .where(permission.c.locator == keys.locator, permission.c.revoked.is_(None))
            .order_by(delivery.c.stmt, delivery.c.fp)
        )
        return tuple(
            StandingHandover(row.stmt.hex(), (row.fp.hex(),), STAGES[row.state], row.due)
            for row in connection.execute(query)
        )


def held_for(connection: Connection, stmt: bytes) -> tuple[str, ...]:
    """List the readers who cannot fetch a hand-over yet; none if it was released or revoked."""
    held = (delivery.c.stmt == stmt) & (delivery.c.state == HELD)
    readers = connection.execute(select(delivery.c.fp).where(held)).scalars()
    return tuple(sorted(fp.hex() for fp in readers))


def held_in(connection: Connection, locator: bytes) -> dict[bytes, int]:
    """List the hand-overs of a case that are held, with the hours of their releases."""
    held = (permission.c.locator == locator) & (delivery.c.state == HELD)
    query = select(delivery.c.stmt, delivery.c.due).join(permission).where(held).distinct()
    return {row.stmt: row.due for row in connection.execute(query)}


def release(connection: Connection, stmt: bytes) -> list[bytes]:
    """Let a held hand-over be fetched; return the fingerprints of its readers."""
    held = (delivery.c.stmt == stmt) & (delivery.c.state == HELD)
    readers = list(connection.execute(select(delivery.c.fp).where(held)).scalars())
    connection.execute(update(delivery).where(held).values(state=RELEASED, due=0))
    return readers


def overdue(connection: Connection, now: datetime) -> dict[int, list[bytes]]:
    """List held hand-overs whose hour has passed, by that hour, also without an outbox row."""
    late = (
        (delivery.c.due > NO_HOUR) & (delivery.c.due <= hour_of(now)) & (delivery.c.state == HELD)
    )
    found: dict[int, list[bytes]] = {}
    for row in connection.execute(select(delivery.c.due, delivery.c.stmt).where(late).distinct()):
        found.setdefault(row.due, []).append(row.stmt)
    return found


def released_deliveries(connection: Connection, stmts: Sequence[bytes]) -> list[tuple[bytes, str]]:
    """List fingerprint and code of every delivery of these statements that is not held."""
    mine = delivery.c.stmt.in_(stmts) & (delivery.c.state != HELD)
    rows = connection.execute(select(delivery.c.fp, delivery.c.code).where(mine))
    return [(row.fp, row.code) for row in rows]
