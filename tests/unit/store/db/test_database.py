import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Insert, delete, insert, select
from sqlalchemy.exc import IntegrityError

from store.db.connection import Connection
from store.db.database import Database
from store.db.schema import installation
from store.model.errors import DatabaseClosed, WrongDatabase
from tests.unit.store.elsewhere import reading_elsewhere
from tests.unit.store.organisation import Organisation, database_url, organisation


def value_of(name: str, value: bytes = b"") -> Insert:
    return insert(installation).values(name=name, value=value)


async def names(org: Organisation) -> set[object]:
    return {row["name"] for row in await org.rows(installation)} - {"deployment"}


# --- transactions


async def test_a_transaction_is_written_whole_or_not_at_all(org: Organisation) -> None:
    def cut_off(connection: Connection) -> None:
        connection.execute(value_of("one"))
        raise LookupError

    def write(connection: Connection) -> str:
        connection.execute(value_of("two"))
        connection.execute(value_of("three"))
        return "written"

    with pytest.raises(LookupError):
        await org.database.transaction(cut_off)
    assert await org.database.transaction(write) == "written"
    assert await names(org) == {"two", "three"}


@pytest.mark.parametrize("lock", [b"", b"an account"])
async def test_transactions_wait_for_each_other(org: Organisation, lock: bytes) -> None:
    mine = installation.c.name == "n"

    def count_up(connection: Connection) -> int:
        number = int(connection.scalar(select(installation.c.value).where(mine)) or b"0") + 1
        connection.execute(delete(installation).where(mine))
        connection.execute(value_of("n", b"%d" % number))
        return number

    counted = await asyncio.gather(*(org.database.transaction(count_up, lock) for _ in range(4)))
    assert sorted(counted) == [1, 2, 3, 4]
    assert {"name": "n", "value": b"4"} in await org.rows(installation)


async def test_an_error_never_shows_values(org: Organisation) -> None:
    row = value_of("deployment", b"a typed word")
    with pytest.raises(IntegrityError) as caught:
        await org.database.transaction(lambda connection: connection.execute(row))
    assert "typed word" not in f"{caught.value} {caught.value!r}"


async def test_counting_is_all_that_it_tells(org: Organisation) -> None:
    counted = await org.database.count_rows()
    assert counted["house"] == 1
    assert counted["case_file"] == 0


# --- leaving no trace


async def test_what_was_deleted_has_left_the_disk(org: Organisation) -> None:
    secret = b"something that must go" * 100
    await org.database.transaction(lambda connection: connection.execute(value_of("one", secret)))
    assert secret[:22] in await org.written()
    await org.database.scrub()
    gone = delete(installation).where(installation.c.name == "one")
    await org.database.transaction(lambda connection: connection.execute(gone))
    assert await org.database.scrub()
    assert secret[:22] not in await org.written()


async def test_a_reader_in_the_way_is_said(
    org: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading_elsewhere(org.folder), monkeypatch.context() as patch:
        patch.setattr("store.db.sqlite.CHECKPOINT_SECONDS", 0.1)
        await org.database.transaction(lambda connection: connection.execute(value_of("one")))
        assert not await org.database.scrub()
    assert await org.database.scrub()


async def test_a_closed_database_says_so(tmp_path: Path) -> None:
    async with organisation(tmp_path) as org:
        await org.database.close()
        with pytest.raises(DatabaseClosed):
            await org.rows(installation)
        with pytest.raises(DatabaseClosed):
            await org.database.belongs_to("example.org")


# --- whose database, and of which version


async def test_opening_again_finds_what_was_written(org: Organisation) -> None:
    async with organisation(org.folder) as again:
        assert await again.rows(installation) == await org.rows(installation)


async def test_another_organisations_database_is_refused(org: Organisation) -> None:
    with pytest.raises(WrongDatabase, match=r"another organisation\.id"):
        await org.database.belongs_to("example.net")
    await org.database.belongs_to("example.org")


async def migrated(folder: Path) -> None:
    database = Database(database_url(folder))
    try:
        await database.migrate()
    finally:
        await database.close()


async def test_a_newer_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    await migrated(tmp_path)
    path = tmp_path / "data" / "holdfast.db"
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(WrongDatabase, match="newer version of Holdfast"):
        await migrated(tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\x00broken"])
async def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "holdfast.db").write_bytes(content)
    with pytest.raises(WrongDatabase, match=r"store\.url"):
        await migrated(tmp_path)
    assert (tmp_path / "data" / "holdfast.db").read_bytes() == content


async def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongDatabase, match=r"store\.url"):
        await migrated(tmp_path)
