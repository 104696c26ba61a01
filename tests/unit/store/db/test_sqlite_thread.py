import asyncio
import gc
import sqlite3
import threading
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from store.db.sqlite_thread import CURSOR_ROWS, CoreConnection, SqliteThread
from store.model.errors import DatabaseClosed
from tests.unit.store.db.notes import LONGEST, Gate

T = TypeVar("T")
ROOT = Path(__file__).parents[4]
AIOSQLITE = "0.22.1"
"""The version whose private ``_execute`` and ``_conn`` were read. Read them again in another."""


def threads() -> set[threading.Thread]:
    """Those of this process that no daemon is."""
    return {thread for thread in threading.enumerate() if not thread.daemon}


def ended(before: set[threading.Thread]) -> None:
    """Wait for the end of every thread that did not run before: that it was told to end."""
    for thread in threads() - before:
        thread.join(LONGEST)
        assert not thread.is_alive()


async def execute(driver: CoreConnection, function: Callable[[], T]) -> T:
    """Call the private method, which has no types."""
    private: Callable[[Callable[[], T]], Awaitable[T]] = driver._execute
    return await private(function)


# --- what aiosqlite must do


@pytest.fixture
async def driver() -> AsyncIterator[CoreConnection]:
    """A connection to nothing but memory."""
    made = CoreConnection(partial(sqlite3.connect, ":memory:"), CURSOR_ROWS)
    await made.open()
    yield made
    await made.close()


def test_the_version_is_the_one_that_was_read() -> None:
    assert version("aiosqlite") == AIOSQLITE
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"aiosqlite=={AIOSQLITE}" in project["dependencies"]


async def test_execute_runs_a_function_in_the_one_thread_of_the_connection(
    driver: CoreConnection,
) -> None:
    first, second = [await execute(driver, threading.current_thread) for _ in range(2)]
    assert first is second
    assert first not in {threading.current_thread(), threading.main_thread()}


async def test_execute_runs_one_after_the_other(driver: CoreConnection) -> None:
    done: list[int] = []
    await asyncio.gather(*(execute(driver, partial(done.append, n)) for n in range(20)))
    assert done == list(range(20))


class Ended(BaseException):
    """No ``Exception``, as the end of a process is none."""


@pytest.mark.parametrize("kind", [LookupError, Ended])
async def test_execute_gives_every_error_to_the_caller_and_goes_on(
    driver: CoreConnection, kind: type[BaseException]
) -> None:
    def fail() -> None:
        raise kind

    with pytest.raises(kind):
        await execute(driver, fail)
    assert await execute(driver, lambda: 7) == 7


async def test_execute_finishes_what_somebody_began_and_left(driver: CoreConnection) -> None:
    gate, done = Gate(), list[int]()

    def work() -> None:
        gate.pass_through()
        done.append(1)

    task = asyncio.ensure_future(execute(driver, work))
    await gate.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.open()
    await execute(driver, lambda: done.append(2))
    assert done == [1, 2]


async def test_conn_is_what_the_connector_opened() -> None:
    opened: list[sqlite3.Connection] = []

    def connect() -> sqlite3.Connection:
        opened.append(sqlite3.connect(":memory:"))
        return opened[0]

    driver = CoreConnection(connect, CURSOR_ROWS)
    await driver.open()
    assert driver._conn is opened[0]
    assert await driver.run(lambda connection: connection is opened[0])
    await driver.close()


async def test_after_a_close_nothing_is_executed_and_the_thread_has_ended() -> None:
    before = threads()
    driver = CoreConnection(partial(sqlite3.connect, ":memory:"), CURSOR_ROWS)
    await driver.open()
    (own,) = threads() - before
    await driver.close()
    with pytest.raises(ValueError, match="closed"):
        await execute(driver, lambda: None)
    own.join(LONGEST)
    assert not own.is_alive()


async def test_an_unclosed_connection_keeps_the_process(driver: CoreConnection) -> None:
    """For which reason every connection must be closed."""
    assert not (await execute(driver, threading.current_thread)).daemon


async def test_stopping_tells_when_the_thread_has_ended(driver: CoreConnection) -> None:
    stopped = driver.stop()
    assert stopped is not None
    await asyncio.wait_for(stopped, 5)


async def test_a_connection_that_does_not_open_leaves_no_thread() -> None:
    before, running = threads(), list[threading.Thread]()

    def fail() -> sqlite3.Connection:
        running.append(threading.current_thread())
        raise sqlite3.OperationalError("unable to open database file")

    with pytest.raises(sqlite3.OperationalError):
        await CoreConnection(fail, CURSOR_ROWS).open()
    assert len(running) == 1
    ended(before)


# --- the thread with SQLAlchemy in it


PRAGMAS = {
    "page_size": 8192,
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "temp_store": 2,
    "busy_timeout": 5000,
}


def run(statement: str) -> Callable[[sqlalchemy.Connection, sqlite3.Connection], object]:
    """Work that executes one statement."""
    return lambda core, _driver: core.execute(text(statement)).scalar()


CACHE_KIB = 14 * 1024


@pytest.mark.parametrize("read_only", [False, True])
async def test_the_pragmas_hold_on_every_connection(tmp_path: Path, read_only: bool) -> None:
    thread = SqliteThread(str(tmp_path / "file.db"), read_only=read_only)
    found = {pragma: await thread.run(run(f"PRAGMA {pragma}")) for pragma in PRAGMAS}
    assert found == PRAGMAS
    cached = await thread.run(run("PRAGMA cache_size"))
    assert (cached == -CACHE_KIB) is not read_only
    assert await thread.run(run("PRAGMA query_only")) == int(read_only)
    await thread.close()


async def test_core_and_driver_are_one_connection(tmp_path: Path) -> None:
    thread = SqliteThread(str(tmp_path / "file.db"))
    assert await thread.run(lambda core, driver: core.connection.driver_connection is driver)
    await thread.close()


async def test_those_who_come_first_at_once_open_one_connection(tmp_path: Path) -> None:
    before = threads()
    thread = SqliteThread(str(tmp_path / "file.db"))
    assert await asyncio.gather(*(thread.run(run("SELECT 1")) for _ in range(5))) == [1] * 5
    assert len(threads() - before) == 1
    await thread.close()
    ended(before)


async def test_closing_finishes_what_was_begun(tmp_path: Path) -> None:
    gate, before = Gate(), threads()
    thread = SqliteThread(str(tmp_path / "file.db"))
    running = asyncio.ensure_future(thread.run(lambda _core, _driver: gate.pass_through()))
    behind = asyncio.ensure_future(thread.run(run("SELECT 1")))
    await gate.reached.wait()
    closing = asyncio.ensure_future(thread.close())
    await asyncio.sleep(0)
    gate.open()
    await closing
    await running
    assert await behind == 1
    ended(before)


async def test_a_closed_one_says_so_and_stays_closed(tmp_path: Path) -> None:
    before, thread = threads(), SqliteThread(str(tmp_path / "file.db"))
    for _ in range(2):
        await thread.close()
        with pytest.raises(DatabaseClosed, match="start it again"):
            await thread.run(run("SELECT 1"))
    assert threads() == before
    assert not (tmp_path / "file.db").exists()


async def test_what_cannot_be_opened_is_tried_again_next_time(tmp_path: Path) -> None:
    before, thread = threads(), SqliteThread(str(tmp_path / "folder" / "file.db"))
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        await thread.run(run("SELECT 1"))
    ended(before)
    (tmp_path / "folder").mkdir()
    assert await thread.run(run("SELECT 1")) == 1
    await thread.close()


async def test_where_sqlalchemy_cannot_begin_the_file_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_opened: sqlite3.Connection) -> sqlalchemy.Connection:
        raise MemoryError

    before, thread = threads(), SqliteThread(str(tmp_path / "file.db"))
    with monkeypatch.context() as patched:
        patched.setattr("store.db.sqlite_thread._core", fail)
        with pytest.raises(MemoryError):
            await thread.run(run("SELECT 1"))
    ended(before)
    gc.collect()  # a connection that was left open would warn
    assert await thread.run(run("SELECT 1")) == 1
    await thread.close()


async def test_errors_do_not_show_values(tmp_path: Path) -> None:
    thread = SqliteThread(str(tmp_path / "file.db"))
    secret = text("SELECT * FROM nowhere WHERE name = :name").bindparams(name="a typed word")
    with pytest.raises(OperationalError) as caught:
        await thread.run(lambda core, _driver: core.execute(secret))
    assert "typed word" not in str(caught.value)
    await thread.close()
