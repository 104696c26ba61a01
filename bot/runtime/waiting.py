"""Wait, but no longer than until the program is told to stop; and let others have their turn."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


async def stopped_within(stop: asyncio.Event, seconds: float) -> bool:
    """Sleep for so many seconds, or until told to stop; return True if it is time to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()


async def run_unless_stopped(work: Awaitable[T], stop: asyncio.Event) -> T | None:
    """Await some work and return its result, or cancel it when told to stop and return None.

    Whatever the work raises before it is told to stop is raised here.
    """
    working = asyncio.ensure_future(work)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        await cancel_all(working, stopped)


async def run_meanwhile(
    work: Awaitable[T], seconds: float, meanwhile: Callable[[], Awaitable[None]]
) -> T:
    """Await some work and return its result; do something else as long as it takes longer.

    ``meanwhile`` is called when the work has not ended after so many seconds, and again after as
    many more. If it raises, the work is cancelled.
    """
    working = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({working}, timeout=seconds))[0]:
            await meanwhile()
        return working.result()
    finally:
        await cancel_all(working)


class StrayCancellation(Exception):
    """Something that was awaited had been cancelled, though nobody cancelled who awaited it."""


async def without_stray_cancellation(work: Awaitable[T]) -> T:
    """Await some work; raise ``StrayCancellation`` where it was cancelled and this task was not.

    ``CancelledError`` is no ``Exception``: one from a cancelled future inside a library would end
    a task that is to go on, and look as if somebody had asked for that.
    """
    try:
        return await work
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise StrayCancellation from error


async def cancel_all(*tasks: "asyncio.Future[Any]") -> None:
    """Cancel these tasks and wait until each of them has ended; their errors are dropped."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(slots=True)
class Breaks:
    """Lets others have their turn after every so many steps of long work on the event loop."""

    every: int
    steps: int = 0

    async def step(self) -> None:
        """Count a step; wait for a turn of the event loop if it is time."""
        self.steps += 1
        if self.steps % self.every == 0:
            await asyncio.sleep(0)
