import asyncio
import sqlite3
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import Insert, insert, select, text
from sqlalchemy.exc import IntegrityError

from store.db import Database
from store.errors import WrongDatabase
from store.schema import house
from tests.store.organisation import Organisation, database_url, organisation


async def value(database: Database, pragma: str) -> object:
    async with database.look() as connection:
        return (await connection.execute(text(f"PRAGMA {pragma}"))).scalar()


async def write(org: Organisation, *statements: Insert) -> None:
    async with org.database.turn() as connection:
        for statement in statements:
            await connection.execute(statement)


# --- every connection

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "temp_store": 2,
    "busy_timeout": 5000,
}


async def test_the_pragmas_hold_on_every_connection(org: Organisation) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(4):
            connection = await stack.enter_async_context(org.database.look())
            for pragma, expected in PRAGMAS.items():
                found = (await connection.execute(text(f"PRAGMA {pragma}"))).scalar()
                assert found == expected, pragma


async def test_a_writer_has_them_too(org: Organisation) -> None:
    async with org.database.turn() as connection:
        for pragma, expected in PRAGMAS.items():
            found = (await connection.execute(text(f"PRAGMA {pragma}"))).scalar()
            assert found == expected, pragma


# --- turns


async def test_a_turn_is_written_whole_or_not_at_all(org: Organisation) -> None:
    async def cut_off() -> None:
        async with org.database.turn() as connection:
            await connection.execute(insert(house).values(name="one", value=b""))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await cut_off()
    assert [row["name"] for row in await org.rows(house)] == ["deployment"]


async def test_two_turns_wait_for_each_other(org: Organisation) -> None:
    async def count_up(_: int) -> None:
        async with org.database.turn() as connection:
            mine = house.c.name == "n"
            found = (await connection.execute(select(house.c.value).where(mine))).scalar()
            await asyncio.sleep(0)
            await connection.execute(house.delete().where(mine))
            number = int(found or b"0") + 1
            await connection.execute(insert(house).values(name="n", value=b"%d" % number))

    await asyncio.gather(*(count_up(n) for n in range(4)))
    assert {"name": "n", "value": b"4"} in await org.rows(house)


async def test_a_look_sees_one_state(org: Organisation) -> None:
    async with org.database.look() as looking:
        before = (await looking.execute(select(house.c.name))).all()
        async with org.database.turn() as writing:
            await writing.execute(insert(house).values(name="one", value=b""))
        assert (await looking.execute(select(house.c.name))).all() == before


async def test_an_error_never_shows_values(org: Organisation) -> None:
    row = insert(house).values(name="deployment", value=b"a typed word")
    with pytest.raises(IntegrityError) as caught:
        await write(org, row)
    assert "typed word" not in str(caught.value)


async def test_counting_is_all_that_it_tells(org: Organisation) -> None:
    counted = await org.database.count_rows()
    assert counted["house"] == 1
    assert counted["case"] == 0


# --- leaving no trace


async def test_what_was_deleted_has_left_file_and_wal(org: Organisation) -> None:
    secret = b"something that must go" * 100
    async with org.database.turn() as connection:
        await connection.execute(insert(house).values(name="one", value=secret))
    assert secret[:22] in org.written()
    await org.database.scrub()
    async with org.database.turn() as connection:
        await connection.execute(house.delete().where(house.c.name == "one"))
    assert await org.database.scrub()
    assert secret[:22] not in org.written()
    assert (org.folder / "data" / "holdfast.db-wal").stat().st_size == 0


async def test_a_reader_in_the_way_is_said(
    org: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.db.CHECKPOINT_SECONDS", 0.1)
    monkeypatch.setattr("store.db.PRAGMAS", ("PRAGMA busy_timeout=10",))
    async with organisation(org.folder) as other, other.database.look() as looking:
        await looking.execute(select(house.c.name))
        async with other.database.turn() as connection:
            await connection.execute(insert(house).values(name="one", value=b""))
        assert not await other.database.scrub()
    assert await org.database.scrub()


# --- whose database, and of which version


async def test_opening_again_finds_what_was_written(org: Organisation) -> None:
    async with organisation(org.folder) as again:
        assert await again.rows(house) == await org.rows(house)


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
