"""Many who erase at once, beside a reader: one checkpoint at a time serves all who wait."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store.db.sqlite import CHECKPOINT_SECONDS, SqliteEngine
from store.db.sqlite_checkpoint import CHECKPOINT_PAUSE
from store.model.failpoint import installed
from tests.unit.store.db.notes import Gate, held, notes, write, written

MANY = 30


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[SqliteEngine]:
    """A file with one note."""
    async with notes(tmp_path) as made:
        await write(made, "one")
        yield made


@contextmanager
def backup(folder: Path) -> Iterator[None]:
    """Read the file for as long as the context lasts, which no checkpoint can pass."""
    other = sqlite3.connect(folder / "notes.db", isolation_level=None)
    try:
        other.execute("BEGIN")
        other.execute("SELECT name FROM note").fetchall()
        yield
    finally:
        other.close()


@contextmanager
def counted_checkpoints(gate: Gate | None = None) -> Iterator[list[str]]:
    """Note every checkpoint that begins, and hold it after it has looked at the WAL."""
    begun: list[str] = []

    def hook(name: str) -> None:
        if name == "checkpoint":
            begun.append(name)
        if name == "checkpointed" and gate is not None:
            gate.pass_through()

    with installed(hook):
        yield begun


def scrubs(engine: SqliteEngine, times: int) -> "list[asyncio.Task[bool]]":
    """Begin to scrub, so many at once."""
    return [asyncio.ensure_future(engine.scrub()) for _ in range(times)]


async def test_all_who_wait_share_one(engine: SqliteEngine) -> None:
    with counted_checkpoints() as begun:
        assert await asyncio.gather(*scrubs(engine, MANY)) == [True] * MANY
        assert len(begun) == 1
        assert await engine.scrub()
    assert len(begun) == 2


async def test_whoever_comes_while_one_runs_waits_for_the_next(engine: SqliteEngine) -> None:
    """What they deleted may have come after it began."""
    gate = Gate()
    with counted_checkpoints(gate) as begun:
        first = scrubs(engine, 1)
        await gate.reached.wait()
        late = scrubs(engine, MANY)
        await asyncio.sleep(0)
        gate.open()
        assert await asyncio.gather(*first, *late) == [True] * (MANY + 1)
    assert len(begun) == 2


async def test_one_that_waits_for_its_turn_takes_along_what_is_written_before_it(
    engine: SqliteEngine, tmp_path: Path
) -> None:
    with counted_checkpoints() as begun:
        async with held(engine):
            waiting = scrubs(engine, 2)
            await asyncio.sleep(0)
            waiting += scrubs(engine, 2)
        assert await asyncio.gather(*waiting) == [True] * 4
    assert len(begun) == 1
    assert (tmp_path / "notes.db-wal").stat().st_size == 0


async def test_beside_a_backup_many_try_no_more_often_than_one(
    engine: SqliteEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 0.4
    monkeypatch.setattr("store.db.sqlite.CHECKPOINT_SECONDS", seconds)
    with backup(tmp_path), counted_checkpoints() as begun:
        assert await asyncio.gather(*scrubs(engine, MANY)) == [False] * MANY
    assert 1 <= len(begun) <= seconds / CHECKPOINT_PAUSE + 2


async def test_those_who_came_at_different_times_try_together_again(
    engine: SqliteEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 0.4
    monkeypatch.setattr("store.db.sqlite.CHECKPOINT_SECONDS", seconds)
    loop = asyncio.get_running_loop()
    waiting: list[asyncio.Task[bool]] = []
    with backup(tmp_path), counted_checkpoints() as begun:
        before = loop.time()
        for _ in range(MANY):
            waiting += scrubs(engine, 1)
            await asyncio.sleep(CHECKPOINT_PAUSE / 9)
        assert await asyncio.gather(*waiting) == [False] * MANY
        took = loop.time() - before
    assert len(begun) <= took / CHECKPOINT_PAUSE + 3


async def test_nobody_is_kept_from_writing_meanwhile(engine: SqliteEngine, tmp_path: Path) -> None:
    """The checkpoint itself waits for nobody: it would with the writer in its hand."""
    told: list[str] = []
    with backup(tmp_path):
        await engine._writer.run(lambda _, driver: driver.set_trace_callback(told.append))
        waiting = scrubs(engine, MANY)
        for number in range(20):
            await write(engine, f"n{number}")
        assert not any(task.done() for task in waiting)
    assert all(await asyncio.gather(*waiting))
    assert {line for line in told if "busy_timeout" in line} == {
        "PRAGMA busy_timeout=0",
        "PRAGMA busy_timeout=5000",
    }
    assert len(await written(engine)) == 21


async def test_nobody_waits_longer_because_the_writer_is_held(
    engine: SqliteEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with held(engine):
        with monkeypatch.context() as patch:
            patch.setattr("store.db.sqlite.CHECKPOINT_SECONDS", 0.1)
            assert not await engine.scrub()
    assert CHECKPOINT_SECONDS == 5
    assert await engine.scrub()


async def test_closing_waits_for_one_that_nobody_waits_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.db.sqlite.CHECKPOINT_SECONDS", 0.05)
    before = asyncio.all_tasks()
    async with notes(tmp_path) as engine, held(engine):
        assert not await engine.scrub()
        closing = asyncio.ensure_future(engine.close())
        await asyncio.sleep(0)
    await closing
    assert asyncio.all_tasks() == before
