"""Waiting ends when the program is told to stop, and leaves nothing running."""

import asyncio

import pytest

from bot.runtime.waiting import cancel_all, run_unless_stopped, stopped_within


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
