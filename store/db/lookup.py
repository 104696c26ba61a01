"""Statements that look for one of several ids, or delete a limited number of rows.

An id depends on the day key, so every look-up tries each live day; building the statement anew
each time would cost more than running it.
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Delete,
    Executable,
    Table,
    bindparam,
    delete,
    literal_column,
    select,
)

ROWS_AT_ONCE = 500
"""Rows that one statement deletes at most, so that others do not wait long for it."""

NO_HOUR: ColumnElement[int] = literal_column("0")
"""The hour of a row without one. Written out, so that SQLite can use an index of timed rows."""

S = TypeVar("S", bound=Executable)


def delete_some(table: Table, over: ColumnElement[bool]) -> Delete:
    """Build a statement that deletes at most ``ROWS_AT_ONCE`` of the rows that are over."""
    some = select(table.c.id).where(over).limit(ROWS_AT_ONCE)
    return delete(table).where(table.c.id.in_(some))


class InStatement(Generic[S]):
    """A statement on the rows whose column has one of some values, built once for each count."""

    def __init__(self, column: Column[bytes], build: Callable[[ColumnElement[bool]], S]) -> None:
        """Take the column, and how to build the statement from its condition."""
        self._column, self._build = column, build
        self._built: dict[int, S] = {}

    def __call__(self, ids: Sequence[bytes]) -> tuple[S, dict[str, bytes]]:
        """Return the statement for so many values, and the values, as ``execute`` takes them."""
        count = len(ids)
        statement = self._built.get(count)
        if statement is None:
            slots: list[BindParameter[bytes]] = [bindparam(f"id_{n}") for n in range(count)]
            built = self._build(self._column.in_(slots))
            statement = self._built.setdefault(count, built)  # another thread may have been first
        return statement, {f"id_{n}": each for n, each in enumerate(ids)}
