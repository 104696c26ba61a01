"""A program that seals and opens one large item, and says how much memory that took.

    python -m tests.unit.store.streaming URL FOLDER HOW

``HOW`` is ``streamed``, or ``whole`` for an item that lies in memory whole: it shows that what
is measured is there to be measured. A line of JSON is written to the standard output.

What is measured is the kernel's own mark of the most memory that was resident (``VmHWM``): it
holds what SQLite, OpenSSL and drivers take beside Python's allocator, which ``tracemalloc`` never
sees, and no peak is too short for it, as it would be for somebody who looks now and then. The
mark is reset when everything is imported and warm, and what the allocator holds in reserve is
given back first, so that it cannot hide what is taken.
"""

import asyncio
import ctypes
import gc
import hashlib
import json
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from sqlalchemy import select

from store.cases.item_streams import ItemStreams
from store.cases.items import file_of
from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.document import Description, Document
from store.db.connection import Connection
from store.db.database import Database
from store.db.schema import item
from store.model.changes import BeginCase, KeepStaged, SealItem
from tests.unit.store.organisation import DRAFT, REPORTER, START, Organisation, make_repositories

LARGE = 50 * 1000 * 1000
PIECE = 100_000
STATUS = Path("/proc/self/status")


def status(field: str) -> int:
    """A line of the process's status, in bytes."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024


async def extra(work: Callable[[], Awaitable[None]]) -> int:
    """Run work; return by how much its largest memory was above that before it."""
    before = reset()
    await work()
    return status("VmHWM") + status("VmSwap") - before


def reset() -> int:
    """Give back what nobody uses and reset the mark; return what is used now."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")  # proc(5): VmHWM begins again at VmRSS
    return status("VmRSS") + status("VmSwap")


def piece(number: int) -> bytes:
    return hashlib.shake_128(number.to_bytes(4, "big")).digest(PIECE)


async def body(size: int) -> AsyncIterator[bytes]:
    for number in range(size // PIECE):
        yield piece(number)


async def seal(org: Organisation, keys: CaseKeys, item_id: bytes, size: int) -> None:
    streams = ItemStreams(org.database, org.repositories.entropy)
    described = Description("attachment", "video/mp4", 202648, size)
    staged = await streams.stage(keys, item_id, described, body(size), START)
    assert staged is not None
    await org.commit(KeepStaged(SealItem(item_id.hex(), "", ""), staged))


async def open_again(org: Organisation, keys: CaseKeys, item_id: bytes, size: int) -> None:
    reader = await ItemStreams(org.database, org.repositories.entropy).open(keys, item_id)
    assert reader is not None
    read, found = hashlib.sha256(), 0
    async for opened in reader:
        read.update(opened)
        found += len(opened)
    wanted = hashlib.sha256()
    for number in range(size // PIECE):
        wanted.update(piece(number))
    assert (found, read.digest()) == (size, wanted.digest())


async def seal_whole(org: Organisation, keys: CaseKeys, item_id: bytes, size: int) -> None:
    whole = b"".join([each async for each in body(size)])
    document = Document("attachment", "video/mp4", 202648, whole)
    await org.database.transaction(
        lambda connection: org.repositories.items.add(connection, keys, item_id, document)
    )


async def open_whole(org: Organisation, keys: CaseKeys, item_id: bytes, size: int) -> None:
    def read(connection: Connection) -> bytes:
        header = select(item.c.header).where(item.c.id == item_id)
        return file_of(connection, item_id, connection.execute(header).scalar_one())

    sealed = await org.database.read(read)
    assert len(Document.decode(age.decrypt(sealed, [keys.identity])).body) == size


WAYS = {"streamed": (seal, open_again), "whole": (seal_whole, open_whole)}


async def main(url: str, folder: Path, how: str) -> None:
    database = Database(url)
    await database.migrate()
    org = Organisation(folder, database, make_repositories(folder, entropy=secrets.token_bytes))
    await org.commit(BeginCase(DRAFT))
    found = await database.read(
        lambda connection: org.repositories.drafts.find(connection, REPORTER)
    )
    assert found is not None
    keys, (sealing, opening) = found.keys, WAYS[how]
    await sealing(org, keys, bytes(16), 10 * PIECE)
    await opening(org, keys, bytes(16), 10 * PIECE)
    large = b"\1" * 16
    measured = {
        "sealed": await extra(lambda: sealing(org, keys, large, LARGE)),
        "opened": await extra(lambda: opening(org, keys, large, LARGE)),
    }
    print(json.dumps(measured))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
