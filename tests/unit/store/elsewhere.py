"""Another process that uses the same database file: a command beside the bot, or a backup."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def writing_elsewhere(folder: Path) -> Iterator[None]:
    """Hold the file's write lock."""
    with _transaction(folder, "BEGIN IMMEDIATE"):
        yield


@contextmanager
def reading_elsewhere(folder: Path) -> Iterator[None]:
    """Keep a snapshot of the file open, which no checkpoint can pass."""
    with _transaction(folder, "BEGIN", "SELECT name FROM house"):
        yield


@contextmanager
def _transaction(folder: Path, *statements: str) -> Iterator[None]:
    other = sqlite3.connect(folder / "data" / "holdfast.db", isolation_level=None)
    try:
        for statement in statements:
            other.execute(statement).fetchall()
        yield
    finally:
        other.close()
