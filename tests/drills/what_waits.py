"""What waits on the disk of a bot that is drilled."""

import asyncio
from contextlib import suppress

from store.db.database import Database
from tests.rig import Rig


async def emptied(rig: Rig, seconds: float) -> None:
    """Until nothing waits on the disk to be handled or sent; not for ever."""
    database = Database(rig.config.store.url)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while await waits(database):  # noqa: ASYNC110 - a disk rings for nobody
                    await asyncio.sleep(0.05)
    finally:
        await database.close()


async def waits(database: Database) -> bool:
    """Return whether a message waits to be handled or to be sent."""
    rows = await database.count_rows()
    return bool(rows["inbox"] or rows["outbox"])
