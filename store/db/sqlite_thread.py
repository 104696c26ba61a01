"""One connection of aiosqlite, in whose thread SQLAlchemy's synchronous Core runs.

WAL mode, every commit on the disk before it is answered, deleted bytes overwritten, temporary
tables in memory.
"""

import asyncio
import sqlite3
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
import sqlalchemy
from sqlalchemy import NullPool, create_engine

from store.db.engine import closed
from store.db.sqlite_files import mixed_files
from store.model.errors import WrongDatabase

T = TypeVar("T")

PRAGMAS = (
    "PRAGMA page_size=8192",  # of a new file: a row fits its page, and 10,000 drafts 110 MB
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA busy_timeout=5000",  # stands last: a checkpoint changes it, and puts it back
)

WRITING = ("PRAGMA cache_size=-14336",)
"""Keeps 14 MiB of pages instead of 2: the pages of other accounts' rows lie far apart.

Not for reading: its pages are stale after every commit. A large item passes through all of it,
which a test limits.
"""

READ_ONLY = ("PRAGMA query_only=ON",)
"""Refuses what would be written by a read, which is always rolled back."""

CURSOR_ROWS = 64
"""Wanted by aiosqlite for iterating over its cursors, which nobody does here."""


class _OpenFiles:
    """The files that this process has open, by their real paths.

    Closing any descriptor of a file drops every lock that the process holds on it (POSIX
    ``fcntl``). So nothing but SQLite opens a file that SQLite has open here: without its locks
    another program that closes the database takes the write-ahead log for unused and deletes it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: Counter[Path] = Counter()

    def connect(self, file: Path) -> sqlite3.Connection:
        """Open a file; raise ``WrongDatabase`` if it was replaced under its write-ahead log."""
        real = file.resolve()
        with self._lock:
            if not self._open[real] and (why := mixed_files(file)):
                raise WrongDatabase(why)
            opened = sqlite3.connect(
                file, isolation_level=None, check_same_thread=False, factory=_CountedConnection
            )
            self._open[real] += 1
        opened.closed_in = partial(self._close, real)
        return opened

    def _close(self, real: Path, close: Callable[[], None]) -> None:
        with self._lock:
            try:
                close()
            finally:
                self._open[real] -= 1


class _CountedConnection(sqlite3.Connection):
    """A connection that is counted as open until it is closed."""

    closed_in: Callable[[Callable[[], None]], None] | None = None

    def close(self) -> None:
        """Close it, and count it out the first time."""
        count_out, self.closed_in = self.closed_in, None
        if count_out is None:
            super().close()
        else:
            count_out(super().close)


OPEN_FILES = _OpenFiles()


class CoreConnection(aiosqlite.Connection):
    """A connection of aiosqlite in whose thread SQLAlchemy's synchronous Core runs.

    ``_execute`` and ``_conn`` are private, and SQLAlchemy's own dialect uses them as well; a test
    holds them to what is needed here, and the version is pinned.
    """

    _stopped: "asyncio.Future[Any] | None" = None

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run work in the connection's thread."""
        execute: Callable[[Callable[[], T]], Awaitable[T]] = self._execute
        return await execute(lambda: work(self._conn))

    def stop(self) -> "asyncio.Future[Any] | None":
        """Have the thread end, and remember what tells when it does."""
        self._stopped = super().stop()
        return self._stopped

    async def open(self) -> None:
        """Open the file in the thread.

        If it cannot be opened, wait for the end of the thread, which aiosqlite does not: the
        thread would report its end to an event loop that may be closed by then.
        """
        try:
            await self
        except BaseException:
            if self._stopped is not None:
                await self._stopped
            raise


class SqliteThread:
    """One connection to the file, with SQLAlchemy Core over it, in one thread."""

    def __init__(self, file: str, *, read_only: bool = False) -> None:
        """Prepare; the file is opened with the first work."""
        self._connect = partial(_connect, file, (*PRAGMAS, *(READ_ONLY if read_only else WRITING)))
        self._changing = asyncio.Lock()  # opening or closing
        self._closed = False
        self._driver: CoreConnection | None = None
        self._core: sqlalchemy.Connection | None = None

    async def run(self, work: Callable[[sqlalchemy.Connection, sqlite3.Connection], T]) -> T:
        """Run work with both connections in the thread; raise ``DatabaseClosed`` after a close."""
        driver, core = await self._opened()
        return await driver.run(partial(work, core))

    async def _opened(self) -> tuple[CoreConnection, sqlalchemy.Connection]:
        async with self._changing:
            if self._closed:
                raise closed()
            if self._driver is None or self._core is None:
                driver = CoreConnection(self._connect, CURSOR_ROWS)
                await driver.open()
                try:
                    self._core = await driver.run(_core)
                except BaseException:
                    await driver.close()
                    raise
                self._driver = driver
            return self._driver, self._core

    async def close(self) -> None:
        """Finish what was begun, close the file and end the thread."""
        async with self._changing:
            self._closed = True
            driver, self._driver = self._driver, None
            core, self._core = self._core, None
        if driver is not None and core is not None:
            try:
                await driver.run(lambda _: core.close())
            finally:
                await driver.close()


def _connect(file: str, pragmas: Sequence[str]) -> sqlite3.Connection:
    """Open the file with every pragma, and without the driver's own transactions.

    Raises ``WrongDatabase`` for one that was replaced under its write-ahead log.
    """
    opened = OPEN_FILES.connect(Path(file))
    try:
        for pragma in pragmas:
            opened.execute(pragma).fetchall()
    except BaseException:
        opened.close()
        raise
    return opened


def _core(opened: sqlite3.Connection) -> sqlalchemy.Connection:
    """Build SQLAlchemy's connection over an open one."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: opened,
        poolclass=NullPool,
        pool_reset_on_return=None,  # whoever ran a transaction has ended it
        hide_parameters=True,
    )
    return engine.connect()
