"""Locks that another process holds, which may be dead to everybody but the server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url, text

from store.db import postgresql as engines
from store.db.postgresql import WRITING, PostgresqlEngine, lock_key
from store.db.postgresql_errors import explain
from tests.databases import migrated
from tests.doubles.postgresql import Postgresql
from tests.unit.store.db.adding import Pauses, add_one, read_number, write_number

ACCOUNTS = tuple(b"account %d" % number for number in range(4))
PROMPT_SECONDS = 1.0


@pytest.fixture
async def name(postgresql: Postgresql) -> AsyncIterator[str]:
    """A database that is empty."""
    async with migrated(postgresql) as database:
        yield database


@pytest.fixture
async def engine(postgresql: Postgresql, name: str) -> AsyncIterator[PostgresqlEngine]:
    engine = PostgresqlEngine(make_url(postgresql.url(name)))
    await engine.write(write_number, b"")
    yield engine
    await engine.close()


@asynccontextmanager
async def dead_process(server: Postgresql, name: str, *locks: bytes) -> AsyncIterator[Any]:
    """A session that holds these locks, and the one of writing together with others."""
    session = await server.connect(name)
    await session.execute(f"SELECT pg_advisory_lock_shared({WRITING})")
    for lock in locks:
        await session.execute(f"SELECT pg_advisory_lock({lock_key(lock)})")
    yield session
    await session.close()


async def test_a_stranger_writes_while_another_process_holds_locks_of_accounts(
    postgresql: Postgresql, name: str, engine: PostgresqlEngine
) -> None:
    async with dead_process(postgresql, name, *ACCOUNTS):
        waiting = [asyncio.ensure_future(engine.write(add_one, lock)) for lock in ACCOUNTS]
        for _ in range(5):
            async with asyncio.timeout(PROMPT_SECONDS):
                await engine.write(add_one, b"a stranger")
        assert not any(each.done() for each in waiting)
    await asyncio.gather(*waiting)
    assert await engine.read(read_number) == 9


async def wait_alone(engine: PostgresqlEngine) -> None:
    async with engine.alone():
        pass


async def test_whoever_waits_to_be_alone_lets_others_write_now_and_then(
    postgresql: Postgresql, name: str, engine: PostgresqlEngine
) -> None:
    other = PostgresqlEngine(make_url(postgresql.url(name)))
    async with dead_process(postgresql, name) as holder:
        waiting = asyncio.ensure_future(wait_alone(other))
        while not await holder.fetchval(  # noqa: ASYNC110 - the server has no event
            "SELECT count(*) FROM pg_locks WHERE NOT granted"
        ):
            await asyncio.sleep(0.01)
        await engine.write(add_one, b"")
        assert not waiting.done()
    await waiting
    await other.close()


async def test_nobody_waits_for_a_lock_for_ever(
    postgresql: Postgresql, name: str, engine: PostgresqlEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "LOCK_SECONDS", 0.0)
    async with dead_process(postgresql, name, ACCOUNTS[0]) as holder:
        for waits in (engine.write(add_one, ACCOUNTS[0]), wait_alone(engine)):
            with pytest.raises(asyncpg.LockNotAvailableError) as caught:
                await waits
            assert "Another program is writing" in str(explain(caught.value))
        others = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid <> $1"
        assert not await holder.fetchval(others, holder.get_server_pid())
        await engine.write(add_one, b"a stranger")


async def test_pauses_grow_while_a_lock_is_held(postgresql: Postgresql, name: str) -> None:
    pauses = Pauses()
    engine = PostgresqlEngine(make_url(postgresql.url(name)), chance=lambda: 1.0, sleep=pauses)
    async with dead_process(postgresql, name, ACCOUNTS[0]):
        waiting = asyncio.ensure_future(engine.write(write_number, ACCOUNTS[0]))
        while len(pauses.asked) < 9:  # noqa: ASYNC110 - the pauses take no time
            await asyncio.sleep(0)
    await waiting
    await engine.close()
    assert pauses.asked[:3] == [0.004, 0.008, 0.016]
    assert set(pauses.asked[7:]) == {engines.LONGEST_PAUSE}


async def test_the_server_notices_a_computer_that_is_gone(engine: PostgresqlEngine) -> None:
    ours = text("SELECT name FROM pg_settings WHERE source = 'client' AND name LIKE 'tcp_%'")
    assert set(await engine.read(lambda connection: list(connection.execute(ours).scalars()))) == {
        "tcp_keepalives_idle",
        "tcp_keepalives_interval",
        "tcp_keepalives_count",
        "tcp_user_timeout",
    }
