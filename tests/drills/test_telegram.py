"""Losing nothing on Telegram: sixty answers from twenty people, while the bot is killed."""

import asyncio
import itertools
import random
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.databases import ON_BOTH_ENGINES
from tests.doubles.telegram import schema
from tests.doubles.telegram.double import BOT, Double
from tests.doubles.telegram.faults import Fault, Rule
from tests.doubles.telegram.methods import poll_params
from tests.doubles.telegram.person import Person
from tests.doubles.telegram.wire import Json
from tests.drills.bot_in_process import BotInProcess, in_thread
from tests.drills.crash_driver import lines_of
from tests.drills.failpoints import check_passed
from tests.drills.matrix_process import shorten_pauses
from tests.drills.telegram_bot import BEGINNING, FIRST_START, NEVER, Bot, Points, events, process
from tests.drills.telegram_peers import STOCK
from tests.drills.telegram_people import Reporter, faults_of, twenty
from tests.drills.telegram_process import HASTE, TelegramLifeInProcess
from tests.drills.what_waits import emptied, waits
from tests.rig import SQLITE_URL, START, Rig, make_rig

ANSWERS = 60
RUSH = 20
"""So many answers come while nobody is there to receive them."""

EXPECTED = {"started", "stopped", "unreachable", "reached-again", "menu-failed", "send-failed"}
"""What a bot may log whose Telegram is out of order: no turn of it fails."""


class HastyDouble(Double):
    """Telegram as it looks to somebody for whom a second is a tenth of one."""

    def __init__(self, haste: float, rig: Rig) -> None:
        super().__init__(clock=lambda: rig.clock().timestamp())
        self.haste = haste
        self.dropped = False
        """The last answer with updates never came to the bot."""

    async def _result(self, method: str, params: Json) -> Any:
        if method != "getUpdates":
            return await super()._result(method, params)
        self.updates.allow(params.get("allowed_updates"))
        offset, limit, seconds = poll_params(params)
        if offset == 0 or self.dropped:
            # What comes late lies behind the offset, so no offset says whether it was received;
            # but nobody who names none, or heard no answer, can have kept it.
            self.updates.given.difference_update(w.id for w in self.updates.overdue)
        self.dropped = False
        if not seconds:
            return await self._look(offset, limit)
        return await self.updates.poll(offset, limit, seconds / self.haste)

    async def _look(self, offset: int, limit: int) -> list[Json]:
        """Whoever does not wait only looks, perhaps while it still stores what it was given.

        So that request says nothing about what lies behind the offset, and takes nothing of it.
        """
        overdue, self.updates.overdue = self.updates.overdue, []
        try:
            return await self.updates.poll(offset, limit, 0)
        finally:
            self.updates.overdue += overdue
            self.updates.given.difference_update(w.id for w in self.updates.overdue)

    async def _fail(
        self, request: web.BaseRequest, rule: Rule, method: str, params: Json
    ) -> web.StreamResponse:
        answer = await super()._fail(request, rule, method, params)
        self.dropped |= method == "getUpdates" and rule.fault is Fault.DROP_AFTER
        return answer


@dataclass
class Drill:
    """An organisation, Telegram, its people, and the bot."""

    folder: Path
    rig: Rig
    double: HastyDouble
    bot: Bot | BotInProcess
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
        moved = self.rig.clock() - START
        (self.folder / "seconds").write_text(str(moved.total_seconds()))

    async def confirmed(self, seconds: float) -> None:
        """Until Telegram was told that everything was received; not for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.double.unconfirmed:  # noqa: ASYNC110 - the double rings for nobody
                    await asyncio.sleep(0.005)

    async def quiet(self) -> None:
        """Until nothing waits for the bot, and nobody's chat has changed for a while."""
        await self.confirmed(30)
        await asyncio.gather(*(p.person.quiet(0.5) for p in self.people))


@asynccontextmanager
async def drill_in_process(folder: Path, url: str = SQLITE_URL) -> AsyncIterator[Drill]:
    """Drill a bot that loses its memory, while the process of the test goes on."""
    schema.check_answer("getMe", BOT)
    rig = make_rig(folder / "organisation", url=url)
    async with HastyDouble(HASTE, rig) as double:
        (folder / "root").write_text(double.root)
        (folder / "token").write_text(double.token)
        pace = asyncio.Semaphore(0)
        async with in_thread(TelegramLifeInProcess, folder) as bot:
            yield Drill(folder, rig, double, bot, pace, twenty(double, pace))


@asynccontextmanager
async def drill(
    folder: Path, url: str = SQLITE_URL, *, kind: str = "holdfast"
) -> AsyncIterator[Drill]:
    schema.check_answer("getMe", BOT)  # read now, not while the first call waits for its answer
    rig = make_rig(folder / "organisation", url=url)
    haste = 1 if kind in STOCK else HASTE
    async with (
        HastyDouble(haste, rig) as double,
        process("tests.drills.telegram_process", kind, folder) as bot,
    ):
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
    running.release(ANSWERS + len(running.people))
    await talks
    await running.quiet()
    await emptied(running.rig, 30)
    await running.bot.end(signal.SIGTERM)


async def check(running: Drill, answers: int = ANSWERS, *, in_order: bool = True) -> None:
    """Each answer once, each talk at its question, and nothing that still waits."""
    assert sum(p.said for p in running.people) == answers
    async with running.rig.house() as house:
        faults = [f for p in running.people for f in await faults_of(house, p, in_order=in_order)]
        assert faults == []
        assert not await waits(house.stores.cases.database)
    assert running.double.violations == []
    assert running.double.unconfirmed == 0
    assert running.double.updates.lost == 0
    assert events(running.folder / "errors") <= EXPECTED


# Without any death


async def test_sixty_answers_without_a_death(tmp_path: Path) -> None:
    async with drill(tmp_path / "drill") as running:
        await finish(running, await begun(running))
        await check(running)


# At every failpoint


OUTSIDE = re.compile("answer |request ")
"""Failpoints of Telegram's client, at which no transaction is open: only the soak dies there on
PostgreSQL."""


@pytest.mark.timeout(300)
@ON_BOTH_ENGINES
async def test_a_bot_whose_memory_is_lost_at_every_failpoint(
    tmp_path: Path,
    store_url: str,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    shorten_pauses(monkeypatch)
    apart = NEVER if store_url == SQLITE_URL else OUTSIDE
    async with drill_in_process(tmp_path / "drill", store_url) as running:
        await die_everywhere(running, 1, record_property, apart)
        check_telegram(running)


@pytest.mark.timeout(300)
@ON_BOTH_ENGINES
async def test_a_bot_that_is_really_killed(tmp_path: Path, store_url: str) -> None:
    async with drill(tmp_path / "drill", store_url) as running:
        talks = await begun(running)
        await running.die()
        await Moments(KILLS).pass_by(running, running.release)
        await finish(running, talks)
        await check(running)


KILLS = 10
"""Real ones; ``make soak`` kills at every failpoint and at fifty moments."""


def check_telegram(running: Drill) -> None:
    """Hold the failpoints that were passed against the list."""
    on_server = running.rig.config.store.database is None
    check_passed("telegram", lines_of(running.folder, "passed"), on_server=on_server)


async def die_everywhere(
    running: Drill,
    most: int,
    record_property: Callable[[str, object], None],
    apart: re.Pattern[str] = NEVER,
) -> None:
    """Die so often at every failpoint that does not stand apart; two times sixty answers come."""
    talks = await begun(running)
    await running.die()
    points = Points(running, most, soon=2.0, later=BEGINNING, apart=apart)
    await points.die_until(talks.done)
    await finish(running, talks)
    talks = more_come(running)
    points.in_vain.clear()
    points.later = NEVER
    await points.die_until(talks.done)
    await finish(running, talks)
    await check(running, 2 * ANSWERS)
    died = Counter(lines_of(running.folder, "died"))
    passed = {*lines_of(running.folder, "passed")}
    undied = {p for p in passed - {*died} if not FIRST_START.match(p) and not apart.match(p)}
    assert undied <= {*points.in_vain}  # nobody came to them again
    told = f"{len(died)} points, {died.total()} deaths, {2 * ANSWERS} answers: 0 lost, 0 twice."
    record_property("failpoints", told)
    print(told, sorted(died.items()), sorted(undied))


def more_come(running: Drill) -> asyncio.Task[None]:
    """Twenty others, who only begin now: the beginning of a talk has points of its own."""
    running.pace = asyncio.Semaphore(0)
    others = twenty(running.double, running.pace, 2001)
    running.people += others

    async def talk(reporter: Reporter) -> None:
        await running.pace.acquire()
        await reporter.begin()
        await reporter.go_on()

    async def talks() -> None:
        async with asyncio.TaskGroup() as all_of_them:
            for reporter in others:
                all_of_them.create_task(talk(reporter))

    return asyncio.create_task(talks())


# At random moments


DEATHS = 50


@dataclass(frozen=True)
class Moments:
    """When the bot dies, and how many answers are sent before that."""

    deaths: int
    chance: random.Random = field(default_factory=lambda: random.Random(50))  # noqa: S311

    async def pass_by(self, running: Drill, release: Callable[[int], None]) -> None:
        """Once, in the middle, as soon as Telegram was told that nothing is to be sent again."""
        lumps = Counter(self.chance.randrange(self.deaths) for _ in range(ANSWERS - RUSH))
        for number in range(self.deaths):
            rush = number == self.deaths // 2
            before, after = self.chance.uniform(*LIVES), self.chance.uniform(*TURN)
            if self.chance.random() < 0.5:
                before, after = after, before
            release(RUSH if rush else 0)
            await asyncio.sleep(0)
            await running.bot.begin()
            await (running.confirmed(3.0) if rush else asyncio.sleep(before))
            release(lumps[number])
            await asyncio.sleep(0 if rush else after)
            await running.die()


LIVES = (0.02, 0.7)
"""Seconds."""

TURN = (0.0, 0.1)


async def stock_losses(folder: Path, kind: str, deaths: int = DEATHS) -> str:
    """Some, for certain: what was confirmed and waits in memory is in no other place."""
    async with drill(folder, kind=kind) as running:
        kept = await stock_answers(running, kind, deaths)
    lost, twice = sum(n == 0 for n in kept.values()), sum(n > 1 for n in kept.values())
    assert lost > 0
    return f"Stock bot, {kind}: {lost} of {ANSWERS} lost, {twice} twice, at the same moments"


async def stock_answers(running: Drill, kind: str, deaths: int) -> Counter[str]:
    """How often the stock bot kept each answer; people send it without waiting for replies."""
    texts = [f"person-{n % 20} {n // 20}" for n in range(ANSWERS)]
    people = itertools.cycle(p.person for p in running.people)
    await stock_begun(running, kind)
    async with asyncio.TaskGroup() as all_of_them:
        for text, person in zip(texts, people, strict=False):
            all_of_them.create_task(say(running, person, text))
        await Moments(deaths).pass_by(running, running.release)
    await running.bot.begin()
    await running.quiet()
    await running.bot.end(signal.SIGTERM)
    written = Counter(lines_of(running.folder, "answers"))
    return Counter({text: written[text] for text in texts})


async def say(running: Drill, person: Person, text: str) -> None:
    await running.pace.acquire()
    await person.say(text)


async def stock_begun(running: Drill, kind: str) -> None:
    """Everybody is at the first question, and that is on the disk: a natural end sees to it."""
    await running.bot.begin()
    for reporter in running.people:
        await reporter.person.say("/start")
    for reporter in running.people if kind == "conversation" else ():
        await reporter.person.wait("Question 1?")
    await running.quiet()
    await running.bot.end(signal.SIGTERM)


async def die_at_random(running: Drill, moments: Moments) -> None:
    talks = await begun(running)
    await running.die()
    await moments.pass_by(running, running.release)
    await finish(running, talks)
    await check(running)


# While Telegram is out of order as well


def duplicated(double: Double) -> None:
    double.delivery.twice = double.delivery.again = 0.5


def reordered(double: Double) -> None:
    double.delivery.shuffled = True


def late(double: Double) -> None:
    double.delivery.late = 0.5


def flooded(double: Double) -> None:
    double.faults.add(Fault.FLOOD, every=10, polls=True)


def unanswered(double: Double) -> None:
    double.faults.add(Fault.DROP_AFTER, share=0.2, polls=True)


OUT_OF_ORDER = {f.__name__: f for f in (duplicated, reordered, late, flooded, unanswered)}


@pytest.mark.parametrize("disorder", OUT_OF_ORDER)
async def test_killed_while_telegram_is_out_of_order(tmp_path: Path, disorder: str) -> None:
    await die_in_disorder(tmp_path / "drill", disorder, 2)


async def test_killed_during_an_hour_without_telegram(tmp_path: Path) -> None:
    await die_in_the_dark(tmp_path / "drill", 4)


async def die_in_disorder(folder: Path, disorder: str, deaths: int, url: str = SQLITE_URL) -> None:
    """Die so often while updates come twice, late, in another order, or not at once."""
    async with drill(folder, url) as running:
        talks = await begun(running)
        OUT_OF_ORDER[disorder](running.double)
        await running.die()
        await Moments(deaths).pass_by(running, running.release)
        await finish(running, talks)
        # What is written without waiting for a reply, and comes in another order, stays in it.
        await check(running, in_order=disorder != "late")
        assert bool(running.double.faults.struck) == bool(running.double.faults.rules)


async def die_in_the_dark(folder: Path, deaths: int, url: str = SQLITE_URL) -> None:
    """Die so often during an hour without Telegram."""
    async with drill(folder, url) as running:
        talks = await begun(running)
        await dark_hour(running, deaths)
        await finish(running, talks)
        await check(running)


async def die_in_every_disorder(folder: Path, deaths: int, url: str = SQLITE_URL) -> None:
    """Die so often while everything is out of order, and again during an hour without it."""
    async with drill(folder, url) as running:
        talks = await begun(running)
        for disorder in OUT_OF_ORDER.values():
            disorder(running.double)
        await running.die()
        await Moments(deaths).pass_by(running, running.release)
        await running.bot.begin()
        await dark_hour(running, deaths)
        await finish(running, talks)
        await check(running, in_order=False)


async def dark_hour(running: Drill, deaths: int) -> None:
    """Begin it in the middle of a rush; what is typed meanwhile waits at Telegram."""
    running.release(RUSH)
    await asyncio.sleep(0.05)
    await running.double.go_dark()
    for _ in range(deaths):
        running.release(1)
        running.forward(3600 / deaths)
        await asyncio.sleep(0.1)
        await running.die()
        await running.bot.begin()
    await running.double.come_back()
