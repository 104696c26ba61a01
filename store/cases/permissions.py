"""Permissions at rest: the signed statements of a case, their grants and their deliveries.

A grant is an age header for one reader. It hangs on the permission's row by a foreign key that
cascades, and a trigger refuses it without one: what is taken back leaves no key behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from store.cases.items import CBOR, SealedItem, file_key_of
from store.cases.statement import (
    FIRST_PREVIOUS,
    PermissionStatement,
    ReadTerms,
    RevocationStatement,
    ShownWords,
    read_statement,
    sign_statement,
)
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.document import Document
from store.crypto.kdf import Entropy, digest
from store.crypto.signed_envelope import Envelope, parse
from store.db.connection import Connection
from store.db.lookup import NONE
from store.db.schema import BY_CODE, BY_HOLD, access_grant, delivery, permission
from store.inbox.accounts import ID_BYTES
from store.model.clock import hour_of, week_of
from store.model.errors import NotPermitted
from store.model.permissions import DeliveryStage, HistoryEntry, NewPermission, StandingHandover
from store.readers.roster import Member, Roster

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 6
HELD, RELEASED, FETCHED = 0, 1, 2
STAGES = (DeliveryStage.HELD, DeliveryStage.RELEASED, DeliveryStage.FETCHED)

_OF_CASE = select(permission).where(permission.c.locator == bindparam("of"))


@dataclass(frozen=True, slots=True)
class PermissionRecord:
    """A permission's row, opened: the statement, and what took it back, if anything did."""

    id: bytes
    consent: PermissionStatement
    envelopes: tuple[Envelope, ...]
    revoked: bytes | None

    @property
    def newest(self) -> tuple[int, bytes]:
        """Number and hash of the latest statement that this row holds."""
        last = self.envelopes[-1]
        return read_statement(last.fields).number, last.hash


@dataclass(frozen=True, slots=True)
class HandoverParts:
    """What a hand-over is made of, besides the permission itself."""

    report: SealedItem
    members: tuple[Member, ...]
    due_hour: int
    """0: released at once."""


@dataclass(frozen=True, slots=True)
class PermissionRepository:
    """The tables ``permission``, ``grant`` and ``delivery``."""

    entropy: Entropy = field(repr=False)

    async def of_case(self, connection: Connection, keys: CaseKeys) -> list[PermissionRecord]:
        """All statements of a case, oldest first."""
        rows = (await connection.execute(_OF_CASE, {"of": keys.locator})).mappings().all()
        kept = [open_kept(row["stmt"], row["env"], row["revoked"], keys) for row in rows]
        return in_order(kept)

    async def add(
        self,
        connection: Connection,
        keys: CaseKeys,
        permit: NewPermission,
        shown: ShownWords,
        roster: Roster,
        handed: HandoverParts | None,
        now: datetime,
    ) -> bytes:
        """Sign one permission; write its row, grants and deliveries. Gives the statement hash."""
        number, previous = await self._next(connection, keys)
        consent = PermissionStatement(
            case=keys.rid,
            pk=keys.sign_public,
            words=shown,
            number=number,
            previous=previous,
            never=mids_of(roster, permit.barred),
            sharing=_sharing(permit, roster, handed),
        )
        envelope = sign_statement(consent, keys.sign_seed)
        await self._insert(connection, keys, consent.scope, [envelope], None, now)
        if handed is not None:
            await self._grant(connection, keys, envelope, handed, now)
        return envelope.hash

    async def _next(self, connection: Connection, keys: CaseKeys) -> tuple[int, bytes]:
        """Number and predecessor of the statement to come."""
        newest = [kept.newest for kept in await self.of_case(connection, keys)]
        number, previous = max(newest, default=(0, FIRST_PREVIOUS))
        return number + 1, previous

    async def _insert(
        self,
        connection: Connection,
        keys: CaseKeys,
        scope: str,
        envelopes: Sequence[Envelope],
        revoked: bytes | None,
        now: datetime,
    ) -> None:
        body = cbor.encode([e.encode() for e in envelopes])
        document = Document("statement", CBOR, week_of(now), body)
        sealed = age.encrypt(document.encode(), [keys.recipient], self.entropy)
        row = {"stmt": envelopes[0].hash, "locator": keys.locator, "kind": scope, "env": sealed}
        await connection.execute(insert(permission).values(**row, revoked=revoked, until=0))

    async def _grant(
        self,
        connection: Connection,
        keys: CaseKeys,
        envelope: Envelope,
        handed: HandoverParts,
        now: datetime,
    ) -> None:
        """One header and one delivery for each named reader, and for nobody else."""
        file_key = await file_key_of(connection, keys, handed.report.id)
        for member in handed.members:
            header = age.write_header(file_key, [member.recipient])
            row = {"id": self.entropy(ID_BYTES), "stmt": envelope.hash, "fp": member.mid[:10]}
            await connection.execute(
                insert(access_grant).values(**row, item=handed.report.id, header=header)
            )
            await self._deliver(connection, envelope, member, handed.due_hour, now)

    async def _deliver(
        self,
        connection: Connection,
        envelope: Envelope,
        member: Member,
        due_hour: int,
        now: datetime,
    ) -> None:
        document = Document("statement", CBOR, week_of(now), envelope.encode())
        await connection.execute(
            insert(delivery).values(
                id=self.entropy(ID_BYTES),
                code=await self._free_code(connection),
                stmt=envelope.hash,
                fp=member.mid[:10],
                due=due_hour,
                state=HELD if due_hour else RELEASED,
                env=age.encrypt(document.encode(), [member.recipient], self.entropy),
            )
        )

    async def _free_code(self, connection: Connection) -> str:
        """Six Crockford characters that no delivery has."""
        while True:
            drawn = int.from_bytes(self.entropy(4), "big")
            code = "".join(CODE_ALPHABET[(drawn >> 5 * n) & 31] for n in range(CODE_LENGTH))
            taken = select(delivery.c.id).where(delivery.c.code == code)
            if (await connection.execute(taken)).first() is None:
                return code

    async def revoke(
        self,
        connection: Connection,
        keys: CaseKeys,
        stmt: bytes,
        shown: ShownWords,
        now: datetime,
    ) -> None:
        """Taken back and signed: the row goes with all that hangs on it, comes back revoked."""
        kept = next((k for k in await self.of_case(connection, keys) if k.id == stmt), None)
        if kept is None or kept.revoked is not None:
            raise NotPermitted("This permission was taken back already.")
        number, previous = await self._next(connection, keys)
        body = RevocationStatement(keys.rid, stmt, shown, number, previous)
        envelope = sign_statement(body, keys.sign_seed)
        await connection.execute(delete(permission).where(permission.c.stmt == stmt))
        both = [kept.envelopes[0], envelope]
        await self._insert(connection, keys, kept.consent.scope, both, envelope.hash, now)

    async def history(self, connection: Connection, keys: CaseKeys) -> tuple[HistoryEntry, ...]:
        """What was given and taken back, in order."""
        return tuple(
            HistoryEntry(n, k.consent.scope, _readers(k.consent), revoked=k.revoked is not None)
            for n, k in enumerate(await self.of_case(connection, keys), 1)
        )

    async def standing_handovers(
        self, connection: Connection, keys: CaseKeys
    ) -> tuple[StandingHandover, ...]:
        """The hand-overs that stand, one entry for each reader."""
        query = (
            select(delivery.c.stmt, delivery.c.fp, delivery.c.state, delivery.c.due)
            .join(permission)
            .where(permission.c.locator == keys.locator, permission.c.revoked.is_(None))
        )
        return tuple(
            StandingHandover(row.stmt.hex(), (row.fp.hex(),), STAGES[row.state], row.due)
            for row in await connection.execute(query)
        )


def _readers(consent: PermissionStatement) -> tuple[str, ...]:
    """Whom a statement names, by fingerprint."""
    return tuple(mid[:10].hex() for mid in consent.sharing.to) if consent.sharing else ()


def in_order(kept: Sequence[PermissionRecord]) -> list[PermissionRecord]:
    """As they were given."""
    return sorted(kept, key=lambda k: k.consent.number)


def barred_by(kept: Sequence[PermissionRecord]) -> frozenset[str]:
    """Whom the unrevoked statements of a case exclude, by fingerprint."""
    return frozenset(mid[:10].hex() for k in kept if k.revoked is None for mid in k.consent.never)


def mids_of(roster: Roster, readers: Sequence[str]) -> tuple[bytes, ...]:
    """The full identities of readers, sorted as statements want them; replaced keys as well."""
    known = {m.mid for m in roster.members} | {old for _, old in roster.after}
    return tuple(sorted(mid for mid in known if mid[:10].hex() in readers))


def shown_words(permit_shown: str, revision: str, language: str, step: str) -> ShownWords:
    """The exact words that were agreed to, by their hash."""
    return ShownWords(revision, language, step, digest(permit_shown.encode()))


def _sharing(
    permit: NewPermission, roster: Roster, handed: HandoverParts | None
) -> ReadTerms | None:
    if handed is None:
        return None
    return ReadTerms(
        items=((handed.report.id, handed.report.payload_hash),),
        to=tuple(sorted(m.mid for m in handed.members)),
        may=permit.may,
        future=False,
        roster=(roster.version, roster.hash),
    )


def open_kept(stmt: bytes, env: bytes, revoked: bytes | None, keys: CaseKeys) -> PermissionRecord:
    """A permission's row; ``NotPermitted`` or ``Unreadable`` if it holds something else."""
    document = Document.decode(age.decrypt(env, [keys.identity]))
    match cbor.decode(document.body, "A kept statement"):
        case [*raw] if raw and all(isinstance(r, bytes) for r in raw):
            envelopes = tuple(parse(r) for r in raw if isinstance(r, bytes))
        case _:
            raise NotPermitted("A kept statement has another shape than its format says.")
    consent = read_statement(envelopes[0].fields)
    if not isinstance(consent, PermissionStatement):
        raise NotPermitted("A kept statement is no permission.")
    return PermissionRecord(stmt, consent, envelopes, revoked)


# Without the reporter's keys


async def revoke_unsigned(
    connection: Connection, stmts: Sequence[bytes], *, by_code: bool
) -> None:
    """Taken back by the code or from the account: unsigned, and recorded as such."""
    mine = permission.c.stmt.in_(stmts) & permission.c.revoked.is_(None)
    rows = (await connection.execute(select(permission).where(mine))).mappings().all()
    await connection.execute(delete(permission).where(mine))
    mark = BY_CODE if by_code else BY_HOLD
    for row in rows:
        await connection.execute(insert(permission).values({**row, "revoked": mark}))


async def named_of(connection: Connection, locator: bytes) -> list[bytes]:
    """The unrevoked hand-overs of a case."""
    return await _standing(connection, locator, "named")


async def keeps_of(connection: Connection, locator: bytes) -> list[bytes]:
    """The unrevoked permissions to keep a case."""
    return await _standing(connection, locator, "keep")


async def is_kept(connection: Connection, locator: bytes) -> bool:
    """An unrevoked ``keep`` stands."""
    return bool(await keeps_of(connection, locator))


async def _standing(connection: Connection, locator: bytes, scope: str) -> list[bytes]:
    mine = (permission.c.locator == locator) & (permission.c.kind == scope)
    query = select(permission.c.stmt).where(mine, permission.c.revoked.is_(None))
    return list((await connection.execute(query)).scalars())


async def case_of(connection: Connection, stmt: bytes) -> bytes | None:
    """The locator of the case that an unrevoked statement belongs to."""
    mine = (permission.c.stmt == stmt) & permission.c.revoked.is_(None)
    return (await connection.execute(select(permission.c.locator).where(mine))).scalar()


async def is_held(connection: Connection, stmt: bytes) -> bool:
    """Nobody can fetch it yet; released or taken back from elsewhere, it is not held any more."""
    held = (delivery.c.stmt == stmt) & (delivery.c.state == HELD)
    return (await connection.execute(select(delivery.c.id).where(held))).first() is not None


async def release(connection: Connection, stmt: bytes) -> list[bytes]:
    """What was held can be fetched from now on; the fingerprints of its readers."""
    held = (delivery.c.stmt == stmt) & (delivery.c.state == HELD)
    readers = list((await connection.execute(select(delivery.c.fp).where(held))).scalars())
    await connection.execute(update(delivery).where(held).values(state=RELEASED, due=0))
    return readers


async def overdue(connection: Connection, now: datetime) -> list[bytes]:
    """Held deliveries whose hour has passed, whether or not their outbox row is still there."""
    late = (delivery.c.due > NONE) & (delivery.c.due <= hour_of(now)) & (delivery.c.state == HELD)
    return list(
        (await connection.execute(select(delivery.c.stmt).where(late).distinct())).scalars()
    )


async def delivered(connection: Connection, stmts: Sequence[bytes]) -> list[tuple[bytes, str]]:
    """Fingerprint and code of every delivery of these statements that was not held any more."""
    mine = delivery.c.stmt.in_(stmts) & (delivery.c.state != HELD)
    rows = await connection.execute(select(delivery.c.fp, delivery.c.code).where(mine))
    return [(row.fp, row.code) for row in rows]
