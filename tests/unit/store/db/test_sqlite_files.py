"""Files of two databases are never mixed, and damage is said before anything is written."""

import asyncio
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from store.db.connection import Connection
from store.db.database import Database
from store.db.schema import installation
from store.db.sqlite_files import log_of, mixed_files, was_interrupted
from store.model.errors import WrongDatabase
from tests.kept_parts import empty_database


def at(file: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{file}")


async def write(database: Database, *names: str) -> None:
    """One commit for each name, with a row that fills pages."""
    for name in names:
        row = insert(installation).values(name=name, value=name.encode() * 5000)

        def work(connection: Connection, row: object = row) -> None:
            connection.execute(row)  # type: ignore[call-overload]

        await database.transaction(work)


@pytest.fixture(name="live")
async def _live(tmp_path: Path) -> AsyncIterator[tuple[Path, Database]]:
    """A database that is in use, with its file."""
    file = tmp_path / "live" / "holdfast.db"
    file.parent.mkdir()
    file.write_bytes(await empty_database())
    database = at(file)
    await database.migrate()
    yield file, database
    await database.close()


def killed(file: Path, folder: Path) -> Path:
    """The files as they stand if the program is killed now."""
    folder.mkdir(exist_ok=True)
    for each in (file, log_of(file)):
        if each.exists():
            shutil.copy(each, folder / each.name)
    return folder / file.name


async def refused(file: Path) -> str:
    database = at(file)
    before = {path.name: path.read_bytes() for path in file.parent.iterdir()}
    try:
        with pytest.raises(WrongDatabase) as said:
            await database.verify()
    finally:
        await database.close()
    assert {name: (file.parent / name).read_bytes() for name in before} == before
    return str(said.value)


async def names_in(file: Path) -> set[str]:
    database = at(file)
    try:
        await database.verify()
        await database.migrate()
        return set(await database.read(lambda c: c.scalars(installation.select())))
    finally:
        await database.close()


async def test_what_a_killed_program_left_goes_on(
    live: tuple[Path, Database], tmp_path: Path
) -> None:
    file, database = live
    for number in range(30):
        await write(database, f"n{number}")
        if number % 7 == 0:
            await database.scrub()
        left = killed(file, tmp_path / f"killed{number}")
        assert was_interrupted(left) == (number % 7 != 0)
        assert mixed_files(left) is None
        assert {f"n{n}" for n in range(number + 1)} <= await names_in(left)


async def test_a_log_whose_pages_are_already_in_the_file_goes_on(
    live: tuple[Path, Database], tmp_path: Path
) -> None:
    file, database = live
    await write(database, "a", "b")
    left = killed(file, tmp_path / "killed")
    with sqlite3.connect(left, isolation_level=None) as other:
        reader = sqlite3.connect(left)
        reader.execute("SELECT count(*) FROM house").fetchall()
        other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        again = killed(left, tmp_path / "again")
        reader.close()
    other.close()
    assert was_interrupted(again)
    assert {"a", "b"} <= await names_in(again)


@pytest.mark.parametrize("later", [1, 2, 40])
async def test_an_old_log_beside_a_restored_file_is_refused_with_the_cure(
    live: tuple[Path, Database], tmp_path: Path, later: int
) -> None:
    file, database = live
    await write(database, "told")
    await database.scrub()
    backup = tmp_path / "backup.db"
    shutil.copy(file, backup)
    await write(database, *(f"n{number}" for number in range(later)))
    await database.scrub()
    await write(database, "last")
    left = killed(file, tmp_path / "killed")
    shutil.copy(backup, left)
    sentence = await refused(left)
    assert f"delete {log_of(left)}" in sentence
    log_of(left).unlink()
    assert "told" in await names_in(left)


async def test_nobody_opens_a_mixed_pair_not_even_to_look(
    live: tuple[Path, Database], tmp_path: Path
) -> None:
    file, database = live
    await write(database, "told")
    await database.scrub()
    backup = tmp_path / "backup.db"
    shutil.copy(file, backup)
    await write(database, "later")
    await database.scrub()
    await write(database, "last")
    left = killed(file, tmp_path / "killed")
    shutil.copy(backup, left)
    before = {path.name: path.read_bytes() for path in left.parent.iterdir()}
    for use in (Database.migrate, Database.count_rows, Database.scrub):
        looked = at(left)
        with pytest.raises(WrongDatabase, match="do not belong together"):
            await use(looked)
        await looked.close()
    assert {path.name: path.read_bytes() for path in left.parent.iterdir()} == before


async def test_a_backup_as_the_document_makes_it_is_not_mixed_with_an_old_log(
    live: tuple[Path, Database], tmp_path: Path
) -> None:
    file, database = live
    await write(database, "told")
    await database.scrub()
    backup = tmp_path / "backup.db"
    with sqlite3.connect(file) as source:
        source.execute("VACUUM INTO ?", (str(backup),))
    source.close()
    copy = sqlite3.connect(backup, isolation_level=None)
    copy.execute("PRAGMA user_version = 0")
    copy.close()
    await write(database, "last")
    left = killed(file, tmp_path / "killed")
    shutil.copy(backup, left)
    assert "do not belong together" in await refused(left)


async def test_a_newer_file_beside_an_older_log_is_refused(
    live: tuple[Path, Database], tmp_path: Path
) -> None:
    file, database = live
    await write(database, "first")
    left = killed(file, tmp_path / "killed")
    await write(database, "second", "third")
    await database.scrub()
    shutil.copy(file, left)
    assert "do not belong together" in await refused(left)


async def test_a_bot_that_runs_is_not_taken_for_a_mixed_pair(live: tuple[Path, Database]) -> None:
    file, database = live
    for number in range(20):
        await write(database, f"n{number}")
        assert mixed_files(file) is None
        await database.scrub()
        assert mixed_files(file) is None


def damaged(file: Path, tmp_path: Path, how: str) -> Path:
    broken = tmp_path / "broken" / file.name
    broken.parent.mkdir()
    content = bytearray(file.read_bytes())
    if how == "cut":
        content = content[: len(content) // 2]
    else:
        size = 8192
        pages = range(1, len(content) // size)
        for page in pages:
            content[page * size : page * size + 64] = bytes(64)
    broken.write_bytes(content)
    return broken


@pytest.mark.parametrize("how", ["cut", "flipped"])
async def test_a_damaged_file_is_refused_with_the_cure(
    live: tuple[Path, Database], tmp_path: Path, how: str
) -> None:
    file, database = live
    await write(database, *(f"n{number}" for number in range(20)))
    await database.scrub()
    broken = damaged(file, tmp_path, how)
    looked = at(broken)
    with pytest.raises(WrongDatabase) as said:
        await looked.verify(thoroughly=True)
    await looked.close()
    assert "damaged" in str(said.value)
    assert "backup" in str(said.value)
    assert not log_of(broken).exists() or not log_of(broken).stat().st_size


async def test_after_an_unclean_stop_every_page_is_looked_at(
    live: tuple[Path, Database], tmp_path: Path
) -> None:
    file, database = live
    await write(database, *(f"n{number}" for number in range(20)))
    await database.scrub()
    broken = damaged(file, tmp_path, "flipped")
    await write(database, "last")
    shutil.copy(log_of(file), log_of(broken))
    looked = at(broken)
    with pytest.raises(WrongDatabase):
        await looked.verify()
    await looked.close()


async def test_without_a_file_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    database = at(tmp_path / "none.db")
    await database.verify(thoroughly=True)
    await database.close()
    assert not (tmp_path / "none.db").exists()


ANOTHER_PROGRAM = """
import sqlite3, sys
opened = sqlite3.connect(sys.argv[1])
opened.execute("SELECT count(*) FROM house").fetchall()
opened.close()
"""


async def test_another_program_that_closes_the_file_leaves_the_log_of_this_one(
    live: tuple[Path, Database],
) -> None:
    file, database = live
    await write(database, "told")
    second = at(file)  # a second connection looks at the file while the first has it open
    await second.read(lambda connection: connection.scalars(installation.select()))
    await second.close()
    await write(database, "after the second")
    log = log_of(file).stat().st_ino
    command = (sys.executable, "-c", ANOTHER_PROGRAM, str(file))
    other = await asyncio.create_subprocess_exec(*command)
    assert await other.wait() == 0
    assert log_of(file).stat().st_ino == log
    await write(database, "after the other")
    await database.verify()
