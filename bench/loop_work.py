"""How long the event loop of a running bot works without a pause."""

import asyncio
import json
import signal
from dataclasses import dataclass
from pathlib import Path

from bench import timed_loop
from bench.process import Process

MOST_SECONDS = 20.0
Arguments = tuple[str | Path, ...]


def timed(place: Path, *command: str | Path) -> Arguments:
    """Return the arguments of Python that run a command of Holdfast with a timed loop."""
    return ("-m", "bench.timed_loop", place, *command)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work, in seconds of CPU time, and what it was."""

    seconds: float
    name: str


@dataclass(slots=True)
class LoopWork:
    """The work of one bot that runs with a timed loop."""

    place: Path
    bot: Process
    taken: int = 0

    async def take(self) -> list[Piece]:
        """Return the longest pieces since this was asked last, the longest first."""
        self.bot.popen.send_signal(signal.SIGUSR1)
        file = self.place / timed_loop.NAME.format(number=self.taken)
        self.taken += 1
        async with asyncio.timeout(MOST_SECONDS):
            while not file.exists():
                self.bot.check()
                await asyncio.sleep(0.02)
        return [Piece(seconds, name) for seconds, name in json.loads(file.read_text("utf-8"))]
