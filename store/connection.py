"""A connection to SQLite whose statements run where they are called.

A statement is a function call of microseconds; a hop to another thread and back costs far more.
So only what may wait for a lock or for the disk goes to the connection's own thread.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

import aiosqlite

ROWS_AT_ONCE = 64
WAITING = ("BEGIN IMMEDIATE", "PRAGMA", "VACUUM")
"""What these begin may wait: for another process that holds the file, or for the disk."""


class NearConnection(aiosqlite.Connection):
    """What SQLAlchemy's dialect drives, with the hops left out where nothing can wait."""

    def __init__(self, file: str) -> None:
        """Nothing is opened before it is awaited."""
        super().__init__(partial(sqlite3.connect, file, check_same_thread=False), ROWS_AT_ONCE)
        self._thread.daemon = True  # a program that ends does not wait for it
        self.far = False
        """Every statement goes to the thread: for those that take long by themselves."""

    async def commit(self) -> None:
        """Waits for the disk, unless there is nothing to commit."""
        if self._conn.in_transaction:
            await self._afar(self._conn.commit)

    async def rollback(self) -> None:
        """Forgets what is in memory only; nothing waits."""
        if self._conn.in_transaction:
            self._conn.rollback()

    async def close(self) -> None:
        """The last connection to the file moves the WAL into it, and that waits for the disk."""
        if self._connection is None:
            return
        try:
            await self._afar(self._conn.close)
        finally:
            self._connection = None
            stopped = self.stop()
            if stopped is not None:
                await stopped

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self.far or _may_wait(args):
            return await self._afar(partial(fn, *args, **kwargs))
        if not self._running or not self._connection:
            raise ValueError("Connection closed")  # what aiosqlite says, and SQLAlchemy expects
        return fn(*args, **kwargs)

    async def _afar(self, function: Callable[[], Any]) -> Any:
        """In the connection's own thread; whoever is cancelled meanwhile waits for its end.

        Otherwise a transaction could begin after the one who wanted it has gone.
        """
        if not self._running or not self._connection:
            raise ValueError("Connection closed")
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((done, function))
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            await _end_of(done)
            raise


def _may_wait(args: tuple[Any, ...]) -> bool:
    return bool(args) and isinstance(args[0], str) and args[0].startswith(WAITING)


async def _end_of(done: "asyncio.Future[Any]") -> None:
    """Whatever came of it, and however often one is cancelled meanwhile."""
    while not done.done():
        try:
            await asyncio.wait({done})
        except asyncio.CancelledError:
            continue
    done.cancelled() or done.exception()  # nobody is left to be told
