import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, delete, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError
from sqlalchemy.util.concurrency import await_

from store.db.connection import Connection
from store.db.database import Database
from store.db.engine import Work
from store.db.postgresql import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    TRIES,
    TRIES_TOGETHER,
    PostgresqlEngine,
    lock_key,
)
from store.db.schema import installation, permission
from store.model.errors import WrongDatabase
from store.model.failpoint import installed
from tests.databases import migrated
from tests.doubles.postgresql import GUARDED, Postgresql, running
from tests.unit.store.db.adding import Pauses, add_one, read_number, write_number

LOCK = b"an account"
PASSWORD = "hunter2-canary"
ROOT = Path(__file__).parents[4]


@pytest.fixture
async def name(postgresql: Postgresql) -> AsyncIterator[str]:
    """A database that holds the number 0."""
    async with migrated(postgresql) as database:
        yield database


@pytest.fixture
def url(postgresql: Postgresql, name: str) -> URL:
    return make_url(postgresql.url(name))


@pytest.fixture
async def engine(url: URL) -> AsyncIterator[PostgresqlEngine]:
    engine = PostgresqlEngine(url)
    await engine.write(write_number, b"")
    yield engine
    await engine.close()


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
async def other(url: URL, pauses: Pauses) -> AsyncIterator[PostgresqlEngine]:
    """Another process, as far as PostgreSQL can tell; it pauses for no time."""
    engine = PostgresqlEngine(url, sleep=pauses)
    yield engine
    await engine.close()


@asynccontextmanager
async def holding(server: Postgresql, name: str) -> AsyncIterator[Any]:
    """A connection that holds the lock, as that of another process."""
    holder = await server.connect(name)
    await holder.execute(f"SELECT pg_advisory_lock({lock_key(LOCK)})")
    yield holder
    await holder.close()


async def somebody_waits(holder: Any) -> None:
    """Wait until PostgreSQL holds somebody up."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    while not await holder.fetchval(waiting):  # noqa: ASYNC110 - the server has no event
        await asyncio.sleep(0.01)


def names(connection: Connection) -> set[str]:
    return set(connection.scalars(select(installation.c.name)))


# --- one after the other: the same lock


async def test_what_waited_for_a_lock_sees_what_was_written_meanwhile(
    postgresql: Postgresql,
    name: str,
    engine: PostgresqlEngine,
    other: PostgresqlEngine,
    pauses: Pauses,
) -> None:
    async with holding(postgresql, name) as holder:
        adding = asyncio.ensure_future(other.write(add_one, LOCK))
        await pauses.begun.wait()
        await holder.execute("UPDATE house SET value = '41'")
    assert await adding == 42


async def test_a_lock_inside_the_transaction_would_come_too_late(
    postgresql: Postgresql, name: str, engine: PostgresqlEngine
) -> None:
    """Why the lock is one of the session: this is what would happen otherwise."""
    late = await postgresql.connect(name)
    await late.execute("BEGIN ISOLATION LEVEL SERIALIZABLE")
    lock = f"SELECT pg_advisory_xact_lock({lock_key(LOCK)})"
    async with holding(postgresql, name) as holder:
        waiting = asyncio.ensure_future(late.execute(lock))
        await somebody_waits(holder)
        await holder.execute("UPDATE house SET value = '41'")
    await waiting
    assert await late.fetchval("SELECT value FROM house") == b"0"
    await late.close()


async def test_two_processes_wait_for_each_other(
    postgresql: Postgresql, name: str, engine: PostgresqlEngine
) -> None:
    command = (sys.executable, "-m", "tests.unit.store.db.adding", postgresql.url(name), "40")
    processes = [
        await asyncio.create_subprocess_exec(
            *command, "an account", cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(2)
    ]
    tries = [int((await process.communicate())[0]) for process in processes]
    assert await engine.read(read_number) == 80
    assert tries == [0, 0]  # nothing had to be begun again


async def test_works_with_one_lock_need_one_connection(
    postgresql: Postgresql, name: str, engine: PostgresqlEngine
) -> None:
    await asyncio.gather(*(engine.write(add_one, LOCK) for _ in range(50)))
    assert await engine.read(read_number) == 50
    watcher = await postgresql.connect(name)
    connected = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'holdfast'"
    assert await watcher.fetchval(connected) == 2  # one to write, one to read
    await watcher.close()
    assert not engine._locks


async def test_no_lock_is_left_whatever_happened(
    postgresql: Postgresql, name: str, engine: PostgresqlEngine
) -> None:
    def fail(connection: Connection) -> None:
        add_one(connection)
        raise LookupError

    def undo(connection: Connection) -> None:
        add_one(connection)
        connection.undo()

    with pytest.raises(LookupError):
        await engine.write(fail, LOCK)
    await engine.write(undo, LOCK)
    await engine.write(add_one, LOCK)
    watcher = await postgresql.connect(name)
    assert not await watcher.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
    await watcher.close()
    assert await engine.read(read_number) == 1


# --- one beside the other: tried again


async def test_works_of_two_processes_that_meet_are_tried_again(
    url: URL, engine: PostgresqlEngine
) -> None:
    pauses = Pauses()
    engines = [PostgresqlEngine(url, chance=lambda: 0.5, sleep=pauses) for _ in range(4)]
    await asyncio.gather(*(e.write(add_one, b"") for e in engines for _ in range(25)))
    assert await engine.read(read_number) == 100
    for each in engines:
        await each.close()
    possible = {min(FIRST_PAUSE * 2**n, LONGEST_PAUSE) / 2 for n in range(1, 12)}
    assert {FIRST_PAUSE} <= set(pauses.asked) <= possible


async def test_works_of_one_process_do_not_meet(url: URL, engine: PostgresqlEngine) -> None:
    pauses = Pauses()
    one = PostgresqlEngine(url, sleep=pauses)
    await asyncio.gather(*(one.write(add_one, bytes([n])) for n in range(50)))
    assert await one.read(read_number) == 50
    await one.close()
    assert pauses.asked == []


async def test_whoever_is_tried_often_writes_alone_at_last(url: URL) -> None:
    modes = list[str]()
    mine = text("SELECT mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")

    def meet(connection: Connection) -> None:
        modes.append(str(connection.execute(mine).scalar_one()))
        if len(modes) < TRIES_TOGETHER + 2:
            refuse("40001")(connection)

    engine = PostgresqlEngine(url, sleep=Pauses())
    await engine.write(meet, b"")
    await engine.close()
    assert modes == ["ShareLock"] * TRIES_TOGETHER + ["ExclusiveLock"] * 2


def refuse(sqlstate: str) -> Work[object]:
    """Work that PostgreSQL ends with this state, each time."""
    block = f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{sqlstate}'; END $$"
    return lambda connection: connection.execute(text(block))


@pytest.mark.parametrize(("state", "tries"), [*TRIES.items(), ("22012", 1)])
async def test_nothing_is_tried_for_ever(url: URL, state: str, tries: int) -> None:
    pauses = Pauses()
    engine = PostgresqlEngine(url, chance=lambda: 1.0, sleep=pauses)
    with pytest.raises(DBAPIError):
        await engine.write(refuse(state), LOCK)
    await engine.close()
    doubled = [min(FIRST_PAUSE * 2**n, LONGEST_PAUSE) for n in range(1, tries)]
    assert pauses.asked == doubled


# --- whole or not at all


async def test_an_error_that_work_swallows_is_still_the_end_of_it(
    engine: PostgresqlEngine,
) -> None:
    def swallow(connection: Connection) -> None:
        connection.execute(insert(installation).values(name="one", value=b""))
        with pytest.raises(IntegrityError):
            connection.execute(insert(installation).values(name="one", value=b""))

    def go_on(connection: Connection) -> None:
        swallow(connection)
        connection.execute(insert(installation).values(name="two", value=b""))

    with pytest.raises(IntegrityError):
        await engine.write(swallow, b"")
    with pytest.raises(InvalidRequestError):
        await engine.write(go_on, b"")
    assert await engine.read(names) == {"number"}


async def test_reading_cannot_write(engine: PostgresqlEngine) -> None:
    with pytest.raises(DBAPIError, match="read-only transaction"):
        await engine.read(add_one)


async def test_reading_sees_one_state(
    engine: PostgresqlEngine, postgresql: Postgresql, name: str
) -> None:
    between = await postgresql.connect(name)

    def twice(connection: Connection) -> list[int]:
        first = read_number(connection)
        await_(between.execute("UPDATE house SET value = '41'"))
        return [first, read_number(connection)]

    assert await engine.read(twice) == [0, 0]
    await between.close()


async def test_whoever_is_cancelled_waits_for_the_end(
    postgresql: Postgresql,
    name: str,
    engine: PostgresqlEngine,
    other: PostgresqlEngine,
    pauses: Pauses,
) -> None:
    async with holding(postgresql, name):
        adding = asyncio.ensure_future(other.write(add_one, LOCK))
        await pauses.begun.wait()
        for _ in range(3):
            adding.cancel()
            await asyncio.sleep(0)
        assert not adding.done()
    with pytest.raises(asyncio.CancelledError):
        await adding
    assert await engine.read(read_number) == 1


async def test_closing_waits_for_what_runs(
    engine: PostgresqlEngine, other: PostgresqlEngine
) -> None:
    adding = [asyncio.ensure_future(engine.write(add_one, LOCK)) for _ in range(5)]
    await asyncio.sleep(0)
    await engine.close()
    await asyncio.gather(*adding)
    assert await other.read(read_number) == 5


async def test_a_failure_at_the_commit_writes_nothing(engine: PostgresqlEngine) -> None:
    def hook(name: str) -> None:
        if name == "commit":
            raise LookupError

    with installed(hook), pytest.raises(LookupError):
        await engine.write(add_one, LOCK)
    assert await engine.read(read_number) == 0


# --- a server that goes and comes


async def test_a_restarted_server_is_found_again() -> None:
    with running() as server:
        database = Database(server.url("postgres"))
        await database.migrate()
        for end in (server.stop, server.crash):
            end()
            server.start()
            await asyncio.sleep(0)
            assert (await database.count_rows())["house"] == 0
        server.stop()
        with pytest.raises(OSError, match=r"Connect|No such file"):
            await database.count_rows()
        server.start()
        assert (await database.count_rows())["house"] == 0
        await database.close()


async def test_what_was_acknowledged_is_there_after_a_crash() -> None:
    with running() as server:
        engine = PostgresqlEngine(make_url(server.url("postgres")))
        database = Database(server.url("postgres"))
        await database.migrate()
        await database.close()
        await engine.write(write_number, b"")
        assert await engine.write(add_one, LOCK) == 1
        server.crash()
        server.start()
        assert await engine.read(read_number) == 1
        await engine.close()


# --- what errors say


async def test_no_error_carries_a_value(engine: PostgresqlEngine) -> None:
    canary = b"canary of somebody"

    def twice(connection: Connection) -> None:
        for _ in range(2):
            connection.execute(insert(installation).values(name=canary.decode(), value=canary))

    def whole_row(connection: Connection) -> None:
        row = dict.fromkeys(permission.c.keys(), canary) | {"until": 0, "kind": canary.decode()}
        connection.execute(insert(permission).values(row))

    def wrong_type(connection: Connection) -> None:
        row = {"name": "x", "value": canary.decode()}
        connection.execute(insert(installation).values(row))

    for work in (twice, whole_row, wrong_type):
        with pytest.raises(DBAPIError) as caught:
            await engine.write(work, b"")
        error: BaseException | None = caught.value
        while error is not None:
            for shown in (str(error), repr(error), repr(vars(error).get("detail"))):
                assert "canary" not in shown, work
                assert canary.hex() not in shown, work
            error = error.__cause__


async def migrating(url: str, password: str | None = None) -> str:
    """What is said about a database that cannot be used."""
    database = Database(url, password)
    try:
        with pytest.raises(WrongDatabase) as caught:
            await database.migrate()
    finally:
        await database.close()
    assert PASSWORD not in repr(caught.value.__cause__)
    return str(caught.value)


async def test_nobody_listens(tmp_path: Path) -> None:
    said = await migrating(f"postgresql+asyncpg://me:{PASSWORD}@/db?host={tmp_path}")
    assert "does not answer" in said
    said = await migrating(f"postgresql+asyncpg://me:{PASSWORD}@127.0.0.1:1/db")
    assert "does not answer" in said
    assert PASSWORD not in said


async def test_a_password_is_wrong_missing_or_right(postgresql: Postgresql) -> None:
    await postgresql.let_in(GUARDED, "right")
    name = await postgresql.create()
    await postgresql.run(f"ALTER DATABASE {name} OWNER TO {GUARDED}")
    url = postgresql.url(name, GUARDED)
    for password in (None, PASSWORD):
        assert "refuses the user" in await migrating(url, password)
    database = Database(url, "right")
    await database.migrate()
    await database.close()
    assert PASSWORD not in repr(Database(url, PASSWORD)._engine)


async def test_a_database_is_not_there_or_not_its_users(postgresql: Postgresql) -> None:
    assert "createdb" in await migrating(postgresql.url("nowhere"))
    name = await postgresql.create()
    await postgresql.let_in("guest")
    assert "OWNER TO" in await migrating(postgresql.url(name, "guest"))


async def test_a_database_that_takes_no_writing(postgresql: Postgresql) -> None:
    name = await postgresql.create()
    await postgresql.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert "read only" in await migrating(postgresql.url(name))


def test_the_lock_of_an_account_is_a_number_that_postgresql_takes() -> None:
    keys = {lock_key(bytes([n])) for n in range(256)}
    assert len(keys) == 256
    assert all(-(2**63) <= key < 2**63 for key in keys)


async def test_a_deleted_row_is_gone(engine: PostgresqlEngine) -> None:
    await engine.write(lambda connection: connection.execute(delete(installation)), LOCK)
    assert await engine.read(names) == set()
