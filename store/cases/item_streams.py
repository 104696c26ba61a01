"""Items that are too long to lie in memory whole, sealed and opened piece by piece.

At rest they are items as any other. Whatever their length, about a megabyte of one is in memory.
"""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import bindparam, select

from store.cases import staging
from store.cases.items import CHUNK_BYTES, COMPLETE
from store.crypto.age import file as age
from store.crypto.age.keys import FILE_KEY
from store.crypto.case_keys import CaseKeys
from store.crypto.document import Description
from store.crypto.document_stream import DocumentOpener, DocumentSealer
from store.crypto.kdf import Entropy
from store.db.connection import Connection
from store.db.database import Database
from store.db.schema import item, item_chunk
from store.model.errors import StagedItemGone
from store.model.staging import StagedItem

_HEADER = select(item.c.header).where(
    item.c.id == bindparam("of"), item.c.locator == bindparam("case"), COMPLETE
)
_CHUNK = select(item_chunk.c.bytes).where(
    item_chunk.c.item == bindparam("of"), item_chunk.c.n == bindparam("number")
)


@dataclass(frozen=True, slots=True)
class ItemStreams:
    """Stages items, and reads complete ones, each piece in a short transaction of its own."""

    database: Database
    entropy: Entropy = field(repr=False)

    async def stage(
        self,
        keys: CaseKeys,
        item_id: bytes,
        description: Description,
        body: AsyncIterable[bytes],
        now: datetime,
    ) -> StagedItem | None:
        """Seal an item to the case's own key, piece by piece as its body comes.

        Return None if its case is gone or goes meanwhile. If the body ends in an error or has
        another length than described, raise that and leave nothing. ``TooLong`` beyond 64 MiB.
        """
        file_key = self.entropy(FILE_KEY)
        sealer = DocumentSealer(description, file_key, self.entropy)
        writer = _Writer(self.database, item_id, age.write_header(file_key, [keys.recipient]))
        try:
            await writer.begin(keys, now)
            await writer.add(sealer.begin())
            async for piece in body:
                await writer.add(sealer.add(piece))
            await writer.add(sealer.finish())
            await writer.finish()
        except StagedItemGone:
            return None
        except Exception:
            await writer.discard()
            raise
        return StagedItem(item_id.hex(), writer.header, sealer.size, sealer.digest())

    async def discard(self, staged: StagedItem) -> None:
        """Delete a staged item, unless a turn has completed it."""
        await _Writer(self.database, bytes.fromhex(staged.item), staged.header).discard()

    async def open(self, keys: CaseKeys, item_id: bytes) -> "ItemReader | None":
        """Open a complete item of the case for reading; None if it is gone."""
        mine = {"of": item_id, "case": keys.locator}
        header = await self.database.read(
            lambda connection: connection.execute(_HEADER, mine).scalar()
        )
        if header is None:
            return None
        return ItemReader(self.database, item_id, age.open_header(header, [keys.identity]))


class ItemReader:
    """The body of one item, in pieces.

    Each piece was sealed and stands in its place. Only when the iteration has ended without an
    error is it known that the body is complete.
    """

    def __init__(self, database: Database, item_id: bytes, file_key: bytes) -> None:
        """Take the file key, which the item's header holds."""
        self._database, self._item = database, item_id
        self._opener = DocumentOpener(file_key)

    @property
    def description(self) -> Description:
        """Return what the item is, once a piece of it was read."""
        if self._opener.description is None:
            raise LookupError("nothing of this item was read yet")
        return self._opener.description

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Read the body, once; raise ``Unreadable`` if anything was changed or is missing."""
        number = 0
        while (chunk := await self._read(number)) is not None:
            yield self._opener.add(chunk)
            number += 1
        yield self._opener.finish()

    async def _read(self, number: int) -> bytes | None:
        row = {"of": self._item, "number": number}
        return await self._database.read(
            lambda connection: connection.execute(_CHUNK, row).scalar()
        )


class _Writer:
    """Writes the payload of one staged item, in rows of equal size but the last."""

    def __init__(self, database: Database, item_id: bytes, header: bytes) -> None:
        self.header = header
        self._database, self._item = database, item_id
        self._waiting, self._rows = bytearray(), 0

    async def begin(self, keys: CaseKeys, now: datetime) -> None:
        """Write the item's row; raise ``StagedItemGone`` without its case."""
        await self._database.transaction(
            lambda connection: staging.begin(connection, keys, self._item, self.header, now)
        )

    async def add(self, payload: bytes) -> None:
        """Take a part of the payload; write every row that is full."""
        self._waiting += payload
        while len(self._waiting) >= CHUNK_BYTES:
            row = bytes(self._waiting[:CHUNK_BYTES])
            del self._waiting[:CHUNK_BYTES]
            await self._write(row)

    async def finish(self) -> None:
        """Write the last row."""
        if self._waiting:
            await self._write(bytes(self._waiting))

    async def _write(self, row: bytes) -> None:
        number, self._rows = self._rows, self._rows + 1
        append: partial[None] = partial(
            staging.append, item_id=self._item, header=self.header, n=number, payload=row
        )
        await self._database.transaction(append)

    async def discard(self) -> None:
        """Delete all of it, unless it was completed."""

        def work(connection: Connection) -> None:
            staging.discard(connection, self._item, self.header)

        await self._database.transaction(work)
