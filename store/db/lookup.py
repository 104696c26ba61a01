"""Looking for one of several ids, and deleting not too much at once.

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
"""Nobody waits long for the end of what is over: after so many others have their turn."""

NONE: ColumnElement[int] = literal_column("0")
"""No hour. Written out, so that SQLite sees that an index of the timed rows is enough."""

S = TypeVar("S", bound=Executable)


def delete_some(table: Table, over: ColumnElement[bool]) -> Delete:
    """Of the rows that are over, as many as are deleted at once."""
    some = select(table.c.id).where(over).limit(ROWS_AT_ONCE)
    return delete(table).where(table.c.id.in_(some))


class AnyOfStatement(Generic[S]):
    """A statement about the rows in which a column has one of some values."""

    def __init__(self, column: Column[bytes], make: Callable[[ColumnElement[bool]], S]) -> None:
        """``make`` builds the statement from its condition."""
        self._column, self._make = column, make
        self._made: dict[int, S] = {}

    def __call__(self, ids: Sequence[bytes]) -> tuple[S, dict[str, bytes]]:
        """The statement for so many values, and the values: what ``execute`` takes."""
        count = len(ids)
        if count not in self._made:
            slots: list[BindParameter[bytes]] = [bindparam(f"id_{n}") for n in range(count)]
            self._made[count] = self._make(self._column.in_(slots))
        return self._made[count], {f"id_{n}": each for n, each in enumerate(ids)}
