"""A table of notes in a file of its own: the least that an engine can be tried on."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import Column, Insert, MetaData, Table, Text, insert, select

from store.db.connection import Connection
from store.db.engine import Engine
from store.db.sqlite import Clock, SqliteEngine
from store.model.failpoint import installed

NOTE = Table("note", MetaData(), Column("name", Text, primary_key=True))
NAMES = [f"n{number}" for number in range(20)]
LONGEST = 20.0
"""Seconds after which something that is waited for will not happen."""


def stands_still() -> float:
    """Give a clock by which no group is ever old."""
    return 0.0


@asynccontextmanager
async def notes(folder: Path, clock: Clock = stands_still) -> AsyncIterator[SqliteEngine]:
    """Open a file with an empty table."""
    engine = SqliteEngine(str(folder / "notes.db"), clock)
    try:
        await engine.write(lambda connection: NOTE.create(connection.core, checkfirst=True), b"")
        yield engine
    finally:
        await engine.close()


def note(name: str) -> Insert:
    """Name the statement that writes one."""
    return insert(NOTE).values(name=name)


async def write(engine: Engine, *names: str) -> None:
    """Write notes in one transaction."""

    def work(connection: Connection) -> None:
        for name in names:
            connection.execute(note(name))

    await engine.write(work, b"")


def all_names(connection: Connection) -> list[str]:
    """Read every name."""
    return sorted(connection.scalars(select(NOTE.c.name)))


async def written(engine: Engine) -> list[str]:
    """Read what was committed."""
    return await engine.read(all_names)


class Gate:
    """Holds whatever passes through it, in whichever thread, until it is opened."""

    def __init__(self) -> None:
        """Make a closed one; in the event loop."""
        self.reached = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._opened = threading.Event()

    def open(self) -> None:
        """Let through what waits, and what comes later."""
        self._opened.set()

    def pass_through(self) -> None:
        """Wait until it is open."""
        self._loop.call_soon_threadsafe(self.reached.set)
        assert self._opened.wait(LONGEST), "nobody opened the gate"

    def before(self, work: Callable[[Connection], object]) -> Callable[[Connection], object]:
        """Hold work before it does anything."""

        def held(connection: Connection) -> object:
            self.pass_through()
            return work(connection)

        return held


@asynccontextmanager
async def held(engine: Engine) -> AsyncIterator[None]:
    """Keep the engine writing; what is begun meanwhile waits, and goes on with the end."""
    gate = Gate()
    holding = asyncio.ensure_future(engine.write(lambda _: gate.pass_through(), b""))
    await gate.reached.wait()
    try:
        yield
    finally:
        gate.open()
        await holding


@contextmanager
def counted_commits() -> Iterator[list[str]]:
    """Note every commit that succeeds for as long as the context lasts."""
    commits: list[str] = []

    def hook(name: str) -> None:
        if name == "committed":
            commits.append(name)

    with installed(hook):
        yield commits


async def settled(*tasks: "asyncio.Task[None]") -> list[BaseException | None]:
    """Wait for the end of tasks; give the error of each, if it has one."""
    found = await asyncio.gather(*tasks, return_exceptions=True)
    return [error if isinstance(error, BaseException) else None for error in found]
