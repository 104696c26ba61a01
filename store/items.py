"""Items: sealed answers and reports, each an age file to the reporter's key, parted in two.

``item.header`` has exactly one stanza, the reporter's. A grant is another header over the same
payload, so a reader's access can go without touching what the reporter keeps.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from store import age
from store.casekeys import CaseKeys
from store.clock import week_of
from store.document import Document, Json
from store.kdf import Entropy, digest
from store.schema import item, item_chunk

CHUNK_BYTES = 256 * 1024
TEXT = "text/plain"
CBOR = "application/cbor"


@dataclass(frozen=True, slots=True)
class Sealed:
    """An item as it lies there: its id and the hash of its payload, as statements name it."""

    id: bytes
    payload_hash: bytes


@dataclass(frozen=True, slots=True)
class Items:
    """The tables ``item`` and ``item_chunk``."""

    entropy: Entropy = field(repr=False)

    async def add(
        self, connection: AsyncConnection, keys: CaseKeys, item_id: bytes, document: Document
    ) -> Sealed:
        """Seal a document to the case's own key."""
        plain = document.encode()
        header, payload = age.split(age.encrypt(plain, [keys.identity.recipient], self.entropy))
        row = {"id": item_id, "locator": keys.locator, "week": document.week}
        await connection.execute(insert(item).values(**row, header=header, size=len(payload)))
        chunks = [
            {"item": item_id, "n": n, "bytes": payload[start : start + CHUNK_BYTES]}
            for n, start in enumerate(range(0, len(payload), CHUNK_BYTES))
        ]
        await connection.execute(insert(item_chunk), chunks)
        return Sealed(item_id, digest(payload))

    async def all_of(
        self, connection: AsyncConnection, keys: CaseKeys
    ) -> list[tuple[bytes, Document]]:
        """Everything of a case, opened; in no order."""
        query = select(item.c.id, item.c.header).where(item.c.locator == keys.locator)
        rows = (await connection.execute(query)).all()
        return [
            (item_id, await self._open(connection, keys, item_id, header))
            for item_id, header in rows
        ]

    async def _open(
        self, connection: AsyncConnection, keys: CaseKeys, item_id: bytes, header: bytes
    ) -> Document:
        file_key = age.open_header(header, [keys.identity])
        payload = await payload_of(connection, item_id)
        return Document.decode(age.open_payload(file_key, payload))


def answer(step: str, text: str, now: datetime) -> Document:
    """One message of a reporter, for one step."""
    return Document("answer", TEXT, week_of(now), text.encode(), {"q": step})


def report(text: str, extra: dict[str, Json], now: datetime) -> Document:
    """The compiled report; ``extra`` are its further keys (docs/cryptography.md, section 6)."""
    return Document("report", TEXT, week_of(now), text.encode(), extra)


async def payload_of(connection: AsyncConnection, item_id: bytes) -> bytes:
    """The sealed payload, put together from its chunks."""
    mine = select(item_chunk.c.bytes).where(item_chunk.c.item == item_id).order_by(item_chunk.c.n)
    return b"".join((await connection.execute(mine)).scalars())


async def file_key_of(connection: AsyncConnection, keys: CaseKeys, item_id: bytes) -> bytes:
    """What a grant wraps anew for a reader."""
    query = select(item.c.header).where(item.c.id == item_id)
    header = (await connection.execute(query)).scalar_one()
    return age.open_header(header, [keys.identity])


async def drop(connection: AsyncConnection, keys: CaseKeys, items: Iterable[str]) -> None:
    """Erase these items of this case with their payloads."""
    ids = [bytes.fromhex(i) for i in items]
    mine = item.c.locator == keys.locator
    await connection.execute(delete(item).where(mine, item.c.id.in_(ids)))
