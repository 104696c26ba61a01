"""Permissions at rest: the signed statements of a case, each with the one that revoked it.

Grants and deliveries hang on a permission's row by foreign keys that cascade, and triggers refuse
them without an unrevoked one: what is revoked leaves no key behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from store.cases.statement import (
    FIRST_PREVIOUS,
    PermissionStatement,
    ReadTerms,
    RevocationStatement,
    ShownWords,
    sign_statement,
)
from store.cases.statement_reader import read_statement
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.document import CBOR_MEDIA, Document
from store.crypto.kdf import Entropy, digest
from store.crypto.signed_envelope import Envelope, parse
from store.db.connection import Connection
from store.db.schema import BY_CODE, BY_HOLD, permission
from store.model.clock import week_of
from store.model.errors import NotPermitted
from store.model.permissions import HistoryEntry

_OF_CASE = select(permission).where(permission.c.locator == bindparam("of"))


@dataclass(frozen=True, slots=True)
class PermissionRecord:
    """A permission's row, opened: the statement, and what revoked it, if anything did."""

    id: bytes
    consent: PermissionStatement
    envelopes: tuple[Envelope, ...]
    revoked: bytes | None

    @property
    def newest(self) -> tuple[int, bytes]:
        """Return the number and the hash of the latest statement that this row holds."""
        last = self.envelopes[-1]
        return read_statement(last.fields).number, last.hash


@dataclass(frozen=True, slots=True)
class PermissionRepository:
    """The table ``permission``."""

    entropy: Entropy = field(repr=False)

    def of_case(self, connection: Connection, keys: CaseKeys) -> list[PermissionRecord]:
        """List all statements of a case, oldest first."""
        rows = connection.execute(_OF_CASE, {"of": keys.locator}).mappings().all()
        records = [open_record(row["stmt"], row["env"], row["revoked"], keys) for row in rows]
        return in_order(records)

    def add(
        self,
        connection: Connection,
        keys: CaseKeys,
        shown: ShownWords,
        never: tuple[bytes, ...],
        terms: ReadTerms | None,
        now: datetime,
    ) -> Envelope:
        """Sign one permission as the case's next statement and write its row.

        ``never``: the mids of readers whom it excludes. ``terms``: of a hand-over.
        """
        number, previous = self._next(connection, keys)
        consent = PermissionStatement(
            case=keys.rid,
            pk=keys.sign_public,
            words=shown,
            number=number,
            previous=previous,
            never=never,
            sharing=terms,
        )
        envelope = sign_statement(consent, keys.sign_seed)
        self._insert(connection, keys, consent.scope, [envelope], None, now)
        return envelope

    def revoke(
        self,
        connection: Connection,
        keys: CaseKeys,
        stmt: bytes,
        shown: ShownWords,
        now: datetime,
    ) -> None:
        """Replace a permission's row by one that holds its signed revocation as well.

        The old row takes its grants and deliveries along. Raises ``NotPermitted`` if the
        permission is not there or was revoked before.
        """
        records = self.of_case(connection, keys)
        record = next((r for r in records if r.id == stmt), None)
        if record is None or record.revoked is not None:
            raise NotPermitted("This permission was taken back already.")
        number, previous = self._next(connection, keys)
        body = RevocationStatement(keys.rid, stmt, shown, number, previous)
        envelope = sign_statement(body, keys.sign_seed)
        connection.execute(delete(permission).where(permission.c.stmt == stmt))
        both = [record.envelopes[0], envelope]
        self._insert(connection, keys, record.consent.scope, both, envelope.hash, now)

    def history(self, connection: Connection, keys: CaseKeys) -> tuple[HistoryEntry, ...]:
        """List what was permitted and revoked, in order."""
        return tuple(
            HistoryEntry(n, r.consent.scope, _readers(r.consent), revoked=r.revoked is not None)
            for n, r in enumerate(self.of_case(connection, keys), 1)
        )

    def _next(self, connection: Connection, keys: CaseKeys) -> tuple[int, bytes]:
        """Return the number and the predecessor of the case's next statement."""
        newest = [record.newest for record in self.of_case(connection, keys)]
        number, previous = max(newest, default=(0, FIRST_PREVIOUS))
        return number + 1, previous

    def _insert(
        self,
        connection: Connection,
        keys: CaseKeys,
        scope: str,
        envelopes: Sequence[Envelope],
        revoked: bytes | None,
        now: datetime,
    ) -> None:
        body = cbor.encode([e.encode() for e in envelopes])
        document = Document("statement", CBOR_MEDIA, week_of(now), body)
        sealed = age.encrypt(document.encode(), [keys.recipient], self.entropy)
        row = {"stmt": envelopes[0].hash, "locator": keys.locator, "kind": scope, "env": sealed}
        connection.execute(insert(permission).values(**row, revoked=revoked, until=0))


def open_record(
    stmt: bytes, env: bytes, revoked: bytes | None, keys: CaseKeys
) -> PermissionRecord:
    """Open a permission's row; ``NotPermitted`` or ``Unreadable`` if it holds something else."""
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


def in_order(records: Sequence[PermissionRecord]) -> list[PermissionRecord]:
    """Sort permissions in the order in which they were given."""
    return sorted(records, key=lambda r: r.consent.number)


def barred_by(records: Sequence[PermissionRecord]) -> frozenset[str]:
    """Collect the fingerprints of the readers whom unrevoked statements exclude."""
    return frozenset(
        mid[:10].hex() for r in records if r.revoked is None for mid in r.consent.never
    )


def shown_words(shown: str, revision: str, language: str, step: str) -> ShownWords:
    """Identify the exact words that a reporter agreed to, by their hash."""
    return ShownWords(revision, language, step, digest(shown.encode()))


def _readers(consent: PermissionStatement) -> tuple[str, ...]:
    """List the fingerprints of the readers whom a statement names."""
    return tuple(mid[:10].hex() for mid in consent.sharing.to) if consent.sharing else ()


# Without the keys of the case


def revoke_unsigned(connection: Connection, stmts: Sequence[bytes], *, by_code: bool) -> None:
    """Revoke with the take-back code, or from the account: unsigned, and recorded as such."""
    mine = permission.c.stmt.in_(stmts) & permission.c.revoked.is_(None)
    rows = connection.execute(select(permission).where(mine)).mappings().all()
    connection.execute(delete(permission).where(mine))
    revoked = BY_CODE if by_code else BY_HOLD
    for row in rows:
        connection.execute(insert(permission).values({**row, "revoked": revoked}))


def handovers_of(connection: Connection, locator: bytes) -> list[bytes]:
    """List the unrevoked hand-overs of a case."""
    return _unrevoked(connection, locator, "named")


def keeps_of(connection: Connection, locator: bytes) -> list[bytes]:
    """List the unrevoked permissions to keep a case."""
    return _unrevoked(connection, locator, "keep")


def is_kept(connection: Connection, locator: bytes) -> bool:
    """Check whether an unrevoked permission keeps the case."""
    return bool(keeps_of(connection, locator))


def _unrevoked(connection: Connection, locator: bytes, scope: str) -> list[bytes]:
    mine = (permission.c.locator == locator) & (permission.c.kind == scope)
    query = select(permission.c.stmt).where(mine, permission.c.revoked.is_(None))
    return list(connection.execute(query).scalars())


def case_of(connection: Connection, stmt: bytes) -> bytes | None:
    """Return the locator of the case that an unrevoked statement belongs to."""
    mine = (permission.c.stmt == stmt) & permission.c.revoked.is_(None)
    return connection.execute(select(permission.c.locator).where(mine)).scalar()
