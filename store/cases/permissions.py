"""Permissions at rest: the signed statements of a case, each with the one that revoked it.

Grants and deliveries hang on a permission's row by foreign keys that cascade, and triggers refuse
them without an unrevoked one: what is revoked leaves no key behind. Statements of ``never`` lie in
a table of their own, in which none can be revoked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, null, select, union_all

from store.cases.statement import (
    FIRST_PREVIOUS,
    SALT_BYTES,
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
from store.db.schema import BY_CODE, BY_HOLD, exclusion, permission
from store.model.clock import week_of
from store.model.errors import NotPermitted
from store.model.permissions import HistoryEntry, StandingGrant

EXCLUSIONS = select(exclusion.c.stmt, exclusion.c.env, null().label("revoked"))
"""The statements of ``never``, as rows of permissions that nothing revoked."""

_OF_CASE = union_all(
    select(permission.c.stmt, permission.c.env, permission.c.revoked).where(
        permission.c.locator == bindparam("of")
    ),
    EXCLUSIONS.where(exclusion.c.locator == bindparam("of")),
)


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
    """The tables ``permission`` and ``exclusion``."""

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
        terms: ReadTerms | None,
        now: datetime,
    ) -> Envelope:
        """Sign one permission as the case's next statement and write its row.

        ``terms``: of a hand-over; None for ``keep``.
        """
        number, previous = self._next(connection, keys)
        consent = PermissionStatement(
            keys.rid, keys.sign_public, shown, number, previous, sharing=terms
        )
        envelope = sign_statement(consent, keys.sign_seed)
        self._insert(connection, keys, consent.scope, [envelope], None, now)
        return envelope

    def exclude(
        self,
        connection: Connection,
        keys: CaseKeys,
        shown: ShownWords,
        never: frozenset[bytes],
        now: datetime,
    ) -> None:
        """Sign who must never read the case: these mids, and whoever was excluded before.

        Nothing revokes this. It is signed with each hand-over, also where nobody is excluded: the
        numbers of the statements that readers get must not tell.
        """
        before = excluded_by(self.of_case(connection, keys))
        number, previous = self._next(connection, keys)
        consent = PermissionStatement(
            *(keys.rid, keys.sign_public, shown, number, previous),
            never=tuple(sorted(before | never)),
            salt=self.entropy(SALT_BYTES),
        )
        envelope = sign_statement(consent, keys.sign_seed)
        row = {"stmt": envelope.hash, "locator": keys.locator}
        sealed = self._seal(keys, [envelope], now)
        connection.execute(insert(exclusion).values(**row, env=sealed))

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
        others = (r for r in records if r is not record and r.revoked is None)
        stands = tuple(sorted({other.consent.scope for other in others}))
        body = RevocationStatement(keys.rid, stmt, shown, number, previous, stands)
        envelope = sign_statement(body, keys.sign_seed)
        connection.execute(delete(permission).where(permission.c.stmt == stmt))
        both = [record.envelopes[0], envelope]
        self._insert(connection, keys, record.consent.scope, both, envelope.hash, now)

    def history(self, connection: Connection, keys: CaseKeys) -> tuple[HistoryEntry, ...]:
        """List what was permitted and revoked, in order; an exclusion once, where it was new."""
        entries, excluded = list[HistoryEntry](), frozenset[bytes]()
        for record in self.of_case(connection, keys):
            consent = record.consent
            newly = frozenset(consent.never) - excluded
            excluded |= newly
            if newly:
                entries.append(HistoryEntry(len(entries) + 1, "never", _ids(newly), revoked=False))
            if consent.scope != "never":
                to, gone = consent.sharing.to if consent.sharing else (), record.revoked
                number = len(entries) + 1
                entries.append(HistoryEntry(number, consent.scope, _ids(to), gone is not None))
        return tuple(entries)

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
        sealed = self._seal(keys, envelopes, now)
        row = {"stmt": envelopes[0].hash, "locator": keys.locator, "kind": scope, "env": sealed}
        connection.execute(insert(permission).values(**row, revoked=revoked, until=0))

    def _seal(self, keys: CaseKeys, envelopes: Sequence[Envelope], now: datetime) -> bytes:
        body = cbor.encode([e.encode() for e in envelopes])
        document = Document("statement", CBOR_MEDIA, week_of(now), body)
        return age.encrypt(document.encode(), [keys.recipient], self.entropy)


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


def excluded_by(records: Sequence[PermissionRecord]) -> frozenset[bytes]:
    """Collect the mids of the readers who must never get the case, from all of its statements.

    Revoking a statement lifts no exclusion. Up to version 0.1 it did, and its reporter may have
    named somebody anew whom a revoked statement excluded: then that later word counts.
    """
    excluded = frozenset[bytes]()
    for record in in_order(records):
        excluded |= frozenset(record.consent.never)
        excluded -= frozenset(record.consent.sharing.to if record.consent.sharing else ())
    return excluded


def barred_by(records: Sequence[PermissionRecord]) -> frozenset[str]:
    """Collect the fingerprints of the readers who must never get the case."""
    return frozenset(_ids(excluded_by(records)))


def standing_grants(
    records: Sequence[PermissionRecord], due: Mapping[bytes, int]
) -> tuple[StandingGrant, ...]:
    """List the unrevoked hand-overs among the statements of a case, in their order.

    ``due``: by statement, the hour until which it is held.
    """
    return tuple(
        StandingGrant(
            r.id.hex(), _ids(r.consent.sharing.to), r.consent.sharing.may, due.get(r.id, 0)
        )
        for r in records
        if r.consent.sharing is not None and r.revoked is None
    )


def shown_words(shown: str, revision: str, language: str, step: str) -> ShownWords:
    """Identify the exact words that a reporter agreed to, by their hash."""
    return ShownWords(revision, language, step, digest(shown.encode()))


def _ids(mids: Iterable[bytes]) -> tuple[str, ...]:
    """List the fingerprints of these readers, sorted."""
    return tuple(sorted(mid[:10].hex() for mid in mids))


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
