"""A bot as a process that lives and dies again and again, and the points at which it does."""

import asyncio
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.drills.bot_in_process import BotInProcess
from tests.drills.crash_driver import lines_of

ROOT = Path(__file__).parents[2]
LONGEST = 20.0
"""Seconds after which a life that is to end has not found the place where it was to end."""

ANSWERS_A_LIFE = 3
SOON = 1.0
SAID_LINES = 40


@dataclass
class Bot:
    """The process whose forks live and die, see ``tests.drills.telegram_process``."""

    process: asyncio.subprocess.Process
    errors: Path
    """What the lives write to their standard error."""
    life: int = 0
    lives: int = 0

    async def read(self) -> str:
        assert self.process.stdout is not None
        line = (await self.process.stdout.readline()).decode().strip()
        assert line, "the process whose forks are the bot has ended"
        return line

    async def begin(self, death: str = "") -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{death}\n".encode())
        await self.process.stdin.drain()
        self.life = int(await self.read())
        self.lives += 1

    async def ended(self) -> int:
        """With which code."""
        try:
            async with asyncio.timeout(LONGEST):
                code = int(await self.read())
        except TimeoutError:
            raise AssertionError("the bot lives longer than it should") from None
        self.life = 0
        return code

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to the life; where it has ended by itself, show what it said at last."""
        try:
            os.kill(self.life, number)
        except ProcessLookupError:
            self.life = 0
            raise AssertionError(f"it ended by itself:\n{self.last_said()}") from None

    def last_said(self) -> str:
        return "\n".join(self.errors.read_text().splitlines()[-SAID_LINES:])

    async def end(self, number: int = signal.SIGKILL) -> None:
        """Send a signal, and wait until it is over."""
        self.kill(number)
        code = await self.ended()
        assert code in {0, -number}, f"it ended with {code}"


@asynccontextmanager
async def process(module: str, kind: str, folder: Path) -> AsyncIterator[Bot]:
    pipe = asyncio.subprocess.PIPE
    with (folder / "errors").open("w") as errors:
        started = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, kind, str(folder)),
            cwd=ROOT,
            stdin=pipe,
            stdout=pipe,
            stderr=errors,
        )
    bot = Bot(started, folder / "errors")
    try:
        assert await bot.read() == "warm"
        yield bot
    finally:
        if bot.life:
            os.kill(bot.life, signal.SIGKILL)
        assert started.stdin is not None
        started.stdin.close()
        await started.wait()


def events(log: Path) -> set[str]:
    """What the lives had to say: the word behind date, level and module, of every line."""
    return {line.split()[3] for line in log.read_text().splitlines()} if log.exists() else set()


class Drilled(Protocol):
    """Whatever a drill is about: a bot whose people answer when they are told to."""

    folder: Path

    @property
    def bot(self) -> Bot | BotInProcess: ...

    def note(self) -> None: ...

    def release(self, answers: int) -> None: ...


FIRST_START = re.compile(
    r"file |folder |revision |sql insert (house|roster)$"
    r"|\w+ POST client/v3/(login|logout|keys/device_signing/upload|keys/signatures/upload)$"
)
"""Failpoints that only the first start of an organisation passes."""

BEGINNING = re.compile(r"sql insert (case_file|draft|quota)$|\w+ POST client/v3/rooms/\*/join$")
"""Failpoints that the beginning of a conversation passes."""

NEVER = re.compile(r"(?!)")


@dataclass
class Points:
    """Which point is next: one at which there were fewest deaths so far, rare ones first."""

    running: Drilled
    most: int = 3
    """Deaths at each."""
    soon: float = SOON
    answers: int = ANSWERS_A_LIFE
    """So many bring it about, or none does."""
    tries: int = 1
    """So often a point is looked for in vain before that counts as a death."""
    later: re.Pattern[str] = NEVER
    """Points that nobody comes to now, besides those of the first start."""
    apart: re.Pattern[str] = NEVER
    """Points at which there are no deaths at all."""
    in_vain: Counter[str] = field(default_factory=Counter)

    async def die_until(self, over: Callable[[], bool]) -> None:
        while not over() and (point := self.next()):
            await self.die_at(point)

    def next(self) -> str:
        """Nothing, when each had its share: among the first answers, and later, and at last."""
        died = Counter(lines_of(self.running.folder, "died"))
        passed = Counter(lines_of(self.running.folder, "passed"))
        ranks = {
            p: (died[p] + self.in_vain[p] // self.tries, self.in_vain[p], passed[p], p)
            for p in passed
            if not any(no.match(p) for no in (FIRST_START, self.later, self.apart))
        }
        due = [rank for rank in ranks.values() if rank[0] < self.most]
        return min(due)[-1] if due else ""

    async def die_at(self, point: str) -> None:
        """With another answer each time when it is not reached without one."""
        await self.running.bot.begin(point)
        ended = asyncio.create_task(self.running.bot.ended())
        for _ in range(self.answers):
            self.running.release(1)
            await asyncio.wait({ended}, timeout=self.soon)
            if ended.done():
                self.running.note()
                assert ended.result() == -signal.SIGKILL
                return
        self.in_vain[point] += 1
        self.running.bot.kill()
        await ended


async def die_at_first_start(bot: Bot | BotInProcess, points: Sequence[str]) -> list[str]:
    """Die at these points of the first start, one after the other; returns the unreached."""
    unreached = []
    for point in points:
        await bot.begin(point)
        ended = asyncio.create_task(bot.ended())
        await asyncio.wait({ended}, timeout=LONGEST / 2)
        if not ended.done():
            unreached.append(point)
            bot.kill()
        await ended
    return unreached
