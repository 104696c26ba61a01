"""Losing nothing on Telegram: sixty answers from twenty people, while the bot is killed."""

import ast
import asyncio
import inspect
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.telegram import lanes, poller, service
from tests.drill_life import HASTE
from tests.drill_people import Reporter, faults_of, twenty
from tests.drill_stock import STOCK
from tests.rig import Rig, make_rig
from tests.telegram.double import Double
from tests.telegram.faults import Fault
from tests.telegram.methods import poll_params
from tests.telegram.wire import Json
from tests.test_crash import lines_of, methods_of, uncovered

ROOT = Path(__file__).parent.parent
ANSWERS = 60


class HastyDouble(Double):
    """Telegram as it looks to somebody for whom a second is a tenth of one."""

    def __init__(self, haste: float, rig: Rig) -> None:
        super().__init__(clock=lambda: rig.clock().timestamp())
        self.haste = haste

    async def _result(self, method: str, params: Json) -> Any:
        if method != "getUpdates":
            return await super()._result(method, params)
        self.updates.allow(params.get("allowed_updates"))
        offset, limit, seconds = poll_params(params)
        return await self.updates.poll(offset, limit, seconds / self.haste)


@dataclass
class Bot:
    """The process whose forks live and die, see ``tests.drill_life``."""

    process: asyncio.subprocess.Process
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
        code, self.life = int(await self.read()), 0
        return code

    async def end(self, number: int = signal.SIGKILL) -> None:
        os.kill(self.life, number)
        code = await self.ended()
        assert code in {0, -number}, f"it ended with {code}"


@dataclass
class Drill:
    """An organisation, Telegram, its people, and the bot."""

    folder: Path
    rig: Rig
    double: HastyDouble
    bot: Bot
    pace: asyncio.Semaphore
    people: list[Reporter]
    under_way: list[int] = field(default_factory=list)
    """How many answers were, at each death."""

    async def die(self) -> None:
        self.note()
        await self.bot.end()

    def note(self) -> None:
        self.under_way.append(sum(p.under_way for p in self.people))

    def release(self, answers: int) -> None:
        for _ in range(answers):
            self.pace.release()

    def forward(self, seconds: float) -> None:
        """It is later, for Telegram and for the bot."""
        self.rig.clock.forward(seconds=seconds)
        moved = self.rig.clock() - type(self.rig.clock)()
        (self.folder / "seconds").write_text(str(moved.total_seconds()))

    async def confirmed(self, seconds: float) -> None:
        """Until Telegram was told that everything was received; not for ever."""
        try:
            async with asyncio.timeout(seconds):
                while self.double.unconfirmed:
                    await asyncio.sleep(0.005)
        except TimeoutError:
            pass

    async def quiet(self) -> None:
        """Until nothing waits for the bot, and nobody's chat has changed for a while."""
        await self.confirmed(30)
        await asyncio.gather(*(p.person.quiet(0.5) for p in self.people))


@asynccontextmanager
async def process(kind: str, folder: Path) -> AsyncIterator[Bot]:
    pipe = asyncio.subprocess.PIPE
    with (folder / "errors").open("w") as errors:
        started = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.drill_life", kind, str(folder)),
            cwd=ROOT,
            stdin=pipe,
            stdout=pipe,
            stderr=errors,
        )
    bot = Bot(started)
    try:
        assert await bot.read() == "warm"
        yield bot
    finally:
        if bot.life:
            os.kill(bot.life, signal.SIGKILL)
        assert started.stdin is not None
        started.stdin.close()
        await started.wait()


@asynccontextmanager
async def drill(folder: Path, kind: str = "holdfast") -> AsyncIterator[Drill]:
    folder.mkdir(exist_ok=True)
    rig = make_rig(folder / "organisation")
    haste = 1 if kind in STOCK else HASTE
    async with HastyDouble(haste, rig) as double, process(kind, folder) as bot:
        (folder / "root").write_text(double.root)
        (folder / "token").write_text(double.token)
        pace = asyncio.Semaphore(0)
        yield Drill(folder, rig, double, bot, pace, twenty(double, pace))


async def begun(running: Drill) -> asyncio.Task[None]:
    """Everybody's talk has begun; the answers come when they are released."""
    await running.bot.begin()
    async with asyncio.TaskGroup() as all_of_them:
        for reporter in running.people:
            all_of_them.create_task(reporter.begin())
    await running.quiet()
    return asyncio.create_task(_talks(running))


async def _talks(running: Drill) -> None:
    async with asyncio.TaskGroup() as all_of_them:
        for reporter in running.people:
            all_of_them.create_task(reporter.go_on())


async def finish(running: Drill, talks: asyncio.Task[None]) -> None:
    """No more deaths: everything comes to its end."""
    if not running.bot.life:
        await running.bot.begin()
    running.release(ANSWERS)
    await talks
    await running.quiet()
    await running.bot.end(signal.SIGTERM)


async def check(running: Drill, *, in_order: bool = True) -> None:
    """Each answer once, each talk at its question, and nothing that still waits."""
    assert sum(p.said for p in running.people) == ANSWERS
    async with running.rig.house() as house:
        faults = [f for p in running.people for f in await faults_of(house, p, in_order=in_order)]
        assert faults == []
        assert (await house.casebook.database.count_rows())["outbox"] == 0
    assert running.double.violations == []
    assert running.double.unconfirmed == 0
    assert running.double.updates.lost == 0
    assert (running.folder / "errors").read_text() == ""


# Without any death


async def test_sixty_answers_without_a_death(tmp_path: Path) -> None:
    async with drill(tmp_path / "drill") as running:
        await finish(running, await begun(running))
        await check(running)
