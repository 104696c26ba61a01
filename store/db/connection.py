"""A connection inside one transaction: what store code runs its statements on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, TypeVarTuple, overload

import sqlalchemy
from sqlalchemy import CursorResult, Executable, ScalarResult
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import TypedReturnsRows

from store.model.failpoint import failpoint

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Connection:
    """A connection inside one transaction. Only an engine begins and ends transactions."""

    def __init__(self, core: sqlalchemy.Connection, is_open: Callable[[], bool]) -> None:
        """Wrap a connection; ``is_open`` asks the database whether the transaction still is."""
        self.core = core
        self.undone = False
        """What was written is rolled back when the work ends."""
        self.lost: DBAPIError | None = None
        """The error after which the database rolled back: a statement would be autocommitted."""
        self._is_open = is_open

    @overload
    def execute(
        self, statement: TypedReturnsRows[*Ts], parameters: Parameters | None = None
    ) -> CursorResult[*Ts]: ...

    @overload
    def execute(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> CursorResult[*tuple[Any, ...]]: ...

    def execute(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Execute one statement.

        Raises ``InvalidRequestError`` if an earlier error made the database roll back the
        transaction.
        """
        if self.lost is not None:
            raise InvalidRequestError("The transaction was undone; nothing is added to it.")
        if isinstance(statement, UpdateBase):
            failpoint(f"sql {statement.__visit_name__} {statement.entity_description['name']}")
        try:
            return self.core.execute(statement, parameters)
        except DBAPIError as error:
            self.lost = None if self._is_open() else error
            raise

    def scalar(self, statement: TypedReturnsRows[T]) -> T | None:
        """Execute a statement and return the first column of its first row."""
        return self.execute(statement).scalar()

    def scalars(self, statement: TypedReturnsRows[T]) -> ScalarResult[T]:
        """Execute a statement and return the first column of every row."""
        return self.execute(statement).scalars()

    def undo(self) -> None:
        """Have everything that this work writes rolled back, although it ends without an error."""
        self.undone = True
