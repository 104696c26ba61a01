import asyncio

import pytest

from store.db.engine import completed


async def waiting(running: "asyncio.Future[int]") -> "asyncio.Task[int]":
    """Somebody who waits for the end of something."""
    task = asyncio.ensure_future(completed(running))
    await asyncio.sleep(0)
    return task


async def cancel(task: "asyncio.Task[int]", times: int) -> None:
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_the_result_is_that_of_what_was_waited_for() -> None:
    running: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = await waiting(running)
    running.set_result(7)
    assert await task == 7


async def test_its_errors_are_those_of_the_caller() -> None:
    running: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = await waiting(running)
    running.set_exception(LookupError())
    with pytest.raises(LookupError):
        await task


@pytest.mark.parametrize("times", [1, 2, 5])
async def test_whoever_is_cancelled_waits_for_the_end(times: int) -> None:
    running: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = await waiting(running)
    await cancel(task, times)
    assert not task.done()
    assert not running.done()
    running.set_result(7)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_goes_before_a_cancellation() -> None:
    running: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = await waiting(running)
    await cancel(task, 1)
    running.set_exception(LookupError())
    with pytest.raises(LookupError):
        await task


async def test_what_is_cancelled_itself_is_waited_for_by_nobody() -> None:
    running: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = await waiting(running)
    await cancel(task, 1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_limit_of_time_ends_after_the_work_and_is_kept() -> None:
    running: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def limited() -> int:
        async with asyncio.timeout(0):
            return await completed(running)

    task = asyncio.ensure_future(limited())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not task.done()
    running.set_result(7)
    with pytest.raises(TimeoutError):
        await task
