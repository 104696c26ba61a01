"""Which revisions of the questionnaires are still needed, and which recalls were told where.

No draft says in clear with which words it began, and who has the keys cannot open it without its
account either. So it is counted in advance: when a talk begins or a statement is signed, the week
is noted until which it may name its revision. It says nothing of anybody and is sealed all the
same, because beside the weeks of a few cases it would tell who answered which questions.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.dialects.sqlite import insert as upsert

from store.cases.drafts import LIFE_HOURS
from store.crypto import cbor
from store.crypto.kdf import Entropy, expand, pad, seal, unpad, unseal
from store.crypto.keyring import KEY_BYTES, Keyring
from store.crypto.labels import Label, derive_label
from store.db.connection import Connection
from store.db.schema import draft, installation, permission
from store.model.clock import week_of, weeks_later
from store.model.errors import Tampered
from store.model.revisions import NeededRevisions

ROW = "revisions"
BUCKETS = (1024, 4096, 16_384, 65_536)
TALK_DAYS = LIFE_HOURS // 24 + 1
"""So long after its beginning no talk is open any more."""

_VALUE = select(installation.c.value).where(installation.c.name == ROW)
_ANY_DRAFT = select(exists(select(draft.c.id)))
_ANY_STATEMENT = select(exists(select(permission.c.stmt)))


@dataclass(frozen=True, slots=True)
class _RevisionUse:
    """By revision, until which week an open talk and a statement may name it; recalls told."""

    talks: dict[str, int] = field(default_factory=dict)
    statements: dict[str, int] = field(default_factory=dict)
    told: frozenset[tuple[str, str]] = frozenset()
    """Platform and revision."""


@dataclass(frozen=True, slots=True)
class RevisionRepository:
    """One row of the table ``house`` (docs/cryptography.md, section 7)."""

    keyring: Keyring
    entropy: Entropy = field(repr=False)

    async def record_conversation(
        self, connection: Connection, revision: str, now: datetime
    ) -> None:
        """A talk goes on with this revision from now on."""
        before = await self._read(connection)
        week = weeks_later(now, TALK_DAYS)
        if before.talks.get(revision, 0) < week:
            talks = {**before.talks, revision: week}
            await self._write(connection, replace(before, talks=talks))

    async def record_statement(self, connection: Connection, revision: str, until: int) -> None:
        """A statement names this revision, and is kept until that week at the latest."""
        before = await self._read(connection)
        if before.statements.get(revision, 0) < until:
            statements = {**before.statements, revision: until}
            await self._write(connection, replace(before, statements=statements))

    async def initialize(
        self, connection: Connection, present: Iterable[str], now: datetime, until: int
    ) -> None:
        """Once: of what is at rest from before this was noted, anything may be named."""
        if await self._found(connection) is not None:
            return
        drafts = await connection.scalar(_ANY_DRAFT)
        statements = await connection.scalar(_ANY_STATEMENT)
        week, revisions = weeks_later(now, TALK_DAYS), [*present]
        noted = _RevisionUse(
            dict.fromkeys(revisions, week) if drafts else {},
            dict.fromkeys(revisions, until) if statements else {},
        )
        await self._write(connection, noted)

    async def needed(self, connection: Connection, now: datetime) -> NeededRevisions:
        """What may be named still; with no draft or statement at all, nothing is."""
        noted, week = await self._read(connection), week_of(now)
        talks = await connection.scalar(_ANY_DRAFT)
        statements = await connection.scalar(_ANY_STATEMENT)
        return NeededRevisions(
            _still(noted.talks, week) if talks else frozenset(),
            _still(noted.statements, week) if statements else frozenset(),
        )

    async def is_recall_announced(
        self, connection: Connection, platform: str, revision: str
    ) -> bool:
        """Whether everybody who could be reached there was told of this recall."""
        return (platform, revision) in (await self._read(connection)).told

    async def record_recall_announced(
        self, connection: Connection, platform: str, revision: str
    ) -> None:
        """Everybody who can be reached there was told of this recall."""
        before = await self._read(connection)
        told = before.told | {(platform, revision)}
        await self._write(connection, replace(before, told=told))

    async def _read(self, connection: Connection) -> _RevisionUse:
        return await self._found(connection) or _RevisionUse()

    async def _found(self, connection: Connection) -> _RevisionUse | None:
        """What another ``bot.keys`` had sealed counts as never noted: it stops nobody's start."""
        value = await connection.scalar(_VALUE)
        try:
            return None if value is None else self._open(value)
        except Tampered:
            return None

    def _open(self, value: bytes) -> _RevisionUse:
        return decoded(unpad(unseal(self._key(), _context(), value)))

    async def _write(self, connection: Connection, noted: _RevisionUse) -> None:
        plain = encoded(noted)
        size = next(bucket for bucket in BUCKETS if len(plain) <= bucket - 2)
        value = seal(self._key(), _context(), pad(size, plain), self.entropy)
        row = upsert(installation).values(name=ROW, value=value)
        await connection.execute(
            row.on_conflict_do_update(index_elements=["name"], set_={"value": value})
        )

    def _key(self) -> bytes:
        return expand(self.keyring.link, derive_label(Label.LINK_REVISIONS), KEY_BYTES)


def _context() -> bytes:
    return derive_label(Label.LINK_REVISIONS_AD)


def _still(noted: dict[str, int], week: int) -> frozenset[str]:
    return frozenset(revision for revision, until in noted.items() if until >= week)


def encoded(noted: _RevisionUse) -> bytes:
    """``t``: talks, ``s``: statements, each with its week; ``r``: recalls that were told."""
    return cbor.encode(
        {
            "v": 1,
            "t": _pairs(noted.talks.items()),
            "s": _pairs(noted.statements.items()),
            "r": _pairs(noted.told),
        }
    )


def _pairs(pairs: Iterable[tuple[str, int] | tuple[str, str]]) -> list[cbor.Value]:
    return [list(pair) for pair in sorted(pairs)]


def decoded(plain: bytes) -> _RevisionUse:
    """The inverse of ``encoded``."""
    row: dict[str, Any] = dict(cbor.decode_map(plain, "The list of revisions"))
    told = frozenset((platform, revision) for platform, revision in row["r"])
    return _RevisionUse(dict(row["t"]), dict(row["s"]), told)
