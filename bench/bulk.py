"""Fills an SQLite file with many generated rows at once, without the cost of being careful."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

Rows = Mapping[str, Sequence[Mapping[str, object]]]
"""By table, the values of each row by column."""

HASTE = (
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA cache_size=-1000000",  # one GB, so that pages are written once
)


@contextmanager
def filling(file: Path) -> Iterator[sqlite3.Connection]:
    """Open a migrated file that nobody else has open, and commit at the end.

    If anything fails, the file is of no use any more.
    """
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        for pragma in HASTE:
            connection.execute(pragma).fetchall()
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL").fetchall()
    finally:
        connection.close()


def insert(connection: sqlite3.Connection, rows: Rows) -> None:
    """Insert rows of several tables; all rows of a table have the same columns."""
    for table, found in rows.items():
        columns = [*found[0]] if found else []
        insert_into(connection, table, columns, ([*row.values()] for row in found))


def insert_into(
    connection: sqlite3.Connection,
    table: str,
    columns: Sequence[str],
    values: Iterable[Sequence[object]],
) -> None:
    """Insert rows of one table."""
    if columns:
        slots = ", ".join("?" * len(columns))
        named = ", ".join(f'"{column}"' for column in columns)
        statement = f"INSERT INTO {table} ({named}) VALUES ({slots})"  # noqa: S608 - our own names
        connection.executemany(statement, values)
