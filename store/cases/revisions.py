"""Revisions of the questionnaires that are still in use, and recalls that were announced.

No draft names its revision in clear, and it cannot be opened without its account even with the
keys. So use is recorded in advance: when a conversation begins or a statement is signed, the week
is written down until which it may name its revision. The record names nobody. It is sealed all the
same: beside the weeks of a few cases it would reveal who answered which questions.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from store.cases.drafts import LIFE_HOURS
from store.crypto import cbor
from store.crypto.kdf import Entropy, expand, pad, seal, unpad, unseal
from store.crypto.keyring import KEY_BYTES, Keyring
from store.crypto.labels import Label, derive_label
from store.db.connection import Connection
from store.db.schema import draft, installation, permission
from store.db.upsert import upsert
from store.model.clock import week_of, weeks_later
from store.model.errors import Tampered
from store.model.revisions import NeededRevisions

ROW = "revisions"
BUCKETS = (1024, 4096, 16_384, 65_536)
CONVERSATION_DAYS = LIFE_HOURS // 24 + 1
"""Days after which a conversation that began is not open any more."""

_VALUE = select(installation.c.value).where(installation.c.name == ROW)
_ANY_DRAFT = select(exists(select(draft.c.id)))
_ANY_STATEMENT = select(exists(select(permission.c.stmt)))


@dataclass(frozen=True, slots=True)
class _RevisionUse:
    """By revision, the last week in which an open conversation or a statement may name it."""

    conversations: dict[str, int] = field(default_factory=dict)
    statements: dict[str, int] = field(default_factory=dict)
    announced: frozenset[tuple[str, str]] = frozenset()
    """Platform and revision of recalls that were announced there."""


@dataclass(frozen=True, slots=True)
class RevisionRepository:
    """One row of the table ``house`` (docs/cryptography.md, section 7)."""

    keyring: Keyring
    entropy: Entropy = field(repr=False)

    def record_conversation(self, connection: Connection, revision: str, now: datetime) -> None:
        """Record that a conversation goes on with this revision from now on."""
        before = self._read(connection)
        week = weeks_later(now, CONVERSATION_DAYS)
        if before.conversations.get(revision, 0) < week:
            conversations = {**before.conversations, revision: week}
            self._write(connection, replace(before, conversations=conversations))

    def record_statement(self, connection: Connection, revision: str, until: int) -> None:
        """Record that a statement names this revision and is kept until ``until``, an ISO week."""
        before = self._read(connection)
        if before.statements.get(revision, 0) < until:
            statements = {**before.statements, revision: until}
            self._write(connection, replace(before, statements=statements))

    def extend_statements(self, connection: Connection, until: int) -> None:
        """Record that every statement so far may be kept until this week."""
        before = self._read(connection)
        if any(week < until for week in before.statements.values()):
            statements = {name: max(week, until) for name, week in before.statements.items()}
            self._write(connection, replace(before, statements=statements))

    def initialize(
        self, connection: Connection, present: Iterable[str], now: datetime, until: int
    ) -> None:
        """Record once that rows from before this record was kept may name any present revision."""
        if self._found(connection) is not None:
            return
        drafts = connection.scalar(_ANY_DRAFT)
        statements = connection.scalar(_ANY_STATEMENT)
        week, revisions = weeks_later(now, CONVERSATION_DAYS), [*present]
        noted = _RevisionUse(
            dict.fromkeys(revisions, week) if drafts else {},
            dict.fromkeys(revisions, until) if statements else {},
        )
        self._write(connection, noted)

    def needed(self, connection: Connection, now: datetime) -> NeededRevisions:
        """Return the revisions that a draft or a statement may still name."""
        noted, week = self._read(connection), week_of(now)
        drafts = connection.scalar(_ANY_DRAFT)
        statements = connection.scalar(_ANY_STATEMENT)
        return NeededRevisions(
            _still(noted.conversations, week) if drafts else frozenset(),
            _still(noted.statements, week) if statements else frozenset(),
        )

    def is_recall_announced(self, connection: Connection, platform: str, revision: str) -> bool:
        """Check whether this recall was announced to everybody who could be reached there."""
        return (platform, revision) in (self._read(connection)).announced

    def record_recall_announced(
        self, connection: Connection, platform: str, revision: str
    ) -> None:
        """Record that this recall was announced to everybody who can be reached there."""
        before = self._read(connection)
        announced = before.announced | {(platform, revision)}
        self._write(connection, replace(before, announced=announced))

    def _read(self, connection: Connection) -> _RevisionUse:
        return self._found(connection) or _RevisionUse()

    def _found(self, connection: Connection) -> _RevisionUse | None:
        """Read the record; one that another ``bot.keys`` sealed counts as absent."""
        value = connection.scalar(_VALUE)
        try:
            return None if value is None else self._open(value)
        except Tampered:
            return None

    def _open(self, value: bytes) -> _RevisionUse:
        return decode_use(unpad(unseal(self._key(), _context(), value)))

    def _write(self, connection: Connection, noted: _RevisionUse) -> None:
        plain = encode_use(noted)
        size = next(bucket for bucket in BUCKETS if len(plain) <= bucket - 2)
        value = seal(self._key(), _context(), pad(size, plain), self.entropy)
        connection.execute(upsert(connection, installation, {"name": ROW, "value": value}))

    def _key(self) -> bytes:
        return expand(self.keyring.link, derive_label(Label.LINK_REVISIONS), KEY_BYTES)


def _context() -> bytes:
    return derive_label(Label.LINK_REVISIONS_AD)


def _still(noted: dict[str, int], week: int) -> frozenset[str]:
    return frozenset(revision for revision, until in noted.items() if until >= week)


def encode_use(noted: _RevisionUse) -> bytes:
    """Encode conversations in ``t`` and statements in ``s`` with their weeks, recalls in ``r``."""
    return cbor.encode(
        {
            "v": 1,
            "t": _pairs(noted.conversations.items()),
            "s": _pairs(noted.statements.items()),
            "r": _pairs(noted.announced),
        }
    )


def _pairs(pairs: Iterable[tuple[str, int] | tuple[str, str]]) -> list[cbor.Value]:
    return [list(pair) for pair in sorted(pairs)]


def decode_use(plain: bytes) -> _RevisionUse:
    """Decode what ``encode_use`` wrote."""
    row: dict[str, Any] = dict(cbor.decode_map(plain, "The list of revisions"))
    announced = frozenset((platform, revision) for platform, revision in row["r"])
    return _RevisionUse(dict(row["t"]), dict(row["s"]), announced)
