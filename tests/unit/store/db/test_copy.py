import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, make_url, select, update

from store.db.connection import Connection
from store.db.copy import DatabaseCopy, Progress
from store.db.database import Database
from store.db.pages import key_of, read_page
from store.db.schema import (
    case_file,
    draft,
    installation,
    item,
    metadata,
    outbox,
    permission,
    quota,
)
from store.model.accounts import Account
from store.model.changes import BeginCase, EndDraft, SaveDraft, SealItem, TakeBack
from store.model.drafts import StoredAnswer
from store.model.errors import CopyRefused, WrongDatabase
from store.model.failpoint import installed
from store.model.inbox import AcceptedMessage
from store.model.outbox import TextRef
from store.model.permissions import RevocationBasis
from tests.databases import migrated
from tests.doubles.postgresql import Postgresql
from tests.unit.store.elsewhere import writing_elsewhere
from tests.unit.store.organisation import (
    DRAFT,
    OAK_ID,
    SOMEBODY,
    YEW_ID,
    Organisation,
    database_url,
    hand_over,
    keep,
    named,
)
from tests.unit.store.people import OAK, YEW

pytestmark = pytest.mark.postgresql

ANYBODY = Account("terminal", "anybody", "anybody")
Everything = dict[str, list[tuple[object, ...]]]


class Killed(BaseException):
    """The process ends here."""


def everything(connection: Connection) -> Everything:
    """Every row of every table, in one order."""
    return {
        table.name: sorted(tuple(row) for row in connection.execute(select(table)))
        for table in metadata.sorted_tables
    }


async def populated(org: Organisation) -> Everything:
    """Open talks, a hand-over that is held, one that was taken back, and linked readers."""
    await org.link(SOMEBODY, OAK)
    await org.database.transaction(org.repositories.commission.record)
    snapshot = await org.share(keep(), named(OAK_ID, YEW_ID), hold=12)
    await org.commit(EndDraft())
    assert snapshot.held is not None
    await org.commit(TakeBack(RevocationBasis.HOLD, (snapshot.held.statement,)))
    await org.tell(SOMEBODY)
    await org.commit(hand_over(keep(), named(YEW_ID)), who=SOMEBODY)
    await org.commit(BeginCase(DRAFT), who=ANYBODY, says=[TextRef("ASK")])
    await org.stores.cursors.move("terminal", "position 7")
    waits = AcceptedMessage("a message", "a chat", b"words that wait", org.now)
    await org.stores.inbox.accept("terminal", [waits])
    await org.database.transaction(add_counters)
    found = await org.database.read(everything)
    empty = {name for name, rows in found.items() if not rows}
    assert empty <= {"reader_invitation", "deletable_message"}
    revoked = await org.rows(permission)
    assert {row["revoked"] is None for row in revoked} == {True, False}
    return found


def add_counters(connection: Connection) -> None:
    """More rows than a page has."""
    rows = [{"id": n.to_bytes(16, "big"), "day": 20_000, "n": n} for n in range(3000)]
    connection.execute(insert(quota), rows)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


async def copied(source: str, target: str, report: list[Progress] | None = None) -> int:
    """Copy in a process of its own, as far as the databases can tell."""
    noted = [] if report is None else report
    async with opened(source) as from_here, opened(target) as to_there:
        return await DatabaseCopy(from_here, to_there, noted.append).run()


async def contents(url: str) -> Everything:
    async with opened(url) as database:
        return await database.read(everything)


def file_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'copy.db'}"


@pytest.fixture
async def server_url(postgresql: Postgresql) -> AsyncIterator[str]:
    """A database of PostgreSQL that nobody has used."""
    name = await postgresql.create()
    yield postgresql.url(name)
    await postgresql.run(f"DROP DATABASE {name} WITH (FORCE)")


# --- everything arrives


async def test_everything_goes_to_postgresql_and_back(
    org: Organisation, server_url: str, tmp_path: Path
) -> None:
    before = await populated(org)
    report: list[Progress] = []
    rows = await copied(database_url(org.folder), server_url, report)
    assert rows == sum(map(len, before.values()))
    assert await contents(server_url) == before
    assert await copied(server_url, file_url(tmp_path)) == rows
    assert await contents(file_url(tmp_path)) == before
    for step in ("copied", "compared"):
        done = {p.table: (p.done, p.rows) for p in report if p.step == step}
        assert done == {n: (len(r), len(r)) for n, r in before.items() if n != "house"}


async def test_what_was_copied_is_used_from_there_on(
    org: Organisation, server_url: str, tmp_path: Path
) -> None:
    await populated(org)
    await copied(database_url(org.folder), server_url)
    async with opened(server_url) as database:
        await database.migrate()
        await database.belongs_to("example.org")
        there = replace(org, database=database)
        assert (await there.snapshot(SOMEBODY)).draft == (await org.snapshot(SOMEBODY)).draft
        assert (await there.read(YEW)).text
        await there.commit(EndDraft(), who=SOMEBODY)
        await there.pass_time(days=40)
    assert await copied(server_url, file_url(tmp_path)) > 0


async def test_a_copy_into_an_empty_migrated_database(
    org: Organisation, postgresql: Postgresql
) -> None:
    before = await populated(org)
    async with migrated(postgresql) as name:
        await copied(database_url(org.folder), postgresql.url(name))
        assert await contents(postgresql.url(name)) == before


async def test_a_page_stays_small_where_long_rows_follow_short_ones(
    org: Organisation, server_url: str
) -> None:
    await org.database.belongs_to("example.org")
    sizes = [8] * 100 + [256 * 1024] * 40
    rows = [
        {"id": n.to_bytes(16, "big"), "lane": b"", "blob": bytes(size)} | OUTBOX
        for n, size in enumerate(sizes)
    ]
    await org.database.transaction(lambda connection: connection.execute(insert(outbox), rows))
    await copied(database_url(org.folder), server_url)
    async with opened(server_url) as there:
        for database in (org.database, there):
            assert await lengths(database) == [100 + 15, 15, 10]


OUTBOX = dict.fromkeys(("day", "seq", "due_hour", "tries"), 0)


async def lengths(database: Database) -> list[int]:
    """How many rows each page of the outbox has."""
    found, after = list[int](), None
    while True:
        page = await database.read(partial(read_page, table=outbox, after=after))
        found.append(len(page.rows))
        if page.is_last:
            return found
        after = key_of(outbox, page.rows[-1])


# --- an interruption


async def test_it_goes_on_wherever_it_was_interrupted(
    org: Organisation, postgresql: Postgresql, tmp_path: Path
) -> None:
    before = await populated(org)
    reached: list[str] = []
    with installed(reached.append):
        await copied(database_url(org.folder), file_url(tmp_path))
    commits = reached.count("commit")
    for number, place in enumerate((1, 2, commits // 3, commits // 2, commits - 2, commits - 1)):
        name = ("commit", "committed")[number % 2]
        async with migrated(postgresql) as target:
            await interrupted(org, postgresql.url(target), name, place)
            if await is_unfinished(postgresql.url(target)):
                await copied(database_url(org.folder), postgresql.url(target))
            assert await contents(postgresql.url(target)) == before, (name, place)


async def interrupted(org: Organisation, target: str, name: str, place: int) -> None:
    """Begin a copy that dies at a commit."""
    left = place

    def hook(reached: str) -> None:
        nonlocal left
        if reached == name:
            left -= 1
            if left < 0:
                raise Killed

    with installed(hook), suppress(Killed):
        await copied(database_url(org.folder), target)


async def is_unfinished(url: str) -> bool:
    return "deployment" not in {row[0] for row in (await contents(url))["house"]}


async def test_no_bot_starts_on_what_is_not_finished(
    org: Organisation, server_url: str, tmp_path: Path
) -> None:
    await populated(org)
    await interrupted(org, server_url, "committed", 6)
    async with opened(server_url) as database:
        await database.migrate()
        with pytest.raises(WrongDatabase, match="was not finished"):
            await database.belongs_to("example.org")
    with pytest.raises(CopyRefused, match="Finish it first"):
        await copied(server_url, file_url(tmp_path))


async def test_a_source_that_was_used_in_between_is_copied_anew(
    org: Organisation, server_url: str
) -> None:
    await populated(org)
    await interrupted(org, server_url, "committed", 12)
    await org.commit(EndDraft(), who=SOMEBODY)
    await org.database.transaction(lambda c: c.execute(update(quota).values(n=1)))
    await copied(database_url(org.folder), server_url)
    assert await contents(server_url) == await org.database.read(everything)


# --- what is refused


async def test_a_target_that_is_finished_or_in_use(org: Organisation, server_url: str) -> None:
    await populated(org)
    await copied(database_url(org.folder), server_url)
    for target in (server_url, database_url(org.folder)):
        with pytest.raises(CopyRefused, match="holds this organisation already"):
            await copied(database_url(org.folder), target)


async def test_a_target_of_another_organisation(org: Organisation, server_url: str) -> None:
    await populated(org)
    async with opened(server_url) as database:
        await database.migrate()
        await database.belongs_to("other.org")
        before = await database.read(everything)
        with pytest.raises(CopyRefused, match="belongs to another organisation"):
            await copied(database_url(org.folder), server_url)
        assert await database.read(everything) == before


async def test_an_unfinished_copy_of_another_organisation(
    org: Organisation, server_url: str
) -> None:
    await populated(org)
    await interrupted(org, server_url, "committed", 6)
    change = update(installation).where(installation.c.name == "deployment")
    await org.database.transaction(lambda c: c.execute(change.values(value=b"other.org")))
    with pytest.raises(CopyRefused, match="belongs to another organisation"):
        await copied(database_url(org.folder), server_url)


async def test_a_target_with_rows_that_no_copy_wrote(org: Organisation, server_url: str) -> None:
    async with opened(server_url) as database:
        await database.migrate()
        await database.transaction(add_counters)
    with pytest.raises(CopyRefused, match="rows that no copy wrote"):
        await copied(database_url(org.folder), server_url)


async def test_a_target_of_another_program(
    org: Organisation, server_url: str, postgresql: Postgresql
) -> None:
    await postgresql.run("CREATE TABLE theirs ()", make_url(server_url).database or "")
    with pytest.raises(CopyRefused, match="tables of another program"):
        await copied(database_url(org.folder), server_url)


async def test_a_source_that_is_no_organisation(tmp_path: Path, server_url: str) -> None:
    missing = f"sqlite+aiosqlite:///{tmp_path / 'missing.db'}"
    with pytest.raises(CopyRefused, match="no database file"):
        await copied(missing, server_url)
    assert not (tmp_path / "missing.db").exists()
    with pytest.raises(CopyRefused, match="belongs to no organisation"):
        await copied(server_url, file_url(tmp_path))
    async with opened(server_url) as database:
        await database.migrate()
    with pytest.raises(CopyRefused, match="belongs to no organisation"):
        await copied(server_url, file_url(tmp_path))
    (tmp_path / "none.db").write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(WrongDatabase, match="cannot be opened as one"):
        await copied(f"sqlite+aiosqlite:///{tmp_path / 'none.db'}", server_url)


async def test_a_source_of_an_earlier_version(org: Organisation, server_url: str) -> None:
    with closing(sqlite3.connect(org.folder / "data" / "holdfast.db")) as file, file:
        file.execute("UPDATE alembic_version SET version_num = '0004'")
    with pytest.raises(CopyRefused, match="Bring it up to date"):
        await copied(database_url(org.folder), server_url)


async def test_a_source_that_is_written_to(
    org: Organisation, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.db.sqlite_thread.PRAGMAS", ("PRAGMA busy_timeout=1",))
    with writing_elsewhere(org.folder), pytest.raises(WrongDatabase, match="Stop the bot"):
        await copied(database_url(org.folder), server_url)


async def test_nobody_writes_to_the_source_meanwhile(org: Organisation, server_url: str) -> None:
    await populated(org)
    await copied(database_url(org.folder), server_url)
    blocked = 0

    def write(_: Progress) -> None:
        nonlocal blocked
        file = org.folder / "data" / "holdfast.db"
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            blocked += 1

    target = f"sqlite+aiosqlite:///{org.folder / 'again.db'}"
    async with opened(database_url(org.folder)) as source, opened(target) as database:
        await DatabaseCopy(source, database, write).run()
    assert blocked


async def test_rows_that_differ_at_the_end_are_found(org: Organisation, server_url: str) -> None:
    await populated(org)
    async with opened(database_url(org.folder)) as source, opened(server_url) as target:
        copy = DatabaseCopy(source, target, lambda _: None)
        rows = await source.count_rows()
        await interrupted(org, server_url, "committed", 10_000)
        assert await copy._is_same(rows)
        for change in (
            update(item).values(size=item.c.size + 1),
            delete(draft),
            update(case_file).values(tb=None),
        ):
            await target.transaction(lambda connection, c=change: connection.execute(c))  # type: ignore[misc]
            assert not await copy._is_same(rows)


async def test_a_source_that_was_told_more_in_between_is_copied_anew(
    org: Organisation, server_url: str
) -> None:
    await populated(org)
    await interrupted(org, server_url, "committed", 16)
    for number in range(8):
        who = Account("terminal", f"later {number}", f"later {number}")
        item_id = bytes([255, number] * 8).hex()
        answers = (StoredAnswer("story", (), (item_id,)),)
        draft = replace(DRAFT, answers=answers)
        await org.commit(
            BeginCase(DRAFT), SealItem(item_id, "story", "more"), SaveDraft(draft), who=who
        )
    await copied(database_url(org.folder), server_url)
    assert await contents(server_url) == await org.database.read(everything)
