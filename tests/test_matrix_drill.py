"""Losing nothing on Matrix: sixty answers from writers people, while the bot is killed."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot import lanes
from bot.matrix import doors, listener, machine, messenger, onetime
from tests.crash_driver import lines_of
from tests.drill_bot import Bot, Points, events, points_of, process
from tests.drill_matrix_people import Writer, faults_of, faults_on_screen, writers
from tests.drill_people import PARTS
from tests.matrix.person import Clients
from tests.matrix.synapse import Synapse
from tests.rig import Rig, make_rig

ANSWERS = 60
RUSH = 20
EXPECTED = {"started", "stopped", "unreachable", "reached-again", "send-failed"}
"""What a bot may log whose homeserver is out of order: no turn of it fails."""


@dataclass
class Drill:
    """An organisation, a homeserver, its people, and the bot."""

    folder: Path
    rig: Rig
    synapse: Synapse
    clients: Clients
    bot: Bot
    user: str
    pace: asyncio.Semaphore
    people: list[Writer]
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

    async def quiet(self) -> None:
        """Until nobody's chat has changed for a while."""
        await asyncio.gather(*(p.person.quiet(1.0) for p in self.people))


@asynccontextmanager
async def drill(
    folder: Path, synapse: Synapse, count: int = 20, kind: str = "holdfast", root: str = ""
) -> AsyncIterator[Drill]:
    rig = make_rig(folder / "organisation")
    account = await synapse.register()
    (folder / "root").write_text(root or synapse.url)
    (folder / "user").write_text(account.user_id)
    (folder / "password").write_text(account.password)
    pace, life = asyncio.Semaphore(0), process("tests.drill_matrix_life", kind, folder)
    async with Clients(synapse, folder / "clients.log") as clients, life as bot:
        people = await writers(clients, account.user_id, pace, count)
        yield Drill(folder, rig, synapse, clients, bot, account.user_id, pace, people)


async def begun(running: Drill) -> asyncio.Task[None]:
    """Everybody's talk has begun; the answers come when they are released."""
    await running.bot.begin()
    async with asyncio.TaskGroup() as all_of_them:
        for writer in running.people:
            all_of_them.create_task(writer.begin())
    await running.quiet()
    return asyncio.create_task(_talks(running))


async def _talks(running: Drill) -> None:
    async with asyncio.TaskGroup() as all_of_them:
        for writer in running.people:
            all_of_them.create_task(writer.go_on())


async def finish(running: Drill, talks: asyncio.Task[None]) -> None:
    """No more deaths: everything comes to its end."""
    if not running.bot.life:
        await running.bot.begin()
    while not talks.done():
        running.release(1)
        await asyncio.wait({talks}, timeout=0.02)
    await talks
    while not running.pace.locked():
        await running.pace.acquire()
    await running.quiet()
    await running.bot.end(signal.SIGTERM)


async def check(running: Drill, answers: int = ANSWERS) -> None:
    """Each answer once, each talk at its question, and nothing that still waits."""
    assert sum(p.said for p in running.people) == answers
    async with running.rig.house() as house:
        faults = [f for p in running.people for f in await faults_of(house, p)]
        faults += [f for p in running.people for f in faults_on_screen(p)]
        assert faults == []
        assert (await house.casebook.database.count_rows())["outbox"] == 0
    assert events(running.folder / "errors") <= EXPECTED


async def test_sixty_answers_without_a_death(tmp_path: Path, synapse: Synapse) -> None:
    async with drill(tmp_path / "drill", synapse) as running:
        await finish(running, await begun(running))
        await check(running)


# At every named point


@pytest.mark.timeout(240)
async def test_killed_at_every_named_point(
    tmp_path: Path, synapse: Synapse, record_property: Callable[[str, object], None]
) -> None:
    async with drill(tmp_path / "drill", synapse) as running:
        talks = await begun(running)
        await running.die()
        points = Points(running, MOST, SOON)
        await points.die_until(talks.done)
        await die_replenishing(running)
        await finish(running, talks)
        await check(running)
        talks = together(running, Writer.finish)
        await points.die_until(talks.done)
        await finish(running, talks)
        await check_ended(running)
        talks = together(running, Writer.begin_again)
        await points.die_until(talks.done)
        await finish(running, talks)
        await check(running, 2 * ANSWERS)
        points.in_vain.clear()
        await points.die_until(lambda: False)
        died = Counter(lines_of(running.folder, "died"))
        assert sorted(died) == sorted({*lines_of(running.folder, "passed")})
        told = f"{len(died)} points, {died.total()} deaths, {ANSWERS} answers: 0 lost, 0 twice."
        record_property("named points", told)


MOST = 1
SOON = 1.5


def together(running: Drill, do: Callable[[Writer], Awaitable[None]]) -> asyncio.Task[None]:
    """Everybody does this, beginning one after the other."""

    async def one(writer: Writer) -> None:
        await writer.pace.acquire()
        await do(writer)

    async def all_do() -> None:
        async with asyncio.TaskGroup() as all_of_them:
            for writer in running.people:
                all_of_them.create_task(one(writer))

    return asyncio.create_task(all_do())


async def check_ended(running: Drill) -> None:
    """Nothing is left but what was handed over, each story whole and once."""
    wanted = sorted(p.name for p in running.people if p.part.asked == PARTS)
    reports = [
        running.rig.open("Oak", await running.rig.fetch("Oak", code)).text
        for code in await running.rig.inbox("Oak")
    ]
    found = [name for text in reports for name in wanted if text.count(f"{name} told") == 1]
    assert sorted(found) == wanted
    assert len(reports) == len(wanted)
    rows = await running.rig.rows()
    assert (rows["draft"], rows["outbox"]) == (0, 0)
    assert [f for p in running.people for f in faults_on_screen(p)] == []
    assert events(running.folder / "errors") <= EXPECTED


async def die_replenishing(running: Drill) -> None:
    """Where only a bot comes whose one-time keys were all taken."""
    for point in ("keys made", "keys uploaded", "fallback uploaded"):
        async with running.rig.house() as house:
            device = house.keyring.bot["matrix.device"].decode()
        await running.synapse.claim_all(running.user, device)
        await running.bot.begin(point)
        assert await running.bot.ended() == -signal.SIGKILL


def test_every_await_of_the_loops_has_a_named_point() -> None:
    loops = (
        *("run", "_recover", "_survey", "_begin", "_next", "_poll", "_move", "_handle", "_lane"),
        *("_hear_lists", "_complete", "_state", "_earlier", "_decrypted", "_refresh"),
        *("_commit_all", "_upkeep"),
    )
    own = (*loops, "_trying", "_sync", "_now", "_events", "_collect", "_heard")
    points_of(listener, "Listener", loops, own)
    writes = ("encrypt", "_share", "_hand_out", "_claim", "_claim_now", "keep_up", "_send_queued")
    points_of(machine, "Machine", writes, (*writes, "_to_devices", "_hand_out"))
    points_of(onetime, "OneTimeKeys", ("replenish", *UPLOADS), UPLOADS)
    points_of(messenger, "Matrix", ("send", "_send", "put", "_stays"), ("_send", "put"))
    points_of(doors, "Doors", ("_join", "_decline", "_go"), ("_insist", "_join", "_decline"))
    points_of(lanes, "Lanes", ("_work", "_try"), ("_rings",))


UPLOADS = ("_upload_keys", "_upload_fallback")


# At random moments


@dataclass(frozen=True)
class Moments:
    """When the bot dies, and how many answers are sent before that."""

    deaths: int
    chance: random.Random = field(default_factory=lambda: random.Random(50))  # noqa: S311

    async def pass_by(self, running: Drill, answers: int = ANSWERS) -> None:
        """Half of the lives end while they begin, half in a turn; once many wait for one."""
        lumps = Counter(self.chance.randrange(self.deaths) for _ in range(answers - RUSH))
        lumps[self.deaths // 2] += RUSH
        for number in range(self.deaths):
            before, after = self.chance.uniform(*LIVES), self.chance.uniform(*TURN)
            if self.chance.random() < 0.5:
                before, after = after, before
            await running.bot.begin()
            await asyncio.sleep(before)
            running.release(lumps[number])
            await asyncio.sleep(after)
            await running.die()


DEATHS = 50
LIVES = (0.05, 1.6)
"""Seconds."""

TURN = (0.0, 0.2)


@pytest.mark.timeout(240)
async def test_killed_at_fifty_random_moments(
    tmp_path: Path, synapse: Synapse, record_property: Callable[[str, object], None]
) -> None:
    async with drill(tmp_path / "drill", synapse) as running:
        talks = await begun(running)
        await running.die()
        await Moments(DEATHS).pass_by(running)
        await finish(running, talks)
        await check(running)
    under_way = sum(n > 0 for n in running.under_way)
    record_property("losses", f"0 of {ANSWERS} lost or twice, {under_way} deaths under way")
    assert under_way >= DEATHS // 3
