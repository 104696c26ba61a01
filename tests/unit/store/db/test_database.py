import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Insert, event, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from store.db.database import Database
from store.db.schema import installation
from store.model.errors import WrongDatabase
from tests.unit.store.organisation import Organisation, database_url, organisation


async def value(database: Database, pragma: str) -> object:
    async with database.read() as connection:
        return (await connection.execute(text(f"PRAGMA {pragma}"))).scalar()


async def write(org: Organisation, *statements: Insert) -> None:
    async with org.database.transaction() as connection:
        for statement in statements:
            await connection.execute(statement)


# --- every connection

PRAGMAS = {
    "page_size": 8192,
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
            connection = await stack.enter_async_context(org.database.read())
            for pragma, expected in PRAGMAS.items():
                found = (await connection.execute(text(f"PRAGMA {pragma}"))).scalar()
                assert found == expected, pragma


async def test_a_writer_has_them_too(org: Organisation) -> None:
    async with org.database.transaction() as connection:
        for pragma, expected in PRAGMAS.items():
            found = (await connection.execute(text(f"PRAGMA {pragma}"))).scalar()
            assert found == expected, pragma


# --- turns


async def test_a_turn_is_written_whole_or_not_at_all(org: Organisation) -> None:
    async def cut_off() -> None:
        async with org.database.transaction() as connection:
            await connection.execute(insert(installation).values(name="one", value=b""))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await cut_off()
    assert [row["name"] for row in await org.rows(installation)] == ["deployment"]


async def test_two_turns_wait_for_each_other(org: Organisation) -> None:
    async def count_up(_: int) -> None:
        async with org.database.transaction() as connection:
            mine = installation.c.name == "n"
            found = (await connection.execute(select(installation.c.value).where(mine))).scalar()
            await asyncio.sleep(0)
            await connection.execute(installation.delete().where(mine))
            number = int(found or b"0") + 1
            await connection.execute(insert(installation).values(name="n", value=b"%d" % number))

    await asyncio.gather(*(count_up(n) for n in range(4)))
    assert {"name": "n", "value": b"4"} in await org.rows(installation)


async def test_a_look_sees_one_state(org: Organisation) -> None:
    async with org.database.read() as looking:
        before = (await looking.execute(select(installation.c.name))).all()
        async with org.database.transaction() as writing:
            await writing.execute(insert(installation).values(name="one", value=b""))
        assert (await looking.execute(select(installation.c.name))).all() == before


async def test_an_error_never_shows_values(org: Organisation) -> None:
    row = insert(installation).values(name="deployment", value=b"a typed word")
    with pytest.raises(IntegrityError) as caught:
        await write(org, row)
    assert "typed word" not in str(caught.value)


async def test_counting_is_all_that_it_tells(org: Organisation) -> None:
    counted = await org.database.count_rows()
    assert counted["house"] == 1
    assert counted["case_file"] == 0


# --- turns that wait for each other share one commit


def commits_of(org: Organisation) -> list[str]:
    """What is noted at every commit from now on."""
    noted: list[str] = []
    event.listen(org.database._engine, "commit", lambda _: noted.append("commit"))
    return noted


async def note(org: Organisation, name: str) -> None:
    await write(org, insert(installation).values(name=name, value=b""))


async def names(org: Organisation) -> set[object]:
    return {row["name"] for row in await org.rows(installation)} - {"deployment"}


NAMES = [f"n{number}" for number in range(20)]


async def test_turns_that_wait_share_a_commit(org: Organisation) -> None:
    commits = commits_of(org)
    await asyncio.gather(*(note(org, name) for name in NAMES))
    assert await names(org) == set(NAMES)
    assert len(commits) == 1


async def test_a_turn_alone_is_committed_at_once(org: Organisation) -> None:
    commits = commits_of(org)
    for number, name in enumerate(NAMES[:3], 1):
        await note(org, name)
        assert len(commits) == number


async def test_not_too_many_share_it(org: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.db.database.TRANSACTIONS_TOGETHER", 8)
    commits = commits_of(org)
    await asyncio.gather(*(note(org, name) for name in NAMES))
    assert await names(org) == set(NAMES)
    assert len(commits) == 3


async def test_a_turn_is_acknowledged_when_it_is_on_the_disk(org: Organisation) -> None:
    async def noted(name: str) -> bool:
        await note(org, name)
        with sqlite3.connect(org.folder / "data" / "holdfast.db") as other:
            found = other.execute("SELECT 1 FROM house WHERE name = ?", (name,)).fetchone()
        other.close()
        return found is not None

    assert all(await asyncio.gather(*map(noted, NAMES)))


async def test_a_turn_that_fails_takes_only_itself_back(org: Organisation) -> None:
    async def noted(name: str) -> None:
        async with org.database.transaction() as connection:
            await connection.execute(insert(installation).values(name=name, value=b""))
            if name in NAMES[::3]:
                raise LookupError

    results = await asyncio.gather(*map(noted, NAMES), return_exceptions=True)
    assert [isinstance(r, LookupError) for r in results] == [n in NAMES[::3] for n in NAMES]
    assert await names(org) == set(NAMES) - set(NAMES[::3])


async def test_a_refused_statement_leaves_the_rest_of_its_turn(org: Organisation) -> None:
    async with org.database.transaction() as connection:
        await connection.execute(insert(installation).values(name="one", value=b""))
        with pytest.raises(IntegrityError):
            await connection.execute(insert(installation).values(name="one", value=b""))
        await connection.execute(insert(installation).values(name="two", value=b""))
    assert await names(org) == {"one", "two"}


def failing(org: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next commit, and no other, fails as on a full disk."""
    opened = org.database._opened_writer.opened
    commit = opened.commit

    def fail() -> None:
        monkeypatch.setattr(opened, "commit", commit)
        raise OperationalError("COMMIT", None, sqlite3.OperationalError("disk is full"))

    monkeypatch.setattr(opened, "commit", fail)


async def test_a_commit_that_fails_fails_all_of_its_turns(
    org: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(org, monkeypatch)
    results = await asyncio.gather(*(note(org, n) for n in NAMES), return_exceptions=True)
    assert all(isinstance(result, OperationalError) for result in results)
    assert await names(org) == set()
    await asyncio.gather(*(note(org, name) for name in NAMES))
    assert await names(org) == set(NAMES)


async def test_an_error_that_undoes_everything_fails_those_before_it(org: Organisation) -> None:
    """SQLite does so by itself where it cannot go on; here it is told to."""

    async def noted(name: str) -> None:
        how = "OR ROLLBACK" if name == NAMES[10] else "OR ABORT"
        known = "deployment" if name == NAMES[10] else name
        await write(org, insert(installation).prefix_with(how).values(name=known, value=b""))

    results = await asyncio.gather(*map(noted, NAMES), return_exceptions=True)
    assert [isinstance(r, IntegrityError) for r in results] == [True] * 11 + [False] * 9
    assert await names(org) == set(NAMES[11:])


async def test_nothing_is_added_to_a_turn_that_was_undone(org: Organisation) -> None:
    async def noted(name: str) -> None:
        async with org.database.transaction() as connection:
            if name == NAMES[3]:
                again = insert(installation).prefix_with("OR ROLLBACK")
                with suppress(IntegrityError):
                    await connection.execute(again.values(name="deployment", value=b""))
            await connection.execute(insert(installation).values(name=name, value=b""))

    results = await asyncio.gather(*map(noted, NAMES[:6]), return_exceptions=True)
    assert [result is None for result in results] == [False] * 4 + [True] * 2
    assert await names(org) == set(NAMES[4:6])


# --- turns that are cut off


@contextmanager
def held_elsewhere(org: Organisation) -> Iterator[None]:
    """A command beside the bot is writing."""
    other = sqlite3.connect(org.folder / "data" / "holdfast.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


async def test_a_turn_cancelled_inside_is_undone(org: Organisation) -> None:
    inside = asyncio.Event()

    async def stay() -> None:
        async with org.database.transaction() as connection:
            await connection.execute(insert(installation).values(name="one", value=b""))
            inside.set()
            await asyncio.sleep(60)

    staying = asyncio.ensure_future(stay())
    await inside.wait()
    staying.cancel()
    await note(org, "two")
    assert staying.cancelled()
    assert await names(org) == {"two"}


async def test_a_turn_cancelled_before_it_began_does_not_begin(org: Organisation) -> None:
    with held_elsewhere(org):
        waiting = asyncio.ensure_future(note(org, "one"))
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.sleep(0.05)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with sqlite3.connect(org.folder / "data" / "holdfast.db", timeout=0) as other:
        other.execute("BEGIN IMMEDIATE")
    other.close()
    await note(org, "two")
    assert await names(org) == {"two"}


async def test_one_cancelled_in_the_queue_leaves_the_others(org: Organisation) -> None:
    with held_elsewhere(org):
        waiting = [asyncio.ensure_future(note(org, name)) for name in NAMES]
        await asyncio.sleep(0.02)
        for task in waiting[1::2]:
            task.cancel()
    await asyncio.wait(waiting)
    assert await names(org) == set(NAMES[::2])


async def test_cancelled_while_all_are_committed_it_is_on_the_disk(
    org: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(org, monkeypatch, 0.1)
    waiting = [asyncio.ensure_future(note(org, name)) for name in NAMES]
    await asyncio.sleep(0.05)
    for task in waiting[::2]:
        task.cancel()
    await asyncio.wait(waiting)
    assert [task.cancelled() for task in waiting] == [True, False] * 10
    assert await names(org) == set(NAMES)


async def test_scrubbing_in_the_middle_of_turns(org: Organisation) -> None:
    turns = [asyncio.ensure_future(note(org, name)) for name in NAMES[:10]]
    scrubs = [asyncio.ensure_future(org.database.scrub()) for _ in range(3)]
    turns += [asyncio.ensure_future(note(org, name)) for name in NAMES[10:]]
    await asyncio.gather(*turns)
    assert await asyncio.gather(*scrubs) == [True] * 3
    assert await names(org) == set(NAMES)


async def test_closing_waits_for_what_is_to_be_committed(tmp_path: Path) -> None:
    async with organisation(tmp_path) as org:
        turns = [asyncio.ensure_future(note(org, name)) for name in NAMES]
        await asyncio.sleep(0)
    await asyncio.gather(*turns)
    async with organisation(tmp_path) as again:
        assert await names(again) == set(NAMES)


# --- the event loop goes on


def slow(org: Organisation, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """A disk that takes long."""
    opened = org.database._opened_writer.opened
    commit = opened.commit

    def late() -> None:
        time.sleep(seconds)
        commit()

    monkeypatch.setattr(opened, "commit", late)


async def longest_pause(during: Awaitable[object]) -> float:
    """For how long at most nothing else could run."""
    task, longest = asyncio.ensure_future(during), 0.0
    while not task.done():
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - before)
    await task
    return longest


LONGEST_PAUSE = 0.05
TRIES = 8
"""Whatever else runs on the machine can interrupt one of them, hardly all."""


async def does_not_hold_the_loop(
    act: Callable[[], Awaitable[object]], before: Callable[[], Awaitable[object]] | None = None
) -> bool:
    """Whether other things can go on during an act, when nothing else disturbs it."""
    for _ in range(TRIES):
        if before is not None:
            await before()
        if await longest_pause(act()) < LONGEST_PAUSE:
            return True
    return False


async def test_a_slow_disk_does_not_hold_the_loop(
    org: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(org, monkeypatch, 0.2)
    more = iter(NAMES)
    assert await does_not_hold_the_loop(lambda: note(org, next(more)))


async def test_another_process_does_not_hold_the_loop(org: Organisation) -> None:
    more = iter(NAMES)

    async def behind_another() -> None:
        with held_elsewhere(org):
            waiting = asyncio.ensure_future(note(org, next(more)))
            await asyncio.sleep(0.2)
            assert not waiting.done()
        await waiting

    assert await does_not_hold_the_loop(behind_another)
    assert await names(org) == set(NAMES) - set(more)


async def test_many_turns_do_not_hold_the_loop(org: Organisation) -> None:
    more = (f"m{number}" for number in count())

    async def many() -> None:
        await asyncio.gather(*(note(org, next(more)) for _ in range(200)))

    assert await does_not_hold_the_loop(many)


# --- leaving no trace


async def test_what_was_deleted_has_left_file_and_wal(org: Organisation) -> None:
    secret = b"something that must go" * 100
    async with org.database.transaction() as connection:
        await connection.execute(insert(installation).values(name="one", value=secret))
    assert secret[:22] in org.written()
    await org.database.scrub()
    async with org.database.transaction() as connection:
        await connection.execute(installation.delete().where(installation.c.name == "one"))
    assert await org.database.scrub()
    assert secret[:22] not in org.written()
    assert (org.folder / "data" / "holdfast.db-wal").stat().st_size == 0


async def test_a_reader_in_the_way_is_said(
    org: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.db.database.CHECKPOINT_SECONDS", 0.1)
    monkeypatch.setattr("store.db.database.PRAGMAS", ("PRAGMA busy_timeout=10",))
    async with organisation(org.folder) as other, other.database.read() as looking:
        await looking.execute(select(installation.c.name))
        async with other.database.transaction() as connection:
            await connection.execute(insert(installation).values(name="one", value=b""))
        assert not await other.database.scrub()
    assert await org.database.scrub()


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
