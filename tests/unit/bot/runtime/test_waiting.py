"""Waiting ends when the program is told to stop, and leaves nothing running."""

import asyncio

import pytest

from bot.runtime.waiting import (
    StrayCancellation,
    cancel_all,
    run_meanwhile,
    run_unless_stopped,
    stopped_within,
    without_stray_cancellation,
)


async def test_a_pause_ends_by_itself() -> None:
    assert not await stopped_within(asyncio.Event(), 0.01)


async def test_a_pause_ends_at_once_when_told_to_stop() -> None:
    stop = asyncio.Event()
    pause = asyncio.create_task(stopped_within(stop, 600))
    stop.set()
    assert await asyncio.wait_for(pause, 2)


async def test_work_that_ends_first_gives_its_result() -> None:
    async def work() -> int:
        return 7

    assert await run_unless_stopped(work(), asyncio.Event()) == 7


async def test_work_that_fails_raises_its_error() -> None:
    async def work() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await run_unless_stopped(work(), asyncio.Event())


async def test_work_is_cancelled_when_told_to_stop_and_has_ended_then() -> None:
    stop, ended = asyncio.Event(), list[str]()

    async def work() -> int:
        stop.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("work")
        return 7

    assert await run_unless_stopped(work(), stop) is None
    assert ended == ["work"]


async def test_a_task_that_fails_while_it_is_cancelled_is_no_error() -> None:
    began = asyncio.Event()

    async def work() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise KeyError("x") from None

    task = asyncio.create_task(work())
    await began.wait()
    await cancel_all(task)
    assert task.done()


async def test_something_else_is_done_while_work_takes_long() -> None:
    done, looked = asyncio.Event(), list[str]()

    async def look() -> None:
        looked.append("once more")
        if len(looked) == 3:
            done.set()

    async def work() -> int:
        await done.wait()
        return 7

    assert await run_meanwhile(work(), 0.001, look) == 7
    assert len(looked) >= 3


async def test_work_is_cancelled_when_what_is_done_meanwhile_fails() -> None:
    ended = list[str]()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async def look() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await run_meanwhile(work(), 0.001, look)
    assert ended == ["cancelled"]


async def test_a_cancellation_that_nobody_asked_for_is_an_error() -> None:
    cancelled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    cancelled.cancel()
    with pytest.raises(StrayCancellation):
        await without_stray_cancellation(cancelled)


async def test_a_task_that_is_cancelled_ends_as_cancelled() -> None:
    waiting = asyncio.create_task(without_stray_cancellation(asyncio.Event().wait()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
