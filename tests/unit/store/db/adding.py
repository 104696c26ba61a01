"""A process that adds to a number in the database, again and again.

    python -m tests.unit.store.db.adding URL TIMES LOCK

Prints how often it had to begin a transaction again.
"""

import asyncio
import sys

from sqlalchemy import insert, make_url, select, update

from store.db.connection import Connection
from store.db.postgresql import PostgresqlEngine
from store.db.schema import installation

NUMBER = b"number"
MINE = installation.c.name == "number"


def read_number(connection: Connection) -> int:
    """Read the number; 0 if it was never written."""
    return int(connection.scalar(select(installation.c.value).where(MINE)) or b"0")


def write_number(connection: Connection) -> None:
    """Write the number 0."""
    connection.execute(insert(installation).values(name="number", value=b"0"))


def add_one(connection: Connection) -> int:
    """Read the number, and write one more."""
    more = read_number(connection) + 1
    connection.execute(update(installation).where(MINE).values(value=str(more).encode()))
    return more


class Pauses:
    """Sleeps for no time, and remembers for how long it should have."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.begun = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self.begun.set()
        await asyncio.sleep(0)


async def main(url: str, times: int, lock: bytes) -> None:
    """Add one, so many times."""
    begun = list[int]()

    def add(connection: Connection) -> None:
        begun.append(add_one(connection))

    engine = PostgresqlEngine(make_url(url))
    try:
        for _ in range(times):
            await engine.write(add, lock)
    finally:
        await engine.close()
    print(len(begun) - times)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3].encode()))
