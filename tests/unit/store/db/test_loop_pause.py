"""The event loop stands still while another thread runs short pieces of Python."""

import asyncio
import threading
from pathlib import Path

import pytest

from store.db.connection import Connection
from store.db.loop_pause import paused
from store.model.failpoint import installed
from tests.unit.store.db.notes import LONGEST, notes

SHORT = 0.01
"""Seconds for which one looks whether something does not happen."""


class Sign:
    """Something that the event loop does as soon as it goes on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Ask the loop for it."""
        self._seen = threading.Event()
        loop.call_soon_threadsafe(self._seen.set)

    def comes(self, seconds: float = LONGEST) -> bool:
        """Return whether the loop has gone on within this time."""
        return self._seen.wait(seconds)


async def test_the_loop_stands_still_until_the_context_ends() -> None:
    loop = asyncio.get_running_loop()

    def work() -> None:
        with paused(loop, LONGEST):
            sign = Sign(loop)
            assert not sign.comes(SHORT)
        assert sign.comes()

    await asyncio.to_thread(work)


async def test_it_goes_on_after_an_error() -> None:
    loop = asyncio.get_running_loop()

    def work() -> None:
        with pytest.raises(LookupError), paused(loop, LONGEST):
            raise LookupError
        assert Sign(loop).comes()

    await asyncio.to_thread(work)


async def test_it_goes_on_while_something_takes_longer() -> None:
    loop = asyncio.get_running_loop()

    def work() -> None:
        with paused(loop, SHORT):
            assert Sign(loop).comes()

    await asyncio.to_thread(work)


async def test_a_loop_that_is_busy_for_longer_is_not_waited_for_and_stands_still_later() -> None:
    entered, ended = threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        with paused(loop, SHORT):
            entered.set()
        ended.set()

    working = loop.run_in_executor(None, work)
    assert entered.wait(LONGEST)  # the loop itself waits here
    assert ended.wait(LONGEST)
    await working


def test_a_closed_loop_is_not_waited_for() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    with paused(loop, LONGEST):
        pass


async def test_the_loop_goes_on_while_the_disk_is_waited_for(tmp_path: Path) -> None:
    """Statements run on a loop that stands still; BEGIN and COMMIT may wait for others."""
    loop = asyncio.get_running_loop()
    still, going = list[bool](), list[bool]()

    def work(_connection: Connection) -> None:
        still.append(not Sign(loop).comes(SHORT))

    def hook(name: str) -> None:
        if name == "commit":
            going.append(Sign(loop).comes())

    async with notes(tmp_path) as engine:
        with installed(hook):
            await engine.write(work, b"")
    assert (still, going) == ([True], [True])
