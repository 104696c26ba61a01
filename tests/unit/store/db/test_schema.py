import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Connection,
    MetaData,
    NullPool,
    Table,
    create_engine,
    delete,
    insert,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from flows.model import HONOURED, PERMISSIONS
from store.db.connection import Connection as WorkConnection
from store.db.migration import migrations
from store.db.schema import (
    BY_CODE,
    BY_HOLD,
    DAY_TABLES,
    REVISION,
    SCOPES,
    SHORT_LIVED,
    access_grant,
    case_file,
    deletable_message,
    delivery,
    item,
    item_chunk,
    metadata,
    permission,
)
from tests.schema_description import describe
from tests.unit.store.conftest import ENGINES, organisation_on
from tests.unit.store.organisation import OAK_ID, Organisation, keep, named, organisation

SCOPE_OF = {"keep": "keep", "read": "named"}
"""``act`` stands inside the statement of ``read``; ``never`` has a table of its own."""


@pytest.fixture(params=ENGINES)
async def org(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Organisation]:
    """A store on either engine."""
    async with organisation_on(request.param, tmp_path, request) as made:
        yield made


# --- the migrations and the tables say the same


async def test_migrating_makes_exactly_these_tables(org: Organisation) -> None:
    def differences(connection: Connection) -> Sequence[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: Sequence[object] = compare_metadata(context, metadata)
        return found

    assert await org.database.read(lambda connection: differences(connection.core)) == []


def test_the_newest_migration_is_the_one_that_a_start_looks_for() -> None:
    assert ScriptDirectory.from_config(migrations()).get_current_head() == REVISION


async def definitions(org: Organisation, kind: str) -> dict[str, str]:
    query = text("SELECT name, sql FROM sqlite_master WHERE type = :kind AND sql IS NOT NULL")
    return await org.database.read(
        lambda connection: {row.name: row.sql for row in connection.execute(query, {"kind": kind})}
    )


def description(org: Organisation) -> list[str]:
    with closing(sqlite3.connect(org.folder / "data" / "holdfast.db")) as connection:
        return describe(connection)


def as_it_was(folder: Path, revision: str) -> None:
    """A database of an earlier version, with somebody's story in it."""
    (folder / "data").mkdir()
    engine = create_engine(f"sqlite:///{folder / 'data' / 'holdfast.db'}", poolclass=NullPool)
    with engine.begin() as connection:
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.execute(insert(OLD_CASES), OLD_CASE)


OLD_CASES = case_file.to_metadata(MetaData(), name="case")
"""The table under its first name."""

OLD_CASE = {
    **dict.fromkeys(("locator", "rid", "pk_r", "pk_sig"), bytes(16)),
    **dict.fromkeys(("v", "week", "expire", "draft_exp"), 202_650),
}


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
async def test_an_earlier_database_becomes_the_same(
    file_org: Organisation, tmp_path: Path, revision: str
) -> None:
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    as_it_was(earlier, revision)
    async with organisation(earlier) as migrated:
        assert description(migrated) == description(file_org)
        assert [row["locator"] for row in await migrated.rows(case_file)] == [bytes(16)]


async def test_what_was_traced_before_was_traced_on_telegram(tmp_path: Path) -> None:
    as_it_was(tmp_path, "0002")
    with sqlite3.connect(tmp_path / "data" / "holdfast.db") as earlier:
        earlier.execute("INSERT INTO trace VALUES (x'00', 1, x'00', 24, x'00')")
    earlier.close()
    async with organisation(tmp_path) as migrated:
        assert [row["platform"] for row in await migrated.rows(deletable_message)] == ["telegram"]


async def test_no_table_has_a_readable_order_of_insertion(file_org: Organisation) -> None:
    tables = await definitions(file_org, "table")
    assert tables.pop("alembic_version")
    assert tables.keys() == metadata.tables.keys()
    for name, sql in tables.items():
        assert sql.rstrip().endswith("WITHOUT ROWID"), name


async def test_checks_and_cascades_are_in_the_file(file_org: Organisation) -> None:
    tables = await definitions(file_org, "table")
    assert f"kind IN {SCOPES}" in tables["permission"]
    for name, owners in {
        "item": 1,
        "item_chunk": 1,
        "permission": 1,
        "exclusion": 1,
        "access_grant": 2,
        "delivery": 1,
    }.items():
        assert tables[name].count("ON DELETE CASCADE") == owners
    assert (await definitions(file_org, "trigger")).keys() == {
        "access_grant_needs_permission",
        "delivery_needs_permission",
    }


def test_the_vocabulary_is_that_of_the_questionnaire() -> None:
    assert tuple(SCOPE_OF[name] for name in PERMISSIONS if name in SCOPE_OF) == SCOPES
    assert HONOURED - SCOPE_OF.keys() == {"never", "act"}


async def test_an_unknown_scope_cannot_be_written(org: Organisation) -> None:
    await org.share(keep())
    with pytest.raises(IntegrityError, match="known_scope"):
        await org.database.transaction(
            lambda connection: connection.execute(update(permission).values(kind="read_quorum"))
        )


# --- which tables end by themselves


def test_every_table_with_a_day_is_named() -> None:
    with_day = {name for name, table in metadata.tables.items() if "day" in table.c}
    assert with_day == set(DAY_TABLES)
    assert set(DAY_TABLES) <= set(SHORT_LIVED)


def test_what_a_backup_takes_has_no_times_but_weeks() -> None:
    lasting = [t for name, t in metadata.tables.items() if name not in SHORT_LIVED]
    times = {"day", "hour", "exp_hour", "end_hour", "due_hour", "exp_minute"}
    for table in lasting:
        assert not times & set(table.c.keys()), table.name
    assert {t.name for t in lasting} == {
        *("house", "case_file", "item", "item_chunk", "permission", "access_grant", "delivery"),
        *("exclusion", "takeback", "member_link", "roster"),
    }


def test_how_something_was_taken_back_can_be_told_apart() -> None:
    assert BY_CODE != BY_HOLD
    assert {len(mark) for mark in (BY_CODE, BY_HOLD)} == {32}


# --- no permission, no key: the database says it a second time

HUNG_ON: list[Table] = [access_grant, delivery]


async def shared(org: Organisation, table: Table) -> dict[str, object]:
    """A hand-over; a row of this table that hung on it, under another id."""
    await org.share(keep(), named(OAK_ID))
    (row,) = await org.rows(table)
    return {**row, "id": bytes(16)} | ({"code": "000000"} if table is delivery else {})


@pytest.mark.parametrize("table", HUNG_ON, ids=lambda t: t.name)
async def test_a_row_under_a_permission_that_stands_is_taken(
    org: Organisation, table: Table
) -> None:
    row = await shared(org, table)
    await org.database.transaction(
        lambda connection: connection.execute(insert(table).values(row))
    )


@pytest.mark.parametrize("table", HUNG_ON, ids=lambda t: t.name)
@pytest.mark.parametrize("mark", [BY_CODE, BY_HOLD, b"\x02" * 32, b"", bytes(31)])
async def test_a_row_under_a_revoked_permission_is_refused(
    org: Organisation, table: Table, mark: bytes
) -> None:
    row = await shared(org, table)

    def insert_under_revoked(connection: WorkConnection) -> None:
        connection.execute(update(permission).values(revoked=mark))
        connection.execute(insert(table).values(row))

    with pytest.raises(IntegrityError, match="no unrevoked permission"):
        await org.database.transaction(insert_under_revoked)


@pytest.mark.parametrize("table", HUNG_ON, ids=lambda t: t.name)
async def test_a_row_without_a_permission_is_refused(org: Organisation, table: Table) -> None:
    row = await shared(org, table)
    with pytest.raises(IntegrityError, match="no unrevoked permission"):
        await org.database.transaction(
            lambda connection: connection.execute(insert(table).values({**row, "stmt": bytes(32)}))
        )


@pytest.mark.parametrize("table", HUNG_ON, ids=lambda t: t.name)
async def test_a_permission_takes_what_hangs_on_it_along(org: Organisation, table: Table) -> None:
    await shared(org, table)
    told = await org.rows(item)
    await org.database.transaction(
        lambda connection: connection.execute(
            delete(permission).where(permission.c.kind == "named")
        )
    )
    assert await org.rows(table) == []
    assert await org.rows(item) == told


async def test_a_case_takes_everything_along(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    await org.database.transaction(lambda connection: connection.execute(delete(case_file)))
    for table in (item, item_chunk, permission, access_grant, delivery):
        assert await org.rows(table) == [], table.name
