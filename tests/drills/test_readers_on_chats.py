"""Readers on Telegram and Matrix whose bot dies in the middle of a command: nothing is lost.

On Telegram a file comes a second time, silently, where nobody can know that it came; on Matrix the
server takes each message once.
"""

import asyncio
import re
import signal
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.config.store_section import DATABASE_FILE
from store.db.schema import delivery
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.person import Person as Room
from tests.doubles.matrix.synapse import Synapse
from tests.doubles.telegram import schema
from tests.doubles.telegram.double import BOT
from tests.doubles.telegram.person import Person
from tests.drills.bot_in_process import BotInProcess, in_thread
from tests.drills.crash_driver import Died
from tests.drills.matrix_process import MatrixLife, shorten_pauses
from tests.drills.telegram_process import HASTE, Life, TelegramLifeInProcess
from tests.drills.test_telegram import HastyDouble
from tests.integration.matrix.running import join as join_in_a_room
from tests.integration.telegram.running import join
from tests.rig import Rig, make_rig

PATIENCE = 20.0
POLLING = re.compile(r"\w+ (getUpdates|GET client/v3/sync)$")
"""Passed again and again, also without any command: one death at each is enough."""


@dataclass
class Armed:
    """Makes lives, each of which can die only from the moment at which it is armed."""

    make: Callable[[Path, str], Life]
    life: Life | None = None
    active: bool = False
    passed: list[str] = field(default_factory=list)
    """Names with the number of their passing, since it was armed."""

    def __call__(self, folder: Path, death: str) -> Life:
        life = self.life = self.make(folder, death)
        self.active, self.passed = False, []
        counts = Counter[str]()

        def failpoint(point: str) -> None:
            if life.dead:
                raise Died
            if not self.active:
                return
            counts[point] += 1
            here = f"{point} #{counts[point]}"
            self.passed.append(here)
            if here == death:
                life.dead = True
                life.on_death()

        object.__setattr__(life, "failpoint", failpoint)
        return life

    def arm(self) -> None:
        """Count failpoints from now on."""
        self.active = True


@dataclass
class Drill:
    """A reader who writes one command after the other to a bot that dies."""

    rig: Rig
    bot: BotInProcess
    lives: Armed
    ready: Callable[[], Awaitable[None]]
    """Wait until the bot of this life listens."""
    quiet: Callable[[], Awaitable[None]]
    """Wait until nothing is under way."""

    async def whole(self, command: Callable[[], Awaitable[object]]) -> list[str]:
        """Carry out a command without a death; give the failpoints that it passes."""
        await self.bot.begin()
        await self.ready()
        self.lives.arm()
        await command()
        await self.quiet()
        await self.bot.end(signal.SIGTERM)
        return self.lives.passed

    async def dying(self, command: Callable[[], Awaitable[object]], death: str) -> bool:
        """Die in a command, and live on; return whether the death took place."""
        await self.bot.begin(death)
        await self.ready()
        self.lives.arm()
        await command()
        ended = asyncio.create_task(self.bot.ended())
        await asyncio.wait({ended}, timeout=3.0)
        died = ended.done()
        if not died:
            self.bot.kill()
        await ended
        await self.bot.begin()
        await self.ready()
        await self.quiet()
        await self.bot.end(signal.SIGTERM)
        return died

    async def waits_again(self) -> None:
        """Have the one delivery wait as if nobody had ever asked for it."""
        async with self.rig.house() as house:
            await house.stores.cases.database.transaction(
                lambda connection: connection.execute(update(delivery).values(state=1))
            )
        await self.rig.kept.shut_down()

    async def states(self) -> dict[str, bool]:
        """What the reader's list says."""
        found = await self.rig.inbox("Oak")
        assert (await self.rig.rows())["outbox"] == 0
        await self.rig.kept.shut_down()
        return found


async def share(rig: Rig) -> str:
    """Hand a story to Oak at a terminal, and keep it; the code of the delivery."""
    await rig.tell("a story of mine")
    await rig.share("Oak", keep=True)
    (code,) = await rig.inbox("Oak")
    await rig.kept.shut_down()
    return code


def deaths(passed: Sequence[str]) -> list[str]:
    """Every place once; of those that only say that the bot listens, the first."""
    return [p for p in passed if not POLLING.match(p.partition(" #")[0]) or p.endswith(" #1")]


@pytest.mark.timeout(300)
async def test_a_file_on_telegram_comes_whatever_failpoint_the_bot_dies_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten_pauses(monkeypatch)
    schema.check_answer("getMe", BOT)
    rig = make_rig(tmp_path / "organisation")
    code, lives = await share(rig), Armed(TelegramLifeInProcess)
    async with HastyDouble(HASTE, rig) as double:
        (tmp_path / "root").write_text(double.root)
        (tmp_path / "token").write_text(double.token)
        oak = double.person(7_766_554_433)
        async with in_thread(lives, tmp_path) as bot:

            async def ready() -> None:
                before = double.counted["getUpdates"]
                async with asyncio.timeout(PATIENCE):
                    while double.counted["getUpdates"] <= before:  # noqa: ASYNC110 - no event
                        await asyncio.sleep(0.01)

            async def quiet() -> None:
                async with asyncio.timeout(PATIENCE):
                    while double.unconfirmed:  # noqa: ASYNC110 - no event
                        await asyncio.sleep(0.01)
                await oak.quiet(0.3)

            drill = Drill(rig, bot, lives, ready, quiet)
            await drill.whole(lambda: join(oak, rig, "Oak"))

            async def fetch() -> None:
                await oak.say(f"/fetch {code}")

            passed = await drill.whole(fetch)
            assert {"request sendDocument #1", "answer sendDocument #1"} < {*passed}
            for death in deaths(passed):
                await drill.waits_again()
                before = len(files(oak, code))
                died = await drill.dying(fetch, death)
                came = files(oak, code)[before:]
                assert 1 <= len(came) <= 2, death
                assert all(silent for silent in came[1:]), death
                assert await drill.states() == {code: True}, death
                assert died or POLLING.match(death.partition(" #")[0]), death
        assert double.violations == []


def files(oak: Person, code: str) -> list[bool]:
    """Whether each file of a delivery that came was silent."""
    return [m.silent for m in oak.screen if m.name == f"{code}.holdfast"]


async def confirmed(rig: Rig) -> None:
    """Wait until the bot knows of all that it sent: the chat shows it a moment before."""
    with closing(sqlite3.connect(rig.folder / DATABASE_FILE, isolation_level=None)) as file:
        async with asyncio.timeout(PATIENCE):
            while file.execute("SELECT count(*) FROM outbox").fetchone() != (0,):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.05)


@pytest.mark.timeout(300)
async def test_a_file_on_matrix_comes_once_wherever_the_bot_dies(
    tmp_path: Path, synapse: Synapse, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten_pauses(monkeypatch)
    rig = make_rig(tmp_path / "organisation")
    code, lives = await share(rig), Armed(MatrixLife)
    account = await synapse.register()
    (tmp_path / "root").write_text(synapse.url)
    (tmp_path / "user").write_text(account.user_id)
    (tmp_path / "password").write_text(account.password)
    async with Clients(synapse, tmp_path / "clients.log") as clients:
        oak = await clients.person()
        async with in_thread(lives, tmp_path) as bot:
            wanted = 0

            async def ready() -> None:
                """What is written before the bot listens is heard all the same."""

            async def quiet() -> None:
                await oak.wait(lambda _: len(files_in(oak, code)) >= wanted, PATIENCE)
                await oak.quiet(1.0)
                await confirmed(rig)

            drill = Drill(rig, bot, lives, ready, quiet)
            await bot.begin()
            await join_in_a_room(oak, rig, InARoom(account.user_id), "Oak")
            await bot.end(signal.SIGTERM)

            async def fetch() -> None:
                await oak.say(f"!fetch {code}")

            for death in (
                "committed #1",
                "send file #1",
                "answer POST media/v3/upload #1",
                "answer PUT client/v3/rooms/*/send/m.room.encrypted/* #1",
                "file sent #1",
            ):
                await drill.waits_again()
                wanted = len(files_in(oak, code)) + 1
                assert await drill.dying(fetch, death), death
                assert len(files_in(oak, code)) == wanted, death
                assert await drill.states() == {code: True}, death


@dataclass(frozen=True)
class InARoom:
    """The bot, as people write to it."""

    id: str


def files_in(oak: Room, code: str) -> list[str]:
    """The files of a delivery that came."""
    return [m.name for m in oak.screen if m.name == f"{code}.holdfast"]
