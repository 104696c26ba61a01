import asyncio
import threading
import time

import pytest
from sqlalchemy import select

from store.db.connection import DatabaseThread
from store.db.schema import installation
from tests.unit.store.organisation import Organisation


async def cancelled_meanwhile(
    thread: DatabaseThread, held: threading.Event
) -> "asyncio.Task[bool]":
    """A task that was cancelled, twice, while its work goes on."""
    task = asyncio.ensure_future(thread(lambda: held.wait(5)))
    for _ in range(2):
        await asyncio.sleep(0.02)
        task.cancel()
    return task


async def test_work_is_done_in_order_in_one_thread() -> None:
    thread, done = DatabaseThread(), list[int]()
    await asyncio.gather(*(thread(lambda n=n: done.append(n)) for n in range(20)))  # type: ignore[misc]
    assert done == list(range(20))
    assert await thread(threading.current_thread) is await thread(threading.current_thread)
    thread.close()


async def test_its_errors_are_those_of_the_caller() -> None:
    thread = DatabaseThread()
    with pytest.raises(ZeroDivisionError):
        await thread(lambda: 1 // 0)
    thread.close()


async def test_whoever_is_cancelled_waits_for_the_end_of_the_work() -> None:
    thread, held = DatabaseThread(), threading.Event()
    task = await cancelled_meanwhile(thread, held)
    await asyncio.sleep(0.02)
    assert not task.done()
    held.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    thread.close()


async def test_an_error_goes_before_a_cancellation() -> None:
    thread, held = DatabaseThread(), threading.Event()

    def fail() -> None:
        held.wait(5)
        raise LookupError

    task = asyncio.ensure_future(thread(fail))
    await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.sleep(0.02)
    held.set()
    with pytest.raises(LookupError):
        await task
    thread.close()


async def test_what_was_finished_says_whether_somebody_was_cancelled() -> None:
    thread, held = DatabaseThread(), threading.Event()
    finished = await thread.complete(lambda: 7)
    assert (finished.cancelled, finished.error, finished.result()) == (False, None, 7)
    task = asyncio.ensure_future(thread.complete(lambda: held.wait(5)))
    await asyncio.sleep(0.02)
    task.cancel()
    held.set()
    finished_late = await task
    assert finished_late.cancelled
    assert finished_late.done.result()
    with pytest.raises(asyncio.CancelledError):
        finished_late.result()
    thread.close()


async def test_the_loop_goes_on_while_the_thread_waits() -> None:
    thread = DatabaseThread()
    work = asyncio.ensure_future(thread(lambda: time.sleep(0.2)))
    rounds = 0
    while not work.done():
        await asyncio.sleep(0.01)
        rounds += 1
    assert rounds >= 10
    thread.close()


# --- statements


async def where_it_ran(org: Organisation, *, in_thread: bool) -> str:
    """The thread in which a statement of a turn is executed."""
    names = list[str]()
    async with org.database.transaction(in_thread=in_thread) as connection:
        driver = connection.opened.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(lambda _: names.append(threading.current_thread().name))
        await connection.execute(select(installation.c.name))
        driver.set_trace_callback(None)
    return names[0]


async def test_a_statement_runs_where_it_is_called(org: Organisation) -> None:
    assert await where_it_ran(org, in_thread=False) == threading.current_thread().name


async def test_one_that_may_take_long_runs_in_the_thread(org: Organisation) -> None:
    assert (await where_it_ran(org, in_thread=True)).startswith("database")
    assert await where_it_ran(org, in_thread=False) == threading.current_thread().name


async def test_what_was_written_can_be_begun_again(org: Organisation) -> None:
    async with org.database.transaction() as connection:
        await connection.execute(installation.insert(), {"name": "one", "value": b""})
        connection.roll_back()
        await connection.execute(installation.insert(), {"name": "two", "value": b""})
    assert {row["name"] for row in await org.rows(installation)} == {"deployment", "two"}


async def test_the_first_column_is_enough_where_there_is_one(org: Organisation) -> None:
    async with org.database.read() as connection:
        assert await connection.scalar(select(installation.c.name)) == "deployment"
        assert list(await connection.scalars(select(installation.c.name))) == ["deployment"]


async def test_whether_a_transaction_is_open_is_what_sqlite_says(org: Organisation) -> None:
    async with org.database.transaction() as connection:
        assert connection.in_transaction
    assert not connection.in_transaction
