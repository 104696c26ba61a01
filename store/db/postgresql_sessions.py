"""Sessions of PostgreSQL: connections that stay open, each for one work at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar, cast

import asyncpg
import sqlalchemy
from sqlalchemy import URL, NullPool
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from store.db.connection import Connection
from store.db.engine import Work
from store.db.postgresql_errors import forget_values, is_lost

T = TypeVar("T")

CONNECT_SECONDS = 10
STATEMENT_SECONDS = 60
SETTINGS = {
    "application_name": "holdfast",
    "synchronous_commit": "on",  # an answer is on the disk before it is acknowledged
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",  # a stopped process holds nobody up for ever
    "tcp_keepalives_idle": "30",  # nor does a computer that was unplugged: its locks go with it
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "60s",
    "enable_seqscan": "off",  # reading a whole table conflicts with everybody who writes to it
    "jit": "off",  # compiling would cost more than any of these statements
    "timezone": "UTC",
}
STATEMENTS_CACHED = 500
UNLOCK = "SELECT pg_advisory_unlock_all()"
TRY_TOGETHER = "SELECT pg_try_advisory_lock_shared($1)"
TRY_ONE = "SELECT pg_try_advisory_lock($1)"
ALONE = "SET LOCAL lock_timeout = '{milliseconds}'; SELECT pg_advisory_lock({number})"

ALONE_MILLISECONDS = 500
"""How long one waits in the server to be alone. Nobody else begins to write meanwhile, so that
one's turn comes; but what holds the lock may be a process that is dead, so it is not for long."""


class Driver(Protocol):
    """The part of asyncpg's connection by which transactions begin and end."""

    async def execute(self, query: str) -> str:
        """Execute one statement or more, in one round trip."""
        ...

    async def fetchval(self, query: str, *args: int) -> object:
        """Execute one statement, and return the first value."""
        ...

    def is_in_transaction(self) -> bool:
        """Return whether a transaction is open, also one that has failed."""
        ...

    def is_closed(self) -> bool:
        """Return whether the connection was closed or lost."""
        ...

    def terminate(self) -> None:
        """Close the connection at once; the server rolls back what is open."""
        ...


@dataclass(frozen=True, slots=True)
class Locks:
    """Locks of a session, by their numbers."""

    first: int
    second: int | None
    together: bool
    """The first is shared with everybody else who wants it shared."""


@dataclass(slots=True)
class Session:
    """One connection: as Core for statements, and as the driver's for transactions."""

    core: AsyncConnection
    driver: Driver
    locked: bool = False
    """The session holds locks, which the end of a transaction alone does not release."""

    async def execute(self, command: str) -> None:
        """Execute a command: one that begins a transaction, or stands for itself."""
        await self.driver.execute(command)

    async def lock(self, locks: Locks) -> None:
        """Take all the locks, or none of them if somebody else holds one: see ``locked``."""
        self.locked = True  # one of them, perhaps: an error releases it
        if not (await self._lock_first(locks) and await self._lock_second(locks)):
            await self.unlock()

    async def _lock_first(self, locks: Locks) -> bool:
        if locks.together:
            return bool(await self.driver.fetchval(TRY_TOGETHER, locks.first))
        command = ALONE.format(milliseconds=ALONE_MILLISECONDS, number=locks.first)
        try:
            await self.driver.execute(command)
        except asyncpg.LockNotAvailableError:
            return False
        return True

    async def _lock_second(self, locks: Locks) -> bool:
        if locks.second is None:
            return True
        return bool(await self.driver.fetchval(TRY_ONE, locks.second))

    async def run(self, work: Work[T]) -> tuple[T, bool]:
        """Run work in the open transaction; return its result, and whether it wants it undone."""
        return await self.core.run_sync(partial(_run, work))

    async def end(self, command: str) -> None:
        """Commit or roll back, and release the locks, in one round trip."""
        await self.driver.execute(f"{command}; {UNLOCK}" if self.locked else command)
        self.locked = False

    async def unlock(self) -> None:
        """Release the locks."""
        await self.driver.execute(UNLOCK)
        self.locked = False

    async def reset(self) -> None:
        """Bring the session back to its beginning after an error; if that fails, end it."""
        try:
            if self.driver.is_in_transaction():
                await self.end("ROLLBACK")
            elif self.locked:
                await self.unlock()
        except Exception:  # noqa: BLE001 - whatever it is: the server ends what it held
            self.driver.terminate()

    async def close(self) -> None:
        """Close the connection."""
        await self.core.close()


def _run(work: Work[T], core: sqlalchemy.Connection) -> tuple[T, bool]:
    """Run work; PostgreSQL fails a whole transaction with each statement that fails."""
    connection = Connection(core, lambda: False)
    result = work(connection)
    if connection.lost is not None:
        raise connection.lost
    return result, connection.undone


First = Callable[[Session], Awaitable[None]]
"""What is done first with a session, and shows whether the server still has it."""


class Sessions:
    """At most so many sessions; those that nobody uses stay open."""

    def __init__(self, url: URL, most: int) -> None:
        """Prepare; the first work connects."""
        self._url = url
        self._free = asyncio.Semaphore(most)
        self._idle: list[Session] = []
        self._engine: AsyncEngine | None = None

    @asynccontextmanager
    async def take(self, first: First) -> AsyncIterator[Session]:
        """Take a session in which ``first`` was done, and put it back as it was before."""
        async with self._free:
            session = await self._started(first)
            try:
                yield session
            except BaseException as error:
                forget_values(error)
                await session.reset()
                raise
            finally:
                if session.driver.is_closed():
                    await session.close()
                else:
                    self._idle.append(session)

    async def _started(self, first: First) -> Session:
        """Do what is first; in a new session if the server has ended the open ones."""
        while True:
            is_new = not self._idle
            session = await self._connected() if is_new else self._idle.pop()
            try:
                await first(session)
            except BaseException as error:
                session.driver.terminate()
                await session.close()
                if is_new or not is_lost(error):
                    forget_values(error)
                    raise
            else:
                return session

    async def _connected(self) -> Session:
        if self._engine is None:
            self._engine = _engine(self._url)
        core = await self._engine.connect()
        try:
            driver = (await core.get_raw_connection()).driver_connection
        except BaseException:
            await core.close()
            raise
        return Session(core, cast("Driver", driver))

    async def close(self) -> None:
        """Close the sessions that nobody uses."""
        while self._idle:
            await self._idle.pop().close()


def _engine(url: URL) -> AsyncEngine:
    """Make Core's engine; it never begins a transaction, it executes statements only."""
    return create_async_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": STATEMENT_SECONDS,
            "server_settings": SETTINGS,
            "prepared_statement_cache_size": STATEMENTS_CACHED,
        },
    )
