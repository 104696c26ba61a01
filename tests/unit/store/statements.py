"""What SQLAlchemy executes, whichever engine and thread it does so in."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy
from sqlalchemy import event

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

    event.listen(sqlalchemy.Engine, "before_cursor_execute", note)
    try:
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
