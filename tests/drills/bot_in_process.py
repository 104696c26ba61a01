"""A bot that lives and dies in a thread of the test's own process, with an event loop of its own.

Death raises ``Died`` at a failpoint; from then on every failpoint raises it, so nothing more is
written, committed or sent. The thread ends with its loop, and with it the whole object graph. What
is left is what a killed process leaves: the files, and what the platform was told. Parts that shut
down after a death may log ``send-failed``, which a killed process could not: it does not count.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.runtime.logs import AllowList
from tests.drills.crash_driver import Died
from tests.drills.telegram_process import Life


@dataclass
class BotInProcess:
    """The thread whose lives follow each other; used as ``telegram_bot.Bot`` is."""

    make_life: Callable[[Path, str], Life]
    folder: Path
    life: int = 0
    lives: int = 0
    _thread: threading.Thread | None = None
    _current: Life | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _main: "asyncio.Task[None] | None" = None
    _stop: asyncio.Event | None = None
    _ready: threading.Event = field(default_factory=threading.Event)
    _code: int = 0

    async def begin(self, death: str = "") -> None:
        """Start a life, which may end at a failpoint."""
        self._current = self.make_life(self.folder, death)
        self._ready.clear()
        self._thread = threading.Thread(target=self._live, args=(self._current,), name="life")
        self._thread.start()
        await asyncio.to_thread(self._ready.wait)
        self.lives += 1
        self.life = self.lives

    async def ended(self) -> int:
        """Wait for the end of a life; returns the code with which a process would end."""
        assert self._thread is not None
        await asyncio.to_thread(self._thread.join, LONGEST)
        assert not self._thread.is_alive(), "the bot lives longer than it should"
        self.life = 0
        return self._code

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Drop the memory at once, or ask for a natural end."""
        assert self._loop is not None
        assert self._current is not None
        self._loop.call_soon_threadsafe(self._kill, number, self._current)

    async def end(self, number: int = signal.SIGKILL) -> None:
        """Kill, and wait until it is over."""
        self.kill(number)
        code = await self.ended()
        assert code in {0, -number}, f"it ended with {code}"

    def _kill(self, number: int, life: Life) -> None:
        if number == signal.SIGKILL:
            life.dead = True
            assert self._main is not None
            self._main.cancel()
        else:
            assert self._stop is not None
            self._stop.set()

    def _live(self, life: Life) -> None:
        try:
            with logged(life):
                asyncio.run(self._run(life))
            self._code = 0
        except BaseException as error:
            self._code = -signal.SIGKILL
            if not life.dead:
                self._code = 1
                raise AssertionError("a life ended by itself") from error
        finally:
            self._ready.set()

    async def _run(self, life: Life) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_exception_handler(lambda _loop, _context: None)
        self._main = main = asyncio.current_task()
        assert main is not None
        loop = self._loop
        life.on_death = lambda: raise_in(loop, main)
        self._ready.set()
        try:
            await life.run(self._stop)
        except Exception:
            if life.dead:
                raise Died from None
            raise
        if life.dead:
            raise Died


@contextmanager
def logged(life: Life) -> Iterator[None]:
    """Write the errors that a life logs, until its death, to where a process writes them."""
    handler = logging.FileHandler(life.folder / "errors", encoding="utf-8", delay=True)
    handler.setFormatter(AllowList())
    handler.addFilter(lambda _record: not life.dead)
    logger = logging.getLogger("bot")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


LONGEST = 60.0
"""Seconds after which a life that is to end has not found the place where it was to end."""


@asynccontextmanager
async def in_thread(
    make_life: Callable[[Path, str], Life], folder: Path
) -> AsyncIterator[BotInProcess]:
    """Give a bot whose last life ends with the context."""
    bot = BotInProcess(make_life, folder)
    try:
        yield bot
    finally:
        if bot.life:
            await bot.end()


def raise_in(loop: asyncio.AbstractEventLoop, main: "asyncio.Task[None]") -> None:
    """End a life from a failpoint, which may lie in another thread than its loop."""
    loop.call_soon_threadsafe(main.cancel)
    raise Died
