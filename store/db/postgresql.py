"""PostgreSQL through asyncpg: serializable transactions, tried again when they meet each other.

Works with the same lock take it for their session, before the transaction begins. A lock that a
transaction takes itself would come too late: the statement that waits for it has taken the
snapshot already, and the transaction would not see what it waited for. A session belongs to one
connection, so no pooler in transaction mode may stand in between.

Nobody waits in the server for a lock of an account: a process holds one although it is dead to
everybody, until the server notices. Whoever meets a lock gives the session back, pauses, and tries
again, so that others write meanwhile.

One process writes in one transaction at a time, as on SQLite: it has one session to write. Two at
once would meet almost always: in a small table all keys lie on the same page of an index, and
PostgreSQL notes what was looked for by the page.
"""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import URL

from store.db.engine import Work, closed, completed
from store.db.postgresql_errors import explain, sqlstate
from store.db.postgresql_sessions import Locks, Session, Sessions
from store.db.schema import metadata
from store.model.failpoint import failpoint

T = TypeVar("T")

WRITERS, READERS = 1, 4
"""Sessions at most."""

TRIES = {"40001": 12, "40P01": 12, "23505": 3}
"""How often work is tried at most that ends with this SQLSTATE: a serialization failure, a
deadlock, or a unique key that two transactions found free at once. The last is usually a fault
that stays, so it is tried less often."""

TRIES_TOGETHER = 4
"""After so many tries no other process writes meanwhile, so that each work has its turn."""

FIRST_PAUSE, LONGEST_PAUSE = 0.002, 0.25
"""Seconds of which a random part is waited before the second try, and before the last ones."""

LOCK_SECONDS = 30.0
"""How long one tries to take a lock that another process holds."""

BEGIN = "BEGIN ISOLATION LEVEL SERIALIZABLE"
BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


VACUUM = f"VACUUM (SKIP_LOCKED) {', '.join(metadata.tables)}"
"""A millisecond or two for each table, however large it is: most pages need not be looked at."""


@dataclass(slots=True)
class HeldLock:
    """A lock inside this process, and how many works hold it or wait for it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class PostgresqlEngine:
    """One database on a server."""

    def __init__(
        self,
        url: URL,
        chance: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Prepare; the first work connects. ``chance`` draws from 0 to 1."""
        self._chance, self._sleep = chance, sleep
        self._writers, self._readers = Sessions(url, WRITERS), Sessions(url, READERS)
        self._locks: dict[int, HeldLock] = {}
        self._running: set[asyncio.Future[Any]] = set()
        self._closed = False

    def exists(self) -> bool:
        """Return True: only the server knows."""
        return True

    def was_interrupted(self) -> bool:
        """Return False: the server recovers by itself before anybody connects."""
        return False

    async def damage(self) -> str | None:
        """Return None: damage is noticed by the server, where its checksums are switched on."""
        return None

    async def write(self, work: Work[T], lock: bytes) -> T:
        """Run work in a serializable transaction, and again if others got in its way.

        ``lock`` must not be guessable: a number derived from it is written to the server's log
        if somebody waits for it long.
        """
        return await self._completed(self._write(work, lock_key(lock) if lock else None))

    async def _write(self, work: Work[T], key: int | None) -> T:
        async with self._alone(key):
            for tried in count(1):
                try:
                    return await self._write_once(work, key, together=tried <= TRIES_TOGETHER)
                except Exception as error:
                    if tried >= TRIES.get(sqlstate(error), 0):
                        raise
                await self._pause(tried)
        raise AssertionError("the tries are counted above")

    async def _pause(self, tried: int) -> None:
        await self._sleep(self._chance() * min(FIRST_PAUSE * 2 ** min(tried, 10), LONGEST_PAUSE))

    @asynccontextmanager
    async def _alone(self, key: int | None) -> AsyncIterator[None]:
        """Wait without a session while other work of this process has the lock."""
        if key is None:
            yield
            return
        held = self._locks.setdefault(key, HeldLock())
        held.users += 1
        try:
            async with held.lock:
                yield
        finally:
            held.users -= 1
            if not held.users:
                del self._locks[key]

    async def _write_once(self, work: Work[T], key: int | None, *, together: bool) -> T:
        async with self._locked(Locks(WRITING, key, together)) as session:
            await session.execute(BEGIN)
            result, undone = await session.run(work)
            failpoint("commit")
            await session.end("ROLLBACK" if undone else "COMMIT")
            failpoint("committed")
            return result

    @asynccontextmanager
    async def _locked(self, locks: Locks) -> AsyncIterator[Session]:
        """Take the session that writes, with the locks; wait for them without it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LOCK_SECONDS
        for tried in count(1):
            async with self._writers.take(lambda session: session.lock(locks)) as session:
                if session.locked:
                    yield session
                    return
            if loop.time() > until:
                raise asyncpg.LockNotAvailableError("another process holds the lock")
            await self._pause(tried)

    async def read(self, work: Work[T]) -> T:
        """Run work on one state of the database, which it cannot change."""
        return await self._completed(self._read(work))

    async def _read(self, work: Work[T]) -> T:
        async with self._readers.take(lambda s: s.execute(BEGIN_READING)) as session:
            result, _ = await session.run(work)
            await session.end("COMMIT")
            return result

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Hold the lock that everybody takes who writes."""
        async with self._locked(Locks(WRITING, None, together=False)) as session:
            yield
            await session.unlock()

    async def scrub(self) -> bool:
        """Let the space of deleted rows be used again, so that other bytes take their place.

        Return True, because waiting longer would not help: until then the bytes stay in the files
        of the tables, and in the write-ahead log until its segments are recycled. Reporters are
        told so (``Settings.keeps_remains``).
        """
        await self._completed(self._vacuum())
        return True

    async def _vacuum(self) -> None:
        failpoint("vacuum")
        try:
            async with self._readers.take(lambda s: s.execute(VACUUM)):
                failpoint("vacuumed")
        except Exception as error:
            if explain(error) is None:
                raise  # else the next upkeep tries again; what was deleted is deleted

    async def close(self) -> None:
        """Wait for what runs, and close every session, also if the caller is cancelled."""
        self._closed = True
        await completed(asyncio.ensure_future(self._close()))

    async def _close(self) -> None:
        if self._running:
            await asyncio.wait(self._running)
        await self._writers.close()
        await self._readers.close()

    def explain(self, error: Exception) -> str | None:
        """Say why the database cannot be used, and what to do; None for another kind of error."""
        return explain(error)

    async def _completed(self, work: Coroutine[Any, Any, T]) -> T:
        if self._closed:
            work.close()
            raise closed()
        running = asyncio.ensure_future(work)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return await completed(running)


def lock_key(lock: bytes) -> int:
    """Derive the number by which PostgreSQL knows a lock."""
    return int.from_bytes(hashlib.blake2b(lock, digest_size=8).digest(), signed=True)


WRITING = lock_key(b"holdfast: writing")
"""Held by everybody who writes: together, or by one alone who got in the way of others."""
