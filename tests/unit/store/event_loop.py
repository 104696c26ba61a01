"""Whether the event loop goes on while something is done."""

import asyncio
import time
from collections.abc import Awaitable, Callable

LONGEST_PAUSE = 0.05
TRIES = 8
"""Whatever else runs on the machine can interrupt one of them, hardly all."""


async def does_not_hold_the_loop(
    act: Callable[[], Awaitable[object]], before: Callable[[], Awaitable[object]] | None = None
) -> bool:
    """Whether other things can go on during an act, when nothing else disturbs it."""
    for _ in range(TRIES):
        if before is not None:
            await before()
        if await longest_pause(act()) < LONGEST_PAUSE:
            return True
    return False


async def longest_pause(during: Awaitable[object]) -> float:
    """For how long at most nothing else could run."""
    task, longest = asyncio.ensure_future(during), 0.0
    while not task.done():
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - before)
    await task
    return longest
