"""Looking for one of several ids, with statements that are prepared once for each number of them.

An id depends on the day key, so every look-up tries each live day; building the statement anew
each time would cost more than running it.
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy import BindParameter, Column, ColumnElement, Executable, bindparam

S = TypeVar("S", bound=Executable)


class AnyOf(Generic[S]):
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
