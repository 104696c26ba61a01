"""SQLite through aiosqlite: transactions that wait share one hop to its thread and one commit.

WAL mode, every commit on the disk before it is answered, deleted bytes overwritten, temporary
tables in memory. A hop for each statement would cost more than the statement; a hop for each
group of transactions costs little, and leaves the event loop free while the disk is waited for.
"""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import sqlalchemy
from sqlalchemy.exc import DatabaseError, InvalidRequestError

from store.db.connection import Connection
from store.db.engine import Work, closed, completed
from store.db.fixed_statements import control
from store.db.loop_pause import paused
from store.db.sqlite_checkpoint import SharedCheckpoint, ended_within
from store.db.sqlite_files import raise_number, was_interrupted
from store.db.sqlite_thread import SqliteThread
from store.model.failpoint import failpoint

T = TypeVar("T")

Clock = Callable[[], float]
"""CPU seconds of the calling thread."""

Pause = Callable[[], AbstractContextManager[None]]
"""Holds the event loop while statements run."""

CHECKPOINT_SECONDS = 5.0
"""How long an answer waits for deleted bytes to leave the disk before it says that they will."""

TRANSACTIONS_TOGETHER = 32
"""Transactions that share one commit at most, so that nobody waits long for those behind."""

GROUP_SECONDS = 0.05
"""After so much CPU time no further transaction begins in a group: somebody waits for the first.

Not wall time: with a busy event loop the thread mostly waits for the interpreter's lock, and then
every transaction would have a commit of its own just when commits should be shared."""

BUSY = (
    "Another program is writing to the database file. Stop the bot, or whatever else uses the "
    "file, and try again."
)
UNUSABLE = (
    "The database file cannot be opened as one. Check store.url in the config, the "
    "file's owner and the free disk space; or restore the file from a backup."
)
DAMAGED = (
    "The database file is damaged: its pages do not fit together. Stop the bot, keep a copy of "
    "the folder, and restore it from a backup, without the files beside it (docs/operators.md)."
)


@dataclass(slots=True)
class Transaction(Generic[T]):
    """Work that waits for its turn, and how it ended."""

    work: Work[T] = field(repr=False)
    ended: "asyncio.Future[T]" = field(repr=False)
    result: T | None = field(default=None, repr=False)
    error: BaseException | None = field(default=None, repr=False)

    def answer(self) -> None:
        """Let whoever waits have the result or the error."""
        if self.error is not None:
            self.ended.set_exception(self.error)
        else:
            self.ended.set_result(self.result)  # type: ignore[arg-type] # T may be None

    def fail(self, error: BaseException) -> None:
        """Let whoever waits have an error that came before the work ran, or after it."""
        self.error = error
        self.answer()


class SqliteEngine:
    """One file with one thread that writes and one that reads."""

    def __init__(self, file: str, clock: Clock = time.thread_time) -> None:
        """Prepare; the file is opened with the first work."""
        self._file = file
        self._writer, self._reader = SqliteThread(file), SqliteThread(file, read_only=True)
        self._clock = clock
        self._waiting: deque[Transaction[Any]] = deque()
        self._using_writer = asyncio.Lock()
        self._checkpoint = SharedCheckpoint(self._writer, self._using_writer)
        self._serving: asyncio.Task[None] | None = None
        self._closed = False

    def exists(self) -> bool:
        """Check whether the file is there; the first work would make it."""
        return Path(self._file).is_file()

    def was_interrupted(self) -> bool:
        """Check whether somebody uses the file, or ended without closing it."""
        return was_interrupted(Path(self._file))

    async def damage(self) -> str | None:
        """Look at every page; say that the file is damaged, or return None."""
        found = await self.read(lambda c: c.core.exec_driver_sql("PRAGMA quick_check(1)").scalar())
        return None if found == "ok" else DAMAGED

    async def write(self, work: Work[T], lock: bytes) -> T:
        """Run work behind a savepoint of its own, in one commit with others that wait.

        All of them wait for each other, so that ``lock`` is held anyway.
        """
        del lock
        if self._closed:
            raise closed()
        transaction = Transaction(work, asyncio.get_running_loop().create_future())
        self._waiting.append(transaction)
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve())
        return await completed(transaction.ended)

    async def _serve(self) -> None:
        """Commit one group after the other until nobody waits."""
        try:
            while self._waiting:
                await self._gather()
                async with self._using_writer:
                    await self._commit_group()
        except BaseException as error:
            while self._waiting:  # with their event loop at its end, they must not wait on
                self._waiting.popleft().fail(error)
            raise
        finally:
            self._serving = None

    async def _gather(self) -> None:
        """Let transactions join the next group as long as more of them come at once."""
        before = 0
        while before < len(self._waiting) < TRANSACTIONS_TOGETHER:
            before = len(self._waiting)
            await asyncio.sleep(0)

    async def _commit_group(self) -> None:
        group = [
            self._waiting.popleft() for _ in range(min(TRANSACTIONS_TOGETHER, len(self._waiting)))
        ]
        try:
            pause = partial(paused, asyncio.get_running_loop(), GROUP_SECONDS)
            ran = await self._writer.run(partial(_run_group, group, self._clock, pause))
        except BaseException as error:
            for transaction in group:
                transaction.fail(error)
            if isinstance(error, asyncio.CancelledError):
                raise
        else:
            self._waiting.extendleft(reversed(group[ran:]))
            for transaction in group[:ran]:
                transaction.answer()

    async def read(self, work: Work[T]) -> T:
        """Run work on one state of the file, beside whatever is being written."""
        return await completed(asyncio.ensure_future(self._reader.run(partial(_read, work))))

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Hold the write lock of the file by a connection of its own."""
        holder = SqliteThread(self._file)
        try:
            await holder.run(lambda _, driver: driver.execute("BEGIN IMMEDIATE"))
            yield
        finally:
            await holder.close()

    async def scrub(self) -> bool:
        """Move the WAL into the file and truncate it; return False if readers kept it busy.

        After it nothing that was deleted is left on the disk. Whoever waits shares the next
        checkpoint, and nobody waits for longer than ``CHECKPOINT_SECONDS``.
        """
        now = asyncio.get_running_loop().time
        until = now() + CHECKPOINT_SECONDS
        while (left := until - now()) > 0:
            trying = ended_within(self._checkpoint.next(), left)
            if await completed(asyncio.ensure_future(trying)):
                return True
        return False

    def explain(self, error: Exception) -> str | None:
        """Say that the file is locked, or no database; None for another kind of error."""
        cause = error.orig if isinstance(error, DatabaseError) else error
        if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            return BUSY
        if getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT:
            return DAMAGED
        return UNUSABLE if isinstance(cause, sqlite3.Error) else None

    async def close(self) -> None:
        """Commit what waits and close both connections, also if the caller is cancelled."""
        self._closed = True
        await completed(asyncio.ensure_future(self._close()))

    async def _close(self) -> None:
        if self._serving is not None:
            await asyncio.wait({self._serving})
        try:
            async with self._using_writer:
                await self._writer.close()
            await self._checkpoint.ended()
        finally:
            await self._reader.close()


def _run_group(
    group: Sequence[Transaction[Any]],
    clock: Clock,
    pause: Pause,
    core: sqlalchemy.Connection,
    driver: sqlite3.Connection,
) -> int:
    """Run transactions in one commit, each behind a savepoint; return how many ran.

    If one of them kept all from being committed, each that ran runs once more, in a commit of its
    own, so that strangers do not fail with it. If not even BEGIN succeeds, it raises.
    """
    ran, one_by_one = _run_together(group, clock, pause, core, driver)
    locked: BaseException | None = None
    for transaction in group[:ran] if one_by_one else ():
        transaction.result, transaction.error = None, locked
        if locked is None:
            try:
                _run_together([transaction], clock, pause, core, driver)
            except BaseException as error:  # noqa: BLE001 - raised where the work was handed in
                transaction.error = locked = error  # one BEGIN was waited for: not each in turn
    return ran


def _run_together(
    group: Sequence[Transaction[Any]],
    clock: Clock,
    pause: Pause,
    core: sqlalchemy.Connection,
    driver: sqlite3.Connection,
) -> tuple[int, bool]:
    """Run transactions in one commit; return how many ran, and whether to run each alone.

    Some errors, a full disk for one, make SQLite undo the whole transaction, or refuse the commit:
    then every one that ran has failed, and none of them is on the disk.
    """
    ran, one_by_one, committed = 0, False, False
    error: BaseException | None = None
    try:
        _begin("BEGIN IMMEDIATE", core, driver)
        changes = driver.total_changes
        with pause():
            until = clock() + GROUP_SECONDS
            while ran < len(group) and driver.in_transaction and not (ran and clock() > until):
                ran += 1
                _run_one(group[ran - 1], core, driver)
        if driver.in_transaction:
            if driver.total_changes != changes:
                raise_number(driver)
            failpoint("commit")
            control(driver, "COMMIT")
            committed = True
            failpoint("committed")
        else:
            error, one_by_one = group[ran - 1].error, True
    except BaseException as failure:
        if not ran:
            raise
        error, one_by_one = failure, isinstance(failure, Exception) and not committed
    finally:
        core.rollback()
        _roll_back(driver)
    for transaction in group[:ran] if error is not None else ():
        transaction.error = transaction.error or error
    return ran, one_by_one and ran > 1


def _run_one(
    transaction: Transaction[Any], core: sqlalchemy.Connection, driver: sqlite3.Connection
) -> None:
    """Run one transaction, and keep its result or its error; only its own writing is undone."""
    connection = _connection(core, driver)
    driver.execute("SAVEPOINT work")
    try:
        transaction.result = _result(transaction.work, connection)
    except BaseException as error:  # noqa: BLE001 - it is raised where the work was handed in
        transaction.error = error
        connection.undo()
    if not driver.in_transaction:
        transaction.error = transaction.error or InvalidRequestError(
            "The database has undone the transaction, and the work went over the error."
        )
        return
    if connection.undone:
        driver.execute("ROLLBACK TO work")
    driver.execute("RELEASE work")


def _connection(core: sqlalchemy.Connection, driver: sqlite3.Connection) -> Connection:
    return Connection(core, lambda: driver.in_transaction, driver)


def _result(work: Work[T], connection: Connection) -> T:
    """Run work; a ``StopIteration`` of its own cannot be raised where somebody awaits it."""
    try:
        return work(connection)
    except StopIteration as error:
        raise RuntimeError("The work raised StopIteration.") from error


def _read(work: Work[T], core: sqlalchemy.Connection, driver: sqlite3.Connection) -> T:
    _begin("BEGIN", core, driver)
    try:
        return _result(work, _connection(core, driver))
    finally:
        core.rollback()
        _roll_back(driver)


def _begin(command: str, core: sqlalchemy.Connection, driver: sqlite3.Connection) -> None:
    """Begin a transaction, and have SQLAlchemy know: else it undoes one after some errors."""
    control(driver, command)
    core.begin()


def _roll_back(driver: sqlite3.Connection) -> None:
    """End a transaction, of which SQLAlchemy need not know; do nothing if none is open."""
    if driver.in_transaction:
        driver.execute("ROLLBACK")
