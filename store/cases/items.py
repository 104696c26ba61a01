"""Items: sealed answers and reports, each an age file to the reporter's key, split in two.

``item.header`` has exactly one stanza, the reporter's. A grant is another header over the same
payload, so a reader's access can go without touching what the reporter keeps. What is long is
sealed and opened piece by piece, in ``item_streams``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, delete, insert, select

from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.document import TEXT_MEDIA, Description, Document, Json
from store.crypto.document_stream import DocumentOpener
from store.crypto.kdf import Entropy, digest
from store.db.connection import Connection
from store.db.lookup import NO_HOUR
from store.db.schema import item, item_chunk
from store.model.clock import week_of

CHUNK_BYTES = 256 * 1024
"""Bytes of a payload in one row; an item of one row is short, and read whole."""

COMPLETE: ColumnElement[bool] = item.c.staged == NO_HOUR
"""Of the items that are there; the others are being written."""

_OF_CASE = (item.c.locator == bindparam("locator")) & COMPLETE
_INSERT = insert(item)
_INSERT_CHUNK = insert(item_chunk)
_IDS = select(item.c.id).where(_OF_CASE)
_FIRST = (
    select(item.c.id, item.c.header, item_chunk.c.bytes)
    .outerjoin(item_chunk, (item_chunk.c.item == item.c.id) & (item_chunk.c.n == 0))
    .where(_OF_CASE, item.c.id.in_(bindparam("ids", expanding=True)))
)
_SHORT = _FIRST.where(item.c.size <= CHUNK_BYTES)
_DROP = delete(item).where(_OF_CASE, item.c.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class SealedItem:
    """An item as statements name it: its id and the hash of its payload."""

    id: bytes
    payload_hash: bytes


@dataclass(frozen=True, slots=True)
class ItemRepository:
    """The tables ``item`` and ``item_chunk``."""

    entropy: Entropy = field(repr=False)

    def add(
        self, connection: Connection, keys: CaseKeys, item_id: bytes, document: Document
    ) -> SealedItem:
        """Seal a document to the case's own key."""
        plain = document.encode()
        header, payload = age.split(age.encrypt(plain, [keys.recipient], self.entropy))
        row = {"id": item_id, "locator": keys.locator, "week": document.week}
        connection.execute(_INSERT, {**row, "header": header, "size": len(payload)})
        chunks = [
            {"item": item_id, "n": n, "bytes": payload[start : start + CHUNK_BYTES]}
            for n, start in enumerate(range(0, len(payload), CHUNK_BYTES))
        ]
        connection.execute(_INSERT_CHUNK, chunks)
        return SealedItem(item_id, digest(payload))


@dataclass(frozen=True, slots=True)
class SealedRow:
    """An item as it lies at rest: opening it is slow, and happens outside of transactions."""

    id: bytes
    header: bytes = field(repr=False)
    payload: bytes = field(repr=False)
    """Whole, or its first row, which holds the description."""


def ids_of(connection: Connection, locator: bytes) -> list[bytes]:
    """List the items of a case, in no order."""
    return list(connection.execute(_IDS, {"locator": locator}).scalars())


def sealed_rows(
    connection: Connection, locator: bytes, ids: Sequence[bytes]
) -> tuple[SealedRow, ...]:
    """Read the short ones of these items of a case; one that is long or gone is missing."""
    return _rows(connection, _SHORT, locator, ids)


def open_rows(keys: CaseKeys, rows: Sequence[SealedRow]) -> list[tuple[bytes, Document]]:
    """Open short items with the keys of their case; about 0.3 ms each."""
    return [(row.id, _open(keys, row)) for row in rows]


def describe_items(
    connection: Connection, keys: CaseKeys, ids: Sequence[bytes]
) -> list[tuple[bytes, Description]]:
    """Read what these items of a case are, without opening more than the beginning of any."""
    rows = _rows(connection, _FIRST, keys.locator, ids)
    return [(row.id, _describe(keys, row)) for row in rows]


def _rows(
    connection: Connection,
    statement: "Select[bytes, bytes, bytes]",
    locator: bytes,
    ids: Sequence[bytes],
) -> tuple[SealedRow, ...]:
    if not ids:
        return ()
    rows = connection.execute(statement, {"locator": locator, "ids": ids})
    return tuple(SealedRow(row.id, row.header, row.bytes or b"") for row in rows)


def _open(keys: CaseKeys, row: SealedRow) -> Document:
    file_key = age.open_header(row.header, [keys.identity])
    return Document.decode(age.open_payload(file_key, row.payload))


def _describe(keys: CaseKeys, row: SealedRow) -> Description:
    file_key = age.open_header(row.header, [keys.identity])
    opener = DocumentOpener(file_key)
    opener.add(row.payload)
    if opener.description is not None:
        return opener.description
    return Document.decode(age.open_payload(file_key, row.payload)).description


def answer(step: str, text: str, now: datetime) -> Document:
    """Create the document of one message of a reporter, for one step."""
    return Document("answer", TEXT_MEDIA, week_of(now), text.encode(), {"q": step})


def long_answer(step: str, size: int, now: datetime) -> Description:
    """Describe the document of a message with so many bytes, which is sealed piece by piece."""
    return Description("answer", TEXT_MEDIA, week_of(now), size, {"q": step})


def report(text: str, extra: dict[str, Json], now: datetime) -> Document:
    """Create the document of the compiled report.

    ``extra`` holds its further keys (docs/cryptography.md, section 6).
    """
    return Document("report", TEXT_MEDIA, week_of(now), text.encode(), extra)


def file_of(connection: Connection, item_id: bytes, header: bytes = b"") -> bytes:
    """Assemble a sealed item from a header and the rows of its payload."""
    mine = select(item_chunk.c.bytes).where(item_chunk.c.item == item_id).order_by(item_chunk.c.n)
    return b"".join([header, *connection.execute(mine).scalars()])


def file_key_of(connection: Connection, keys: CaseKeys, item_id: bytes) -> bytes:
    """Unwrap the file key of an item, which a grant wraps anew for a reader."""
    query = select(item.c.header).where(item.c.id == item_id, COMPLETE)
    header = connection.execute(query).scalar_one()
    return age.open_header(header, [keys.identity])


def drop(connection: Connection, keys: CaseKeys, items: Iterable[str]) -> None:
    """Erase these items of this case with their payloads."""
    ids = [bytes.fromhex(i) for i in items]
    if ids:
        connection.execute(_DROP, {"locator": keys.locator, "ids": ids})
