"""What SQLAlchemy executes, or the driver in its place, whichever engine and thread does so."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import sqlalchemy
from sqlalchemy import event

from store.db.fixed_statements import FixedResult, FixedStatement

PLANNED = {"SELECT", "INSERT", "UPDATE", "DELETE"}


@dataclass(frozen=True)
class Executed:
    """A statement, and the values of its first row."""

    sql: str
    values: object

    @property
    def selects(self) -> bool:
        """Whether it only reads."""
        return self.sql.startswith("SELECT")


@contextmanager
def executed_statements() -> Iterator[list[Executed]]:
    """Note every statement of this process for as long as the context lasts."""
    noted: list[Executed] = []

    def note(_c: object, _u: object, sql: str, values: object, _x: object, many: bool) -> None:
        noted.append(Executed(sql, values[0] if many and isinstance(values, list) else values))

    run = FixedStatement.run

    def note_and_run(
        fixed: FixedStatement, driver: sqlite3.Connection, rows: Sequence[Mapping[str, Any]]
    ) -> FixedResult[*tuple[Any, ...]]:
        noted.append(Executed(fixed.sql, fixed.placed(rows[0])))
        return run(fixed, driver, rows)

    event.listen(sqlalchemy.Engine, "before_cursor_execute", note)
    try:
        with patch.object(FixedStatement, "run", note_and_run):
            yield noted
    finally:
        event.remove(sqlalchemy.Engine, "before_cursor_execute", note)


def scanned(file: Path, statements: Iterable[Executed]) -> set[str]:
    """Return what these statements read from one end to the other, by the planner of SQLite.

    EXISTS ends at the first row that it finds.
    """
    found = set()
    with closing(sqlite3.connect(file)) as db:
        for sql, values in {each.sql: each.values for each in statements}.items():
            if sql.split()[0] in PLANNED and not sql.startswith("SELECT EXISTS"):
                plan = db.execute(f"EXPLAIN QUERY PLAN {sql}", values)  # type: ignore[arg-type]
                found |= {row[3].split()[-1] for row in plan if row[3].startswith("SCAN")}
    return found - {"ROW"}  # the constant row that is inserted
