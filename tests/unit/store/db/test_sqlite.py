import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError, InvalidRequestError, OperationalError

from store.db.connection import Connection
from store.db.sqlite import GROUP_SECONDS, TRANSACTIONS_TOGETHER, SqliteEngine, Transaction
from store.db.sqlite_thread import PRAGMAS, SqliteThread
from store.model.errors import DatabaseClosed
from store.model.failpoint import installed
from tests.unit.store.db.notes import (
    LONGEST,
    NAMES,
    NOTE,
    Gate,
    all_names,
    counted_commits,
    held,
    note,
    notes,
    settled,
    write,
    written,
)
from tests.unit.store.event_loop import does_not_hold_the_loop


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[SqliteEngine]:
    """A file with no note, and a clock by which no group is ever old."""
    async with notes(tmp_path) as made:
        yield made


def begin(engine: SqliteEngine, *names: str) -> "list[asyncio.Task[None]]":
    """Begin one transaction for each name."""
    return [asyncio.ensure_future(write(engine, name)) for name in names]


def elsewhere(folder: Path, *statements: str) -> sqlite3.Connection:
    """Execute statements as another process would, and stay in its transaction."""
    other = sqlite3.connect(folder / "notes.db", isolation_level=None, check_same_thread=False)
    for statement in statements:
        other.execute(statement).fetchall()
    return other


def files(folder: Path) -> list[Path]:
    """What is there."""
    return list(folder.iterdir())


# --- transactions that wait share one hop and one commit


async def trace(engine: SqliteEngine) -> list[str]:
    """Note what SQLite is told from now on."""
    noted: list[str] = []
    await engine._writer.run(lambda _, driver: driver.set_trace_callback(noted.append))
    return noted


async def test_each_transaction_has_a_savepoint_and_all_have_one_commit(
    engine: SqliteEngine,
) -> None:
    noted = await trace(engine)

    def fail(connection: Connection) -> None:
        connection.execute(note("two"))
        raise LookupError

    failing = asyncio.ensure_future(engine.write(fail, b""))
    await settled(*begin(engine, "one"), failing, *begin(engine, "three"))
    inserted, undone = "INSERT INTO note (name) VALUES ('{}')", "ROLLBACK TO work"
    assert noted == [
        "BEGIN IMMEDIATE",
        *("SAVEPOINT work", inserted.format("two"), undone, "RELEASE work"),
        *("SAVEPOINT work", inserted.format("one"), "RELEASE work"),
        *("SAVEPOINT work", inserted.format("three"), "RELEASE work"),
        *("PRAGMA user_version", "PRAGMA user_version=1"),
        "COMMIT",
    ]


async def test_those_that_wait_share_a_hop_and_a_commit(
    engine: SqliteEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hops, run = list[str](), SqliteThread.run

    async def hop(*given: object) -> object:
        hops.append("hop")
        return await run(*given)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(SqliteThread, "run", hop)
    with counted_commits() as commits:
        async with held(engine):
            tasks = begin(engine, *NAMES)
            await asyncio.sleep(0)
        await settled(*tasks)
    assert len(hops) == len(commits) == 2  # the first held the others
    assert await written(engine) == sorted(NAMES)


async def test_those_that_come_one_after_the_other_share_them_as_well(
    engine: SqliteEngine,
) -> None:
    """As long as each turn of the event loop brings one more."""

    async def write_later(name: str, turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        await write(engine, name)

    with counted_commits() as commits:
        await asyncio.gather(*(write_later(name, turns) for turns, name in enumerate(NAMES)))
    assert len(commits) == 1
    assert await written(engine) == sorted(NAMES)


async def test_waiting_for_the_interpreter_does_not_make_a_group_old() -> None:
    """With a busy event loop every transaction would have a commit of its own."""
    assert SqliteEngine("nowhere")._clock is time.thread_time


async def test_one_alone_is_committed_at_once(engine: SqliteEngine) -> None:
    with counted_commits() as commits:
        for number, name in enumerate(NAMES[:3], 1):
            await write(engine, name)
            assert len(commits) == number


async def test_not_too_many_share_it(engine: SqliteEngine) -> None:
    assert TRANSACTIONS_TOGETHER == 32
    names = [f"n{number}" for number in range(70)]
    with counted_commits() as commits:
        assert await settled(*begin(engine, *names)) == [None] * 70
    assert len(commits) == 3
    assert await written(engine) == sorted(names)


async def test_nor_do_they_share_it_for_long(tmp_path: Path) -> None:
    """Whoever waits for the first one waits for no more than the cap, and one transaction."""
    now, ran, together = [0.0], list[int](), list[int]()

    def slow(number: int) -> Callable[[Connection], None]:
        def work(_connection: Connection) -> None:
            ran.append(number)
            now[0] += 0.4 * GROUP_SECONDS

        return work

    def hook(name: str) -> None:
        if name == "commit":
            together.append(len(ran))

    async with notes(tmp_path, lambda: now[0]) as engine:
        with installed(hook):
            await asyncio.gather(*(engine.write(slow(number), b"") for number in range(8)))
    assert ran == list(range(8))
    assert together == [3, 6, 8]


async def test_one_that_takes_longer_than_that_is_committed_alone(tmp_path: Path) -> None:
    now = [0.0]

    def slow(_connection: Connection) -> None:
        now[0] += 2 * GROUP_SECONDS

    async with notes(tmp_path, lambda: now[0]) as engine:
        with counted_commits() as commits:
            await asyncio.gather(*(engine.write(slow, b"") for _ in range(3)))
    assert len(commits) == 3


async def test_they_run_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    """Also those that a group left for the next one."""
    now, ran = [0.0], list[int]()

    def work(number: int) -> Callable[[Connection], None]:
        def run(_connection: Connection) -> None:
            ran.append(number)
            now[0] += (number % 5) / 4 * GROUP_SECONDS

        return run

    async with notes(tmp_path, lambda: now[0]) as engine:
        await asyncio.gather(*(engine.write(work(number), b"") for number in range(100)))
    assert ran == list(range(100))


async def test_each_gets_its_own_result(engine: SqliteEngine) -> None:
    def work(number: int) -> Callable[[Connection], int | None]:
        return lambda _connection: number if number % 2 else None

    found = await asyncio.gather(*(engine.write(work(number), b"") for number in range(6)))
    assert found == [None, 1, None, 3, None, 5]


async def test_it_is_acknowledged_when_it_is_on_the_disk(
    engine: SqliteEngine, tmp_path: Path
) -> None:
    async def noted(name: str) -> bool:
        await write(engine, name)
        other = elsewhere(tmp_path)
        found = other.execute("SELECT 1 FROM note WHERE name = ?", (name,)).fetchone()
        other.close()
        return found is not None

    assert all(await asyncio.gather(*map(noted, NAMES)))


# --- whatever fails takes only itself back


async def test_one_that_fails_is_undone_alone(engine: SqliteEngine) -> None:
    async def noted(name: str) -> None:
        def work(connection: Connection) -> None:
            connection.execute(note(name))
            if name in NAMES[::3]:
                raise LookupError(name)

        await engine.write(work, b"")

    with counted_commits() as commits:
        results = await asyncio.gather(*map(noted, NAMES), return_exceptions=True)
    assert [str(r) if r else None for r in results] == [
        n if n in NAMES[::3] else None for n in NAMES
    ]
    assert await written(engine) == sorted(set(NAMES) - set(NAMES[::3]))
    assert len(commits) == 1


async def test_one_that_undoes_itself_is_undone_alone(engine: SqliteEngine) -> None:
    async def noted(name: str) -> str:
        def work(connection: Connection) -> str:
            connection.execute(note(name))
            if name in NAMES[::3]:
                connection.undo()
            return name

        return await engine.write(work, b"")

    assert await asyncio.gather(*map(noted, NAMES)) == NAMES
    assert await written(engine) == sorted(set(NAMES) - set(NAMES[::3]))


class Ended(BaseException):
    """No ``Exception``, as a test's death is none."""


@pytest.mark.parametrize("kind", [Ended, asyncio.CancelledError])
async def test_also_if_it_is_no_ordinary_error(
    engine: SqliteEngine, kind: type[BaseException]
) -> None:
    def fail(_connection: Connection) -> None:
        raise kind

    failing = asyncio.ensure_future(engine.write(fail, b""))
    others = begin(engine, "one", "two")
    with pytest.raises(kind):
        await failing
    assert await settled(*others) == [None, None]
    assert await written(engine) == ["one", "two"]


async def test_an_iterator_that_ended_is_an_error_like_others(engine: SqliteEngine) -> None:
    """Python cannot raise it where somebody awaits it: they would wait for ever."""

    def fail(connection: Connection) -> str:
        connection.execute(select(NOTE))
        return next(iter(()))

    others = begin(engine, "one")
    for run in (engine.write(fail, b""), engine.read(fail)):
        with pytest.raises(RuntimeError, match="StopIteration"):
            await asyncio.wait_for(run, 20)
    assert await settled(*others) == [None]


async def test_one_for_which_there_is_no_room_fails_alone(engine: SqliteEngine) -> None:
    """SQLite undoes the whole transaction then, and everybody who was in it begins again."""

    def fill(connection: Connection) -> None:
        connection.execute(note("much" * 10_000_000))

    await engine.write(lambda c: c.execute(text("PRAGMA max_page_count=100")), b"")
    before = begin(engine, "one", "two")
    full = asyncio.ensure_future(engine.write(fill, b""))
    errors = await settled(*before, full, *begin(engine, "three"))
    assert [str(e.__cause__) if e else "" for e in errors] == [
        *["", "", "database or disk is full", ""]
    ]
    assert await written(engine) == ["one", "three", "two"]


async def test_an_error_that_undoes_everything_is_the_error_of_one(engine: SqliteEngine) -> None:
    """SQLite does so by itself where it cannot go on; here it is told to."""
    await write(engine, "known")
    ran: list[str] = []

    async def noted(name: str) -> str:
        again = note("known").prefix_with("OR ROLLBACK")

        def work(connection: Connection) -> str:
            ran.append(name)
            connection.execute(again if name == NAMES[10] else note(name))
            return name

        return await engine.write(work, b"")

    results = await asyncio.gather(*map(noted, NAMES), return_exceptions=True)
    assert isinstance(results.pop(10), IntegrityError)
    assert results == NAMES[:10] + NAMES[11:]
    assert await written(engine) == sorted(["known", *NAMES[:10], *NAMES[11:]])
    assert ran == [*NAMES[:11], *NAMES[:11], *NAMES[11:]]  # in their order, and no more than twice


async def test_one_that_failed_because_of_another_that_was_undone_is_written(
    engine: SqliteEngine,
) -> None:
    await write(engine, "known")

    def fail(connection: Connection) -> None:
        connection.execute(note("new"))
        connection.execute(note("known").prefix_with("OR ROLLBACK"))

    def look(connection: Connection) -> None:
        if "one" in all_names(connection):
            raise LookupError
        connection.execute(note("two"))

    def refer(connection: Connection) -> None:
        connection.execute(note("one"))
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        connection.execute(text("INSERT INTO reference VALUES ('nowhere')"))

    await engine.write(lambda c: c.execute(text(REFERENCE)), b"")
    works = [engine.write(work, b"") for work in (refer, look, fail)]
    errors = await settled(*map(asyncio.ensure_future, works))
    assert [type(error) for error in errors] == [IntegrityError, type(None), IntegrityError]
    assert await written(engine) == ["known", "two"]


async def test_nobody_is_told_that_it_worked_by_one_that_went_over_that_error(
    engine: SqliteEngine,
) -> None:
    await write(engine, "known")

    def go_on(connection: Connection) -> None:
        with pytest.raises(IntegrityError):
            connection.execute(note("known").prefix_with("OR ROLLBACK"))

    before = begin(engine, "one")
    going = asyncio.ensure_future(engine.write(go_on, b""))
    after = begin(engine, "two")
    await asyncio.sleep(0)
    errors = await settled(*before, going, *after)
    assert [type(error) for error in errors] == [
        type(None),
        InvalidRequestError,
        type(None),
    ]
    assert await written(engine) == ["known", "one", "two"]


REFERENCE = "CREATE TABLE reference (name TEXT REFERENCES note(name))"


async def test_a_commit_that_fails_because_of_one_fails_that_one(engine: SqliteEngine) -> None:
    """And nothing of it stays open in the file: a reference can be wrong until the commit."""

    def refer(connection: Connection) -> None:
        connection.execute(note("three"))
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        connection.execute(text("INSERT INTO reference VALUES ('nowhere')"))

    await engine.write(lambda c: c.execute(text(REFERENCE)), b"")
    before = begin(engine, "one")
    referring = asyncio.ensure_future(engine.write(refer, b""))
    errors = await settled(*before, referring, *begin(engine, "two"))
    assert [type(error) for error in errors] == [type(None), IntegrityError, type(None)]
    assert await written(engine) == ["one", "two"]
    await settled(*begin(engine, *NAMES))
    assert await written(engine) == sorted(["one", "two", *NAMES])


class FailsAtFirst:
    """A disk that fails so many times at one point."""

    def __init__(self, point: str, times: int) -> None:
        self.point, self.times = point, times
        self.reached: list[str] = []

    def __call__(self, name: str) -> None:
        self.reached.append(name)
        if name == self.point and self.times:
            self.times -= 1
            raise OperationalError("COMMIT", None, sqlite3.OperationalError("disk I/O error"))


async def test_each_that_cannot_be_committed_alone_either_fails(engine: SqliteEngine) -> None:
    names = [f"n{number}" for number in range(40)]
    with installed(FailsAtFirst("commit", 1 + 10)):
        errors = await settled(*begin(engine, *names))
    assert [isinstance(e, OperationalError) for e in errors] == [True] * 10 + [False] * 30
    assert await written(engine) == sorted(names[10:])


async def test_what_was_committed_is_not_run_again(engine: SqliteEngine) -> None:
    """Whatever fails after it: it would be written twice."""
    fails = FailsAtFirst("committed", 1)
    with installed(fails):
        await settled(*begin(engine, *NAMES))
    assert fails.reached.count("commit") == 1
    assert await written(engine) == sorted(NAMES)


async def test_one_that_fails_alone_is_not_tried_again(engine: SqliteEngine) -> None:
    with installed(FailsAtFirst("commit", 1)):
        assert [type(e) for e in await settled(*begin(engine, "one"))] == [OperationalError]
    assert await written(engine) == []


async def test_what_was_acknowledged_is_written_although_the_file_is_locked_after_it(
    engine: SqliteEngine, tmp_path: Path
) -> None:
    """Another process comes between those that are run one by one, and is waited for once."""
    others: list[sqlite3.Connection] = []
    fails, begun = FailsAtFirst("commit", 1), list[str]()

    def note_begin(statement: str) -> None:
        begun.extend(["BEGIN"] if statement.startswith("BEGIN") else [])

    def hook(name: str) -> None:
        fails(name)
        if name == "committed" and not others:
            others.append(elsewhere(tmp_path, "BEGIN IMMEDIATE"))

    await engine._writer.run(lambda _, driver: driver.execute("PRAGMA busy_timeout=0"))
    await engine._writer.run(lambda _, driver: driver.set_trace_callback(note_begin))
    with installed(hook):
        errors = await settled(*begin(engine, *NAMES))
    assert [type(error) for error in errors] == [type(None)] + [OperationalError] * 19
    others.pop().close()
    assert await written(engine) == NAMES[:1]
    assert len(begun) == 3  # all together, the first, and one that waited


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no other process."""
    monkeypatch.setattr("store.db.sqlite_thread.PRAGMAS", (*PRAGMAS[:-1], "PRAGMA busy_timeout=0"))


@pytest.mark.usefixtures("impatient")
async def test_a_file_locked_by_another_process_fails_those_that_waited(
    tmp_path: Path,
) -> None:
    async with notes(tmp_path) as engine:
        other = elsewhere(tmp_path, "BEGIN IMMEDIATE")
        errors = await settled(*begin(engine, *NAMES))
        assert [type(error) for error in errors] == [OperationalError] * 20
        assert {str(e.__cause__) for e in errors if e} == {"database is locked"}
        other.close()
        assert await settled(*begin(engine, *NAMES)) == [None] * 20
        assert await written(engine) == sorted(NAMES)


async def test_one_that_is_let_in_late_waits_no_longer_than_it_must(
    engine: SqliteEngine, tmp_path: Path
) -> None:
    other = elsewhere(tmp_path, "BEGIN IMMEDIATE")
    tasks = begin(engine, *NAMES)
    for _ in range(3):
        await asyncio.sleep(0)
    assert not engine._waiting  # they are in the thread
    other.close()
    assert await settled(*tasks) == [None] * 20
    assert await written(engine) == sorted(NAMES)


async def test_a_file_that_cannot_be_opened_fails_those_that_waited(tmp_path: Path) -> None:
    engine = SqliteEngine(str(tmp_path / "folder" / "notes.db"))
    errors = await settled(*begin(engine, "one", "two"))
    assert [type(error) for error in errors] == [sqlite3.OperationalError] * 2
    with pytest.raises(sqlite3.OperationalError):
        await written(engine)
    (tmp_path / "folder").mkdir()
    await engine.write(lambda connection: NOTE.create(connection.core), b"")
    await write(engine, "one")
    assert await written(engine) == ["one"]
    await engine.close()


async def test_an_error_never_shows_values(engine: SqliteEngine) -> None:
    await write(engine, "a typed word")
    with pytest.raises(IntegrityError) as caught:
        await write(engine, "a typed word")
    assert "typed word" not in f"{caught.value} {caught.value!r}"


async def test_a_transaction_does_not_print_what_it_writes() -> None:
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    transaction = Transaction(lambda _: "a typed word", ended, "a typed word")
    assert repr(transaction) == "Transaction()"


# --- callers who are cancelled


async def cancel_twice(task: "asyncio.Future[Any]", gate: Gate) -> None:
    """Cancel whoever waits for work that is running; nothing has ended before the work has."""
    await gate.reached.wait()
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert not task.done()
    gate.open()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_whoever_is_cancelled_waits_for_the_end(engine: SqliteEngine) -> None:
    gate = Gate()
    work = gate.before(lambda connection: connection.execute(note("one")))
    await cancel_twice(asyncio.ensure_future(engine.write(work, b"")), gate)
    assert await written(engine) == ["one"]


async def test_an_error_goes_before_a_cancellation(engine: SqliteEngine) -> None:
    gate = Gate()

    def fail(_connection: Connection) -> None:
        gate.pass_through()
        raise LookupError

    task = asyncio.ensure_future(engine.write(fail, b""))
    await gate.reached.wait()
    task.cancel()
    gate.open()
    with pytest.raises(LookupError):
        await task


async def test_one_cancelled_in_the_queue_leaves_the_others(engine: SqliteEngine) -> None:
    async with held(engine):
        tasks = begin(engine, *NAMES)
        await asyncio.sleep(0)
        for task in tasks[1::2]:
            task.cancel()
        await asyncio.sleep(0)
        assert not any(task.done() for task in tasks)
    await asyncio.wait(tasks)
    assert [task.cancelled() for task in tasks] == [False, True] * 10
    assert await written(engine) == sorted(NAMES)


async def test_whoever_reads_waits_for_the_end_as_well(engine: SqliteEngine) -> None:
    gate = Gate()
    await cancel_twice(asyncio.ensure_future(engine.read(gate.before(all_names))), gate)
    assert await written(engine) == []


async def test_at_the_end_of_the_event_loop_nobody_waits_for_ever(engine: SqliteEngine) -> None:
    """Then every task is cancelled, that of the engine as well."""
    gate = Gate()
    running = asyncio.ensure_future(engine.write(gate.before(lambda _: None), b""))
    await gate.reached.wait()
    waiting = begin(engine, *NAMES)
    await asyncio.sleep(0)
    assert engine._serving is not None
    engine._serving.cancel()
    await asyncio.wait([running, *waiting])
    assert running.cancelled()
    assert all(task.cancelled() for task in waiting)
    gate.open()
    await write(engine, "one")
    assert await written(engine) == ["one"]


# --- reading


async def test_reading_goes_on_beside_a_transaction(engine: SqliteEngine) -> None:
    gate = Gate()

    def work(connection: Connection) -> None:
        connection.execute(note("two"))
        gate.pass_through()

    await write(engine, "one")
    writing = asyncio.ensure_future(engine.write(work, b""))
    await gate.reached.wait()
    assert await written(engine) == ["one"]
    gate.open()
    await writing
    assert await written(engine) == ["one", "two"]


async def test_a_read_sees_one_state(engine: SqliteEngine) -> None:
    gate = Gate()

    def look_twice(connection: Connection) -> tuple[list[str], list[str]]:
        before = all_names(connection)
        gate.pass_through()
        return before, all_names(connection)

    await write(engine, "one")
    reading = asyncio.ensure_future(engine.read(look_twice))
    await gate.reached.wait()
    await write(engine, "two")
    gate.open()
    assert await reading == (["one"], ["one"])
    assert await written(engine) == ["one", "two"]


async def test_a_read_cannot_write(engine: SqliteEngine) -> None:
    """It would be rolled back, and nobody would know."""
    with pytest.raises(OperationalError, match="readonly"):
        await engine.read(lambda connection: connection.execute(note("one")))
    await write(engine, "two")
    assert await written(engine) == ["two"]


async def test_a_read_that_fails_leaves_no_snapshot_open(engine: SqliteEngine) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(select(NOTE))
        raise LookupError

    with pytest.raises(LookupError):
        await engine.read(fail)
    await write(engine, "one")
    assert await engine.scrub()
    assert await written(engine) == ["one"]


async def test_those_who_read_first_at_once_share_a_thread(engine: SqliteEngine) -> None:
    before = set(threading.enumerate())
    assert await asyncio.gather(*(written(engine) for _ in range(5))) == [[]] * 5
    assert len(set(threading.enumerate()) - before) == 1


# --- scrubbing


async def test_what_was_deleted_has_left_file_and_wal(
    engine: SqliteEngine, tmp_path: Path
) -> None:
    secret = "something that must go" * 100

    def found() -> bool:
        return any(secret[:22].encode() in file.read_bytes() for file in tmp_path.iterdir())

    await write(engine, secret)
    assert found()
    assert await engine.scrub()
    await engine.write(lambda connection: connection.execute(delete(NOTE)), b"")
    assert found()
    assert await engine.scrub()
    assert not found()
    assert (tmp_path / "notes.db-wal").stat().st_size == 0


async def test_it_waits_for_a_reader_of_its_own(engine: SqliteEngine) -> None:
    gate = Gate()

    def look(connection: Connection) -> None:
        all_names(connection)
        gate.pass_through()

    reading = asyncio.ensure_future(engine.read(look))
    await gate.reached.wait()
    await write(engine, "one")
    scrubbing = asyncio.ensure_future(engine.scrub())
    await write(engine, "two")  # is not held up by it
    assert not scrubbing.done()
    gate.open()
    await reading
    assert await scrubbing


async def test_a_reader_in_the_way_is_said(
    engine: SqliteEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = elsewhere(tmp_path, "BEGIN", "SELECT name FROM note")
    await write(engine, "one")
    with monkeypatch.context() as patch:
        patch.setattr("store.db.sqlite.CHECKPOINT_SECONDS", 0.1)
        assert not await engine.scrub()
    timeout = "PRAGMA busy_timeout"
    assert await engine.write(lambda c: c.execute(text(timeout)).scalar(), b"") == 5000
    other.close()
    assert await engine.scrub()


async def test_scrubbing_in_the_middle_of_transactions(engine: SqliteEngine) -> None:
    tasks = begin(engine, *NAMES[:10])
    scrubs = [asyncio.ensure_future(engine.scrub()) for _ in range(3)]
    tasks += begin(engine, *NAMES[10:])
    assert await settled(*tasks) == [None] * 20
    assert await asyncio.gather(*scrubs) == [True] * 3
    assert await written(engine) == sorted(NAMES)


async def test_whoever_is_cancelled_while_scrubbing_waits_for_the_end(
    engine: SqliteEngine, tmp_path: Path
) -> None:
    gate = Gate()

    def hook(name: str) -> None:
        if name == "checkpointed":
            gate.pass_through()

    await write(engine, "one")
    with installed(hook):
        scrubbing = asyncio.ensure_future(engine.scrub())
        await gate.reached.wait()
        scrubbing.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not scrubbing.done()
        gate.open()
        with pytest.raises(asyncio.CancelledError):
            await scrubbing
    assert (tmp_path / "notes.db-wal").stat().st_size == 0


async def test_a_checkpoint_that_fails_is_no_end(engine: SqliteEngine) -> None:
    def hook(name: str) -> None:
        if name == "checkpoint":
            raise sqlite3.OperationalError("disk I/O error")

    await write(engine, "one")
    with installed(hook), pytest.raises(sqlite3.OperationalError):
        await engine.scrub()
    await write(engine, "two")
    assert await engine.scrub()


# --- closing


def ended(before: set[threading.Thread]) -> None:
    """Wait for the end of every thread that did not run before: that it was told to end."""
    for thread in set(threading.enumerate()) - before:
        thread.join(LONGEST)
        assert not thread.is_alive()


async def test_closing_commits_what_waits_and_leaves_no_thread(tmp_path: Path) -> None:
    before, gate = set(threading.enumerate()), Gate()
    async with notes(tmp_path) as engine:
        holding = asyncio.ensure_future(engine.write(lambda _: gate.pass_through(), b""))
        await gate.reached.wait()
        tasks, reading = begin(engine, *NAMES), asyncio.ensure_future(written(engine))
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(engine.close())
        await asyncio.sleep(0)
        gate.open()
        await closing
        await holding
        assert await settled(*tasks) == [None] * 20
        await reading
    ended(before)
    async with notes(tmp_path) as again:
        assert await written(again) == sorted(NAMES)


async def test_closing_is_finished_although_the_caller_is_cancelled(tmp_path: Path) -> None:
    before, gate = set(threading.enumerate()), Gate()
    async with notes(tmp_path) as engine:
        reading = asyncio.ensure_future(engine.read(gate.before(all_names)))
        await gate.reached.wait()
        closing = asyncio.ensure_future(engine.close())
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.sleep(0)
        gate.open()
        with pytest.raises(asyncio.CancelledError):
            await closing
        await reading
        ended(before)


async def test_after_it_everything_is_refused_and_nothing_opened(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    async with notes(tmp_path) as engine:
        await engine.close()
        for late in (write(engine, "one"), written(engine), engine.scrub()):
            with pytest.raises(DatabaseClosed, match="was closed, and nothing was done"):
                await late
        await engine.close()
        ended(before)


async def test_what_comes_while_it_closes_is_refused(engine: SqliteEngine) -> None:
    async with held(engine):
        closing = asyncio.ensure_future(engine.close())
        await asyncio.sleep(0)
        with pytest.raises(DatabaseClosed):
            await write(engine, "one")
    await closing


async def test_scrubbing_ends_when_it_is_closed(engine: SqliteEngine, tmp_path: Path) -> None:
    other = elsewhere(tmp_path, "BEGIN", "SELECT name FROM note")
    await write(engine, "one")
    checkpoints = Gate()

    def hook(name: str) -> None:
        if name == "checkpointed":
            checkpoints.pass_through()

    checkpoints.open()
    with installed(hook):
        scrubbing = asyncio.ensure_future(engine.scrub())
        await checkpoints.reached.wait()
        await engine.close()
        with pytest.raises(DatabaseClosed):
            await scrubbing
    other.close()


async def test_one_that_was_never_used_opens_nothing(tmp_path: Path) -> None:
    engine = SqliteEngine(str(tmp_path / "notes.db"))
    await engine.close()
    assert not files(tmp_path)


# --- the event loop goes on


async def test_a_slow_disk_does_not_hold_the_loop(engine: SqliteEngine) -> None:
    more = iter(NAMES)

    def hook(name: str) -> None:
        if name == "commit":
            time.sleep(0.2)

    with installed(hook):
        assert await does_not_hold_the_loop(lambda: write(engine, next(more)))


async def test_another_process_does_not_hold_the_loop(
    engine: SqliteEngine, tmp_path: Path
) -> None:
    more = iter(NAMES)

    async def behind_another() -> None:
        other = elsewhere(tmp_path, "BEGIN IMMEDIATE")
        (waiting,) = begin(engine, next(more))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        other.close()
        await waiting

    assert await does_not_hold_the_loop(behind_another)


async def test_many_transactions_do_not_hold_the_loop(engine: SqliteEngine) -> None:
    more = (f"m{number}" for number in count())

    async def many() -> None:
        await asyncio.gather(*(write(engine, next(more)) for _ in range(200)))

    assert await does_not_hold_the_loop(many)
