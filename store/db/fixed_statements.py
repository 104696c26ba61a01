"""Run fixed statements on SQLite's driver, compiled once.

SQLAlchemy looks a statement up in its cache, and makes a context, a cursor and a result, each time
that it executes one. For the short statements of a turn that costs several times what SQLite
takes. So a statement that is given its values apart, and is the same at each turn, is compiled
once by SQLAlchemy, and its text is given to the driver from then on. What would take more than
that, values that are converted or a list of any length, goes through SQLAlchemy as before.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVarTuple
from weakref import WeakKeyDictionary

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Executable,
    Integer,
    IteratorResult,
    LargeBinary,
    SelectBase,
    String,
    Text,
)
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import NullType

Ts = TypeVarTuple("Ts")

Values = Mapping[str, Any]
Names = tuple[str, ...]

AS_THEY_ARE = (BigInteger, Integer, LargeBinary, NullType, String, Text)
"""Types whose values the driver takes and gives as they are."""

NO_COLUMNS = SimpleResultMetaData(())


class FixedResult(IteratorResult[*Ts]):
    """The rows of a fixed statement, all of them read, and how many it has changed."""

    def __init__(self, cursor: sqlite3.Cursor, columns: SimpleResultMetaData) -> None:
        """Read what the driver has found."""
        super().__init__(columns, iter(cursor.fetchall() if cursor.description else ()))
        self.rowcount = cursor.rowcount


@dataclass(slots=True)
class FixedStatement:
    """The text of a statement, and which value stands at each place of it."""

    sql: str
    places: Names
    constants: Values = field(repr=False)
    """Values that stand in the statement itself."""
    columns: SimpleResultMetaData = NO_COLUMNS

    def run(
        self, driver: sqlite3.Connection, rows: Sequence[Values]
    ) -> FixedResult[*tuple[Any, ...]]:
        """Run it, once with each of these rows of values. Raise ``DBAPIError``."""
        try:
            if len(rows) == 1:
                cursor = driver.execute(self.sql, self.placed(rows[0]))
            else:
                cursor = driver.executemany(self.sql, map(self.placed, rows))
        except sqlite3.Error as error:
            raise _as_sqlalchemy(self.sql, error) from error
        return FixedResult(cursor, self.columns)

    def placed(self, values: Values) -> list[Any]:
        """Return the values in the order of their places."""
        known = {**self.constants, **values} if self.constants else values
        return [known[name] for name in self.places]


def control(driver: sqlite3.Connection, command: str) -> None:
    """Begin or end a transaction. Raise ``DBAPIError``."""
    try:
        driver.execute(command)
    except sqlite3.Error as error:
        raise _as_sqlalchemy(command, error) from error


def _as_sqlalchemy(sql: str, error: sqlite3.Error) -> Exception:
    """Return the error that SQLAlchemy raises for one of the driver; it shows no values."""
    return DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True)


_compiled: "WeakKeyDictionary[Executable, dict[Names, FixedStatement | None]]" = (
    WeakKeyDictionary()
)
"""By statement and the names of its values, as each set of names makes another INSERT of one."""


def fixed_statement(
    statement: Executable, values: Values, dialect: Dialect
) -> FixedStatement | None:
    """Return a statement as it is run with such values; None if SQLAlchemy must execute it."""
    names = tuple(values)
    by_names = _compiled.get(statement)
    if by_names is None:
        by_names = _compiled[statement] = {}
    if names not in by_names:
        by_names[names] = _compile(statement, names, dialect)
    return by_names[names]


def _compile(statement: Executable, names: Names, dialect: Dialect) -> FixedStatement | None:
    if not isinstance(statement, SelectBase | UpdateBase):
        return None
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    if not isinstance(compiled, SQLCompiler) or compiled.positiontup is None:
        return None
    columns = list[ColumnElement[Any]]()
    if isinstance(statement, SelectBase):
        columns += statement.selected_columns
    binds = [compiled.binds[name] for name in compiled.positiontup]
    types = {type(each.type) for each in (*columns, *binds)}
    missing = [bind for bind in binds if bind.required and bind.key not in names]
    unusual = compiled.post_compile_params or compiled.literal_execute_params
    if unusual or compiled.effective_returning or missing or not types <= {*AS_THEY_ARE}:
        return None
    constants = {bind.key: bind.effective_value for bind in binds if bind.key not in names}
    return FixedStatement(
        compiled.string,
        tuple(bind.key for bind in binds),
        constants,
        SimpleResultMetaData([str(column.key) for column in columns]) if columns else NO_COLUMNS,
    )
