"""Items: sealed answers and reports, each an age file to the reporter's key, split in two.

``item.header`` has exactly one stanza, the reporter's. A grant is another header over the same
payload, so a reader's access can go without touching what the reporter keeps.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import bindparam, delete, insert, select

from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.document import TEXT_MEDIA, Document, Json
from store.crypto.kdf import Entropy, digest
from store.db.connection import Connection
from store.db.schema import item, item_chunk
from store.model.clock import week_of

CHUNK_BYTES = 256 * 1024

_OF_CASE = item.c.locator == bindparam("locator")
_INSERT = insert(item)
_INSERT_CHUNK = insert(item_chunk)
_ALL = (
    select(item.c.id, item.c.header, item_chunk.c.bytes)
    .outerjoin(item_chunk)
    .where(_OF_CASE)
    .order_by(item.c.id, item_chunk.c.n)
)
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

    async def add(
        self, connection: Connection, keys: CaseKeys, item_id: bytes, document: Document
    ) -> SealedItem:
        """Seal a document to the case's own key."""
        plain = document.encode()
        header, payload = age.split(age.encrypt(plain, [keys.recipient], self.entropy))
        row = {"id": item_id, "locator": keys.locator, "week": document.week}
        await connection.execute(_INSERT, {**row, "header": header, "size": len(payload)})
        chunks = [
            {"item": item_id, "n": n, "bytes": payload[start : start + CHUNK_BYTES]}
            for n, start in enumerate(range(0, len(payload), CHUNK_BYTES))
        ]
        await connection.execute(_INSERT_CHUNK, chunks)
        return SealedItem(item_id, digest(payload))

    async def all_of(self, connection: Connection, keys: CaseKeys) -> list[tuple[bytes, Document]]:
        """Open everything of a case; in no order."""
        rows = (await connection.execute(_ALL, {"locator": keys.locator})).all()
        return [
            (item_id, _open(keys, header, b"".join(row.bytes or b"" for row in chunks)))
            for (item_id, header), chunks in groupby(rows, itemgetter(0, 1))
        ]


def _open(keys: CaseKeys, header: bytes, payload: bytes) -> Document:
    file_key = age.open_header(header, [keys.identity])
    return Document.decode(age.open_payload(file_key, payload))


def answer(step: str, text: str, now: datetime) -> Document:
    """Create the document of one message of a reporter, for one step."""
    return Document("answer", TEXT_MEDIA, week_of(now), text.encode(), {"q": step})


def report(text: str, extra: dict[str, Json], now: datetime) -> Document:
    """Create the document of the compiled report.

    ``extra`` holds its further keys (docs/cryptography.md, section 6).
    """
    return Document("report", TEXT_MEDIA, week_of(now), text.encode(), extra)


async def payload_of(connection: Connection, item_id: bytes) -> bytes:
    """Assemble the sealed payload of an item from its chunks."""
    mine = select(item_chunk.c.bytes).where(item_chunk.c.item == item_id).order_by(item_chunk.c.n)
    return b"".join((await connection.execute(mine)).scalars())


async def file_key_of(connection: Connection, keys: CaseKeys, item_id: bytes) -> bytes:
    """Unwrap the file key of an item, which a grant wraps anew for a reader."""
    query = select(item.c.header).where(item.c.id == item_id)
    header = (await connection.execute(query)).scalar_one()
    return age.open_header(header, [keys.identity])


async def drop(connection: Connection, keys: CaseKeys, items: Iterable[str]) -> None:
    """Erase these items of this case with their payloads."""
    ids = [bytes.fromhex(i) for i in items]
    await connection.execute(_DROP, {"locator": keys.locator, "ids": ids})
