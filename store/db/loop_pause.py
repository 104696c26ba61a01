"""Let the event loop stand still while another thread runs short pieces of Python.

SQLite's driver gives the interpreter away at each statement. With a busy event loop the thread
then waits for a whole switch interval to have it back, and both pay for the changes. A loop that
stands still for some milliseconds costs less than one that fights.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def paused(loop: asyncio.AbstractEventLoop, seconds: float) -> Iterator[None]:
    """Hold the loop from another thread until the context ends, ``seconds`` at most.

    A loop that is busy is waited for; one that is closed, or busy for longer than ``seconds``, is
    not held.
    """
    holds, released = _closed_gate(), _closed_gate()

    def stand_still() -> None:
        holds.release()
        released.acquire(timeout=seconds)

    with suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(stand_still)
        holds.acquire(timeout=seconds)
    try:
        yield
    finally:
        released.release()


def _closed_gate() -> threading.Lock:
    """A lock that another thread opens: once it is held it costs a tenth of an Event."""
    gate = threading.Lock()
    gate.acquire()
    return gate
