"""What a database engine does for the store: run work in transactions."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from store.db.connection import Connection
from store.model.errors import DatabaseClosed

T = TypeVar("T")

Work = Callable[[Connection], T]
"""Synchronous, with no effect but its statements and its result: it may run again, and not on
the event loop's thread."""


class Engine(Protocol):
    """One database, by one driver."""

    def exists(self) -> bool:
        """Check whether there is a file to open; True for what only its server knows."""
        ...

    def was_interrupted(self) -> bool:
        """Check whether the last program may have ended in the middle of a write."""
        ...

    async def damage(self) -> str | None:
        """Say that what is stored is damaged, and what to do; None if it is whole."""
        ...

    async def write(self, work: Work[T], lock: bytes) -> T:
        """Run work in a transaction, which is on the disk when this returns.

        What an error leaves is rolled back. Works with the same ``lock`` wait for each other.
        """
        ...

    async def read(self, work: Work[T]) -> T:
        """Run work on one state of the database."""
        ...

    def alone(self) -> AbstractAsyncContextManager[None]:
        """Keep everybody from writing, this process too, until the context ends."""
        ...

    async def scrub(self) -> bool:
        """Make deletion effective on the disk; return False if it is not yet."""
        ...

    async def close(self) -> None:
        """End what runs and close every connection."""
        ...

    def explain(self, error: Exception) -> str | None:
        """Say why the database cannot be used, and what to do; None for another kind of error."""
        ...


def closed() -> DatabaseClosed:
    """Say that the database is closed."""
    return DatabaseClosed(
        "The database was closed, and nothing was done. If the program is not stopping, start it "
        "again."
    )


async def completed(running: "asyncio.Future[T]") -> T:
    """Wait until work has ended, also if the caller is cancelled meanwhile.

    Otherwise a transaction could begin, or end, after the one who wanted it has gone. Raises the
    error of the work, or ``CancelledError`` for a caller who was cancelled.
    """
    cancelled = False
    while not running.done():
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            cancelled = True
    if cancelled and running.exception() is None:
        raise asyncio.CancelledError
    return running.result()
