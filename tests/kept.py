"""What a talk left in the store, without everything that differs from one time to the next.

Ids, keys and seals are drawn anew for each case; what they hold and whom they are for is not. So
the same talk leaves the same, on whatever platform it was had.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from handlers.reporter.markers import NUMBERS, WORD_CHECK
from store.cases.items import ids_of, open_rows, sealed_rows
from store.cases.permissions import PermissionRecord, PermissionRepository
from store.cases.statement import PermissionStatement, ReadTerms
from store.cases.statement_reader import read_statement
from store.crypto import cbor
from store.crypto.case_keys import CaseKeys
from store.crypto.document import CBOR_MEDIA, Document
from store.crypto.mnemonics import candidates
from store.db.connection import Connection
from store.db.schema import (
    BY_CODE,
    BY_HOLD,
    access_grant,
    case_file,
    delivery,
    metadata,
    permission,
)
from tests.rig import Rig

TABLES = ("case_file", "item", "permission", "access_grant", "delivery", "takeback", "draft")


@dataclass(frozen=True)
class Left:
    """What can be seen without the reporter, and what their words open."""

    rows: dict[str, int]
    cases: list[Any]
    permissions: list[Any]
    grants: list[Any]
    deliveries: list[Any]
    told: list[Any] = field(default_factory=list)
    statements: list[Any] = field(default_factory=list)


async def left(rig: Rig, words: Sequence[str]) -> Left:
    """Of all talks so far; ``words`` are the twelve of one of them, if it has some."""
    async with rig.house() as house:
        return await house.stores.cases.database.read(lambda connection: _left(connection, words))


def _left(connection: Connection, words: Sequence[str]) -> Left:
    keys = _keys(connection, words)
    return Left(
        {table: _count(connection, table) for table in TABLES},
        _all(connection, select(case_file.c.week, case_file.c.expire, case_file.c.draft_exp > 0)),
        _all(connection, select(permission.c.kind, permission.c.until)),
        _all(connection, select(access_grant.c.fp)),
        _all(connection, select(delivery.c.fp, delivery.c.state, delivery.c.due)),
        _told(connection, keys) if keys else [],
        _statements(connection, keys) if keys else [],
    )


def _count(connection: Connection, table: str) -> int:
    query = select(func.count()).select_from(metadata.tables[table])
    return int(connection.execute(query).scalar_one())


def _all(connection: Connection, query: Any) -> list[Any]:
    return sorted(tuple(row) for row in connection.execute(query).all())


def _keys(connection: Connection, words: Sequence[str]) -> CaseKeys | None:
    """Of the case that these words open."""
    locators = set(connection.scalars(select(case_file.c.locator)))
    found = [CaseKeys(entropy) for _, entropy in candidates(words)]
    return next((keys for keys in found if keys.locator in locators), None)


def _told(connection: Connection, keys: CaseKeys) -> list[Any]:
    """Answers and reports; a report names its statement, which has a hash of its own each time."""
    rows = sealed_rows(connection, keys.locator, ids_of(connection, keys.locator))
    documents = [d for _, d in open_rows(keys, rows)]
    return sorted(
        (d.kind, d.media, d.week, str(d.extra.get("q", "")), repr(_body(d))) for d in documents
    )


def _body(document: Document) -> Any:
    """Of a talk without the ids of its pieces, and without which two words chance asked for."""
    if document.media != CBOR_MEDIA:
        return document.body
    return _unnamed(cbor.decode(document.body, "A talk"))


def _unnamed(value: Any) -> Any:
    """Leave out what chance draws, and how a question was listed, which is each platform's own."""
    if isinstance(value, dict):
        return {key: _unnamed(part) for key, part in value.items()}
    if isinstance(value, list):
        if _is_list_of(value, WORD_CHECK):
            return [WORD_CHECK]
        return [_unnamed(part) for part in value if not _is_list_of(part, NUMBERS)]
    return "an id" if isinstance(value, bytes) else value


def _is_list_of(value: Any, marker: str) -> bool:
    return isinstance(value, list) and value[:1] == [marker]


def _statements(connection: Connection, keys: CaseKeys) -> list[Any]:
    kept = PermissionRepository(bytes).of_case(connection, keys)
    return [
        (_revoked(k.revoked), [_signed(k, number) for number in range(len(k.envelopes))])
        for k in kept
    ]


def _revoked(basis: bytes | None) -> bytes | str | None:
    """How it was taken back; a statement that the twelve words signed has a hash of its own."""
    return basis if basis in {None, BY_CODE, BY_HOLD} else "by words"


def _signed(kept: PermissionRecord, number: int) -> Any:
    """Whom and what it names, and the hash of the exact words that were shown."""
    said = read_statement(kept.envelopes[number].fields)
    named = (type(said).__name__, said.number, said.words)
    return (*named, *_consented(said)) if isinstance(said, PermissionStatement) else named


def _consented(said: PermissionStatement) -> Any:
    return said.scope, said.never, said.until, _shared(said.sharing) if said.sharing else None


def _shared(sharing: ReadTerms) -> Any:
    return len(sharing.items), sharing.to, sharing.may, sharing.future, sharing.roster
