"""What a transaction is worked with: statements that run where they are called.

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


class FileThread:
    """The one thread that may wait for the disk, or for another process that has the file."""

    def __init__(self) -> None:
        """The thread begins with the first work."""
        self._pool = ThreadPoolExecutor(1, "database")

    async def finish(self, work: Callable[[], T]) -> "FinishedCall[T]":
        """To the end, also if its caller is cancelled meanwhile.

        Otherwise a transaction could begin, or end, after the one who wanted it has gone.
        """
        done = asyncio.get_running_loop().run_in_executor(self._pool, work)
        cancelled = False
        while not done.done():
            try:
                await asyncio.wait({done})
            except asyncio.CancelledError:
                cancelled = True
        return FinishedCall(done, cancelled)

    async def __call__(self, work: Callable[[], T]) -> T:
        """The same, for work whose result nobody needs who was cancelled."""
        return (await self.finish(work)).result()

    def end(self) -> None:
        """No more work comes."""
        self._pool.shutdown(wait=False)


@dataclass(frozen=True, slots=True)
class FinishedCall(Generic[T]):
    """Work that came to its end."""

    done: "asyncio.Future[T]"
    cancelled: bool
    """Somebody cancelled its caller meanwhile; that is still to be raised."""

    @property
    def error(self) -> BaseException | None:
        """What went wrong with it."""
        return self.done.exception()

    def result(self) -> T:
        """What came of it, unless its caller was cancelled."""
        if self.cancelled and self.error is None:
            raise asyncio.CancelledError
        return self.done.result()


class Connection:
    """A connection inside one transaction. Only ``Database`` begins and ends those."""

    def __init__(self, opened: sqlalchemy.Connection, thread: FileThread) -> None:
        """Over a connection that belongs to one task at a time."""
        self.opened = opened
        self.thread = thread
        self.far = False
        """Statements go to the thread: those of upkeep may take long by themselves."""
        self._lost = False  # what came now would be committed by itself

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
        """One statement."""
        if self._lost:
            raise InvalidRequestError("SQLite has undone the transaction; nothing is added to it.")
        if isinstance(statement, UpdateBase):
            failpoint(f"sql {statement.__visit_name__} {statement.entity_description['name']}")
        run = partial(self.opened.execute, statement, parameters)
        try:
            return await self.thread(run) if self.far else run()
        except DatabaseError:
            self._lost = not self.in_transaction
            raise

    async def scalar(self, statement: TypedReturnsRows[T]) -> T | None:
        """The first column of the first row."""
        return (await self.execute(statement)).scalar()

    async def scalars(self, statement: TypedReturnsRows[T]) -> ScalarResult[T]:
        """The first column of every row."""
        return (await self.execute(statement)).scalars()

    async def run_sync(self, work: Callable[[sqlalchemy.Connection], T]) -> T:
        """Something that wants SQLAlchemy's own connection; it may take long."""
        return await self.thread(partial(work, self.opened))

    @property
    def in_transaction(self) -> bool:
        """As SQLite sees it: some errors make it roll back everything by itself."""
        driver: Any = self.opened.connection.driver_connection
        return bool(driver.in_transaction)

    def read(self) -> None:
        """From here on one state of the file is seen."""
        self._lost = False
        self.opened.exec_driver_sql("BEGIN")

    def save(self) -> None:
        """From here on can be undone by itself."""
        self._lost = False
        self._command("SAVEPOINT turn")

    def keep(self) -> None:
        """What came since ``save`` is part of the transaction."""
        self._command("RELEASE turn")

    def undo(self) -> None:
        """What came since ``save`` did not happen."""
        self._command("ROLLBACK TO turn")
        self._command("RELEASE turn")

    def roll_back(self) -> None:
        """What was written in this turn so far did not happen; more may follow."""
        self._command("ROLLBACK TO turn")

    def _command(self, sql: str) -> None:
        driver: Any = self.opened.connection.driver_connection
        driver.execute(sql)
