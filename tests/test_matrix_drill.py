"""Losing nothing on Matrix: sixty answers from twenty people, while the bot is killed."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.drill_bot import Bot, events, process
from tests.drill_matrix_people import Writer, faults_of, faults_on_screen, twenty
from tests.matrix.fixtures import own_synapse, synapse  # noqa: F401
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
    folder: Path, synapse: Synapse, kind: str = "holdfast", root: str = ""
) -> AsyncIterator[Drill]:
    rig = make_rig(folder / "organisation")
    account = await synapse.register()
    (folder / "root").write_text(root or synapse.url)
    (folder / "user").write_text(account.user_id)
    (folder / "password").write_text(account.password)
    pace, life = asyncio.Semaphore(0), process("tests.drill_matrix_life", kind, folder)
    async with Clients(synapse, folder / "clients.log") as clients, life as bot:
        people = await twenty(clients, account.user_id, pace)
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
    running.release(ANSWERS + len(running.people))
    await talks
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
