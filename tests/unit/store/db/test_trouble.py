"""What is wrong with the database, or its disk, is told from what is wrong with a message."""

import asyncio
import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from store.db.connection import Connection
from store.db.trouble import Trouble, trouble_of
from store.model.errors import KeyringError
from tests.unit.store.db.notes import note, notes


def refused(state: str) -> DBAPIError:
    """As PostgreSQL's driver raises it."""
    own = Exception("refused")
    own.sqlstate = state  # type: ignore[attr-defined]
    return DBAPIError("insert", None, own)


def write_much(connection: Connection) -> None:
    for number in range(1000):
        connection.execute(note(f"{number} {'x' * 1000}"))


async def test_a_file_that_cannot_grow_is_full(tmp_path: Path) -> None:
    async with notes(tmp_path) as engine:
        limit = "PRAGMA max_page_count=20"
        await engine._writer.run(lambda _, driver: driver.execute(limit).fetchall())
        with pytest.raises(DBAPIError) as full:
            await engine.write(write_much, b"")
    assert trouble_of(full.value) is Trouble.FULL


async def test_a_file_that_somebody_else_writes_to_is_away(tmp_path: Path) -> None:
    async with notes(tmp_path) as engine:
        await engine._writer.run(
            lambda _, driver: driver.execute("PRAGMA busy_timeout=0").fetchall()
        )
        with closing(sqlite3.connect(tmp_path / "notes.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(DBAPIError) as locked:
                await engine.write(lambda connection: connection.execute(note("one")), b"")
    assert trouble_of(locked.value) is Trouble.AWAY


async def test_what_a_work_does_wrong_is_its_own_fault(tmp_path: Path) -> None:
    async with notes(tmp_path) as engine:
        await engine.write(lambda connection: connection.execute(note("one")), b"")
        with pytest.raises(IntegrityError) as twice:
            await engine.write(lambda connection: connection.execute(note("one")), b"")
        with pytest.raises(DBAPIError) as wrong:
            await engine.write(lambda connection: connection.core.execute(text("nonsense")), b"")
    assert trouble_of(twice.value) is None
    assert trouble_of(wrong.value) is None


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (OSError(errno.ENOSPC, "no room"), Trouble.FULL),
        (OSError(errno.EDQUOT, "no room"), Trouble.FULL),
        (ConnectionRefusedError(), Trouble.AWAY),
        (OSError(errno.EIO, "it broke"), Trouble.AWAY),
        (TimeoutError(), None),
        (OSError("something else"), None),
        (refused("53100"), Trouble.FULL),
        (refused("53300"), Trouble.AWAY),
        (refused("57P03"), Trouble.AWAY),
        (refused("08006"), Trouble.AWAY),
        (refused("40001"), Trouble.AWAY),
        (refused("22003"), None),
        (refused("23505"), None),
        (ValueError(), None),
        (asyncio.QueueFull(), None),
    ],
)
def test_errors_of_servers_and_files(error: Exception, trouble: Trouble | None) -> None:
    assert trouble_of(error) is trouble
    behind = KeyringError("the keyring cannot be written")
    behind.__cause__ = error
    assert trouble_of(behind) is trouble


def test_errors_that_cause_each_other_end() -> None:
    one, other = ValueError(), KeyError()
    one.__cause__, other.__cause__ = other, one
    assert trouble_of(one) is None
