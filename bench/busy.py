"""Times the database of the program while its event loop is kept busy.

``python -m bench.busy CONFIG NUMBER SECONDS``: times so many hops to the database, for so long at
most, in each of four ways: with an idle loop and with one that computes in pieces of 2 ms, and
``sys.setswitchinterval`` as the program sets it and as Python does. Prints JSON. A hop is one
transaction of the store that reads and writes one row, from the moment at which the event loop
hands it over until the event loop has the result.
"""

import asyncio
import json
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import SWITCH_SECONDS, Application, open_application
from bot.config.load import read_config
from bot.runtime.clock import system_clock
from store.model.accounts import Account

PIECE_SECONDS = 0.002
PYTHONS_SWITCH_SECONDS = 0.005
"""Python's default, which ``sys.getswitchinterval`` tells in a fresh process."""

WHO = Account("terminal", "bench", "bench")
KIND = "bench"
IDLE, BUSY = "idle", "busy"
OURS, PYTHONS = "ours", "python's"
INTERVALS = {OURS: SWITCH_SECONDS, PYTHONS: PYTHONS_SWITCH_SECONDS}


def name_of(interval: str, load: str) -> str:
    """Name one of the four ways."""
    return f"{interval} {load}"


async def hop(application: Application) -> float:
    """Return the seconds that one transaction takes."""
    began = time.perf_counter()
    await application.stores.recovery.count(KIND, WHO, system_clock())
    return time.perf_counter() - began


async def hops(application: Application, number: int, seconds: float) -> list[float]:
    """Time one transaction after the other; at least one, and none begins after so long."""
    taken: list[float] = []
    until = time.perf_counter() + seconds
    while len(taken) < number and (not taken or time.perf_counter() < until):
        taken.append(await hop(application))
    return taken


async def compute() -> None:
    """Keep the event loop busy, and let everybody else have a turn after each piece."""
    while True:
        until = time.perf_counter() + PIECE_SECONDS
        while time.perf_counter() < until:
            pass
        await asyncio.sleep(0)


@asynccontextmanager
async def loaded(load: str) -> AsyncIterator[None]:
    """Keep the loop busy as long as the context lasts, if that is wanted."""
    if load == IDLE:
        yield
        return
    computing = asyncio.create_task(compute())
    try:
        yield
    finally:
        computing.cancel()
        await asyncio.wait({computing})


async def run(config: Path, number: int, seconds: float) -> dict[str, list[float]]:
    """Time the hops in each way."""
    found: dict[str, list[float]] = {}
    opened = open_application(read_config(config), system_clock, secrets.token_bytes)
    async with opened as application:
        await hop(application)  # the first one opens the file and prepares its statements
        for interval, switch_seconds in INTERVALS.items():
            sys.setswitchinterval(switch_seconds)
            for load in (IDLE, BUSY):
                async with loaded(load):
                    found[name_of(interval, load)] = await hops(application, number, seconds)
    return found


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))))
