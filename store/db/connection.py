"""A connection inside one transaction: what store code runs its statements on."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar, TypeVarTuple, overload

import sqlalchemy
from sqlalchemy import CursorResult, Executable, ScalarResult
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import TypedReturnsRows

from store.db.fixed_statements import FixedResult, fixed_statement
from store.model.failpoint import failpoint

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


def _name_of(statement: UpdateBase) -> str:
    return f"sql {statement.__visit_name__} {statement.entity_description['name']}"


class Connection:
    """A connection inside one transaction. Only an engine begins and ends transactions."""

    def __init__(
        self,
        core: sqlalchemy.Connection,
        is_open: Callable[[], bool],
        driver: sqlite3.Connection | None = None,
    ) -> None:
        """Wrap a connection; ``is_open`` asks the database whether the transaction still is.

        ``driver``: what runs fixed statements beside SQLAlchemy.
        """
        self.core = core
        self._driver = driver
        self.undone = False
        """What was written is rolled back when the work ends."""
        self.lost: DBAPIError | None = None
        """The error after which the database rolled back: a statement would be autocommitted."""
        self._is_open = is_open

    @overload
    def execute(
        self, statement: TypedReturnsRows[*Ts], parameters: Parameters | None = None
    ) -> "CursorResult[*Ts] | FixedResult[*Ts]": ...

    @overload
    def execute(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> "CursorResult[*tuple[Any, ...]] | FixedResult[*tuple[Any, ...]]": ...

    def execute(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> "CursorResult[*tuple[Any, ...]] | FixedResult[*tuple[Any, ...]]":
        """Execute one statement; one that comes again is fixed, with its values beside it.

        Raises ``InvalidRequestError`` if an earlier error made the database roll back the
        transaction.
        """
        if self.lost is not None:
            raise InvalidRequestError("The transaction was undone; nothing is added to it.")
        if isinstance(statement, UpdateBase):
            failpoint(partial(_name_of, statement))
        try:
            if self._driver is not None and parameters:
                rows = (parameters,) if isinstance(parameters, Mapping) else parameters
                fixed = fixed_statement(statement, rows[0], self.core.dialect)
                if fixed is not None:
                    return fixed.run(self._driver, rows)
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
