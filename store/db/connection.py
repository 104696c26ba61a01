"""A connection inside one transaction, whose statements run where they are called.

A statement of SQLite is a function call of microseconds; a hop to another thread and back costs
many times that. So only what may wait for the disk, or for another process, goes to a thread.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar, TypeVarTuple, overload

import sqlalchemy
from sqlalchemy import CursorResult, Executable, ScalarResult
from sqlalchemy.exc import DatabaseError, InvalidRequestError
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import TypedReturnsRows

from store.model.failpoint import failpoint

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class DatabaseThread:
    """The one thread that may wait for the disk, or for another process that has the file."""

    def __init__(self) -> None:
        """Prepare the thread; it starts with the first call."""
        self._pool = ThreadPoolExecutor(1, "database")

    async def complete(self, work: Callable[[], T]) -> "CompletedCall[T]":
        """Run ``work`` to its end, even if the caller is cancelled meanwhile.

        Otherwise a transaction could begin, or end, after the one who wanted it has gone.
        """
        done = asyncio.get_running_loop().run_in_executor(self._pool, work)
        cancelled = False
        while not done.done():
            try:
                await asyncio.wait({done})
            except asyncio.CancelledError:
                cancelled = True
        return CompletedCall(done, cancelled)

    async def __call__(self, work: Callable[[], T]) -> T:
        """Run ``work`` to its end; raise ``CancelledError`` then if the caller was cancelled."""
        return (await self.complete(work)).result()

    def close(self) -> None:
        """Accept no more work."""
        self._pool.shutdown(wait=False)


@dataclass(frozen=True, slots=True)
class CompletedCall(Generic[T]):
    """A call that ran to its end."""

    done: "asyncio.Future[T]"
    cancelled: bool
    """The caller was cancelled meanwhile; ``CancelledError`` is still to be raised."""

    @property
    def error(self) -> BaseException | None:
        """Return the exception that the call raised, if any."""
        return self.done.exception()

    def result(self) -> T:
        """Return the result of the call, or raise its error; a cancelled caller gets neither."""
        if self.cancelled and self.error is None:
            raise asyncio.CancelledError
        return self.done.result()


class Connection:
    """A connection inside one transaction. Only ``Database`` begins and ends transactions."""

    def __init__(self, opened: sqlalchemy.Connection, thread: DatabaseThread) -> None:
        """Wrap a connection that belongs to one task at a time."""
        self.opened = opened
        self.thread = thread
        self.in_thread = False
        """Statements go to the thread: those of upkeep may take long by themselves."""
        self._lost = False  # SQLite rolled back by itself; a statement now would be autocommitted

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*Ts], parameters: Parameters | None = None
    ) -> CursorResult[*Ts]: ...

    @overload
    async def execute(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> CursorResult[*tuple[Any, ...]]: ...

    async def execute(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Execute one statement.

        Raises ``InvalidRequestError`` if an earlier error made SQLite roll back the transaction.
        """
        if self._lost:
            raise InvalidRequestError("SQLite has undone the transaction; nothing is added to it.")
        if isinstance(statement, UpdateBase):
            failpoint(f"sql {statement.__visit_name__} {statement.entity_description['name']}")
        run = partial(self.opened.execute, statement, parameters)
        try:
            return await self.thread(run) if self.in_thread else run()
        except DatabaseError:
            self._lost = not self.in_transaction
            raise

    async def scalar(self, statement: TypedReturnsRows[T]) -> T | None:
        """Execute a statement and return the first column of its first row."""
        return (await self.execute(statement)).scalar()

    async def scalars(self, statement: TypedReturnsRows[T]) -> ScalarResult[T]:
        """Execute a statement and return the first column of every row."""
        return (await self.execute(statement)).scalars()

    async def run_sync(self, work: Callable[[sqlalchemy.Connection], T]) -> T:
        """Run ``work`` with SQLAlchemy's own connection, in the thread: it may take long."""
        return await self.thread(partial(work, self.opened))

    @property
    def in_transaction(self) -> bool:
        """Ask SQLite whether the transaction is open: some errors make it roll back by itself."""
        driver: Any = self.opened.connection.driver_connection
        return bool(driver.in_transaction)

    def begin_read(self) -> None:
        """Begin a transaction that sees one state of the file."""
        self._lost = False
        self.opened.exec_driver_sql("BEGIN")

    def savepoint(self) -> None:
        """Open a savepoint."""
        self._lost = False
        self._command("SAVEPOINT turn")

    def release_savepoint(self) -> None:
        """Keep what was written since the savepoint in the transaction."""
        self._command("RELEASE turn")

    def undo_savepoint(self) -> None:
        """Roll back to the savepoint and close it."""
        self._command("ROLLBACK TO turn")
        self._command("RELEASE turn")

    def roll_back(self) -> None:
        """Roll back to the savepoint; more may be written after it."""
        self._command("ROLLBACK TO turn")

    def _command(self, sql: str) -> None:
        driver: Any = self.opened.connection.driver_connection
        driver.execute(sql)
