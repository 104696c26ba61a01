"""Play a walk on the terminal, on Telegram and on Matrix, in one organisation."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.app import Application
from bot.platforms.matrix.rooms.delays import MembershipDelays
from store.crypto.kdf import Entropy
from tests.doubles.matrix.person import Person as MatrixPerson
from tests.doubles.matrix.synapse import Synapse
from tests.doubles.telegram.double import Double
from tests.integration.matrix.running import Running as MatrixRunning
from tests.integration.matrix.running import running as on_an_encrypted_line
from tests.integration.telegram.running import Running as TelegramRunning
from tests.integration.telegram.running import running as on_the_phone
from tests.kept import Left, left
from tests.rig import Rig
from tests.stages import TerminalStage
from tests.talk_script import Happens, play, read, twelve_words
from tests.transcript import MatrixTape, founded
from tests.walks.ending import Ending, read_ending
from tests.walks.reading import ReadingTape

WALKS = Path(__file__).parent
ORGANISATION = """\
! flows = intake.toml witness.toml process.toml
! duty = Rowan
"""
"""It offers all three questionnaires, and one of its three readers must pass things on."""

REPORTER = 7_766_554_433
STEP = timedelta(hours=1)
"""So often upkeep is done while time passes, as a bot that goes on running does it."""

STAYING = MembershipDelays(greet=60.0, linger=120.0)
"""The bot stays until the test ends, however slow the machine is."""

LEAVING = 5.0
"""Seconds in which the bot leaves the chat of a talk that is over."""

Elapse = Callable[[timedelta], Awaitable[None]]


def walks() -> tuple[Path, ...]:
    """All walks, by name."""
    return tuple(sorted(WALKS.glob("*.txt")))


def head(path: Path) -> str:
    """Who comes, and what must be seen: the comment that a walk begins with."""
    lines = path.read_text("utf-8").splitlines()
    first = next(n for n, line in enumerate(lines) if not line.startswith("#"))
    return "\n".join(line.lstrip("# ") for line in lines[:first])


def found(folder: Path, entropy: Entropy) -> Rig:
    """The organisation of the walks in a new folder."""
    folder.mkdir(exist_ok=True)
    return founded(folder, ORGANISATION, entropy)


@dataclass
class Around:
    """What happens around a walk: time passes, and readers do something.

    : later hours=13    time passes, and what is due is done
    : fetched Oak       a reader gets the one thing that waits for them
    """

    rig: Rig
    elapse: Elapse
    copies: dict[str, bytes] = field(default_factory=dict, repr=False)
    """What readers have on their own devices."""

    async def happens(self, what: str) -> None:
        """As a line of a walk says."""
        verb, _, rest = what.partition(" ")
        match verb:
            case "later":
                unit, _, number = rest.partition("=")
                await self.elapse(timedelta(**{unit: float(number)}))
            case "fetched":
                (code,) = (code for code, had in (await self.rig.inbox(rest)).items() if not had)
                self.copies[rest] = await self.rig.fetch(rest, code)
            case _:
                raise ValueError(f"a walk knows nothing of {verb}")


@dataclass(slots=True)
class RoomTape(MatrixTape):
    """A stage that waits for each answer, which may have new numbers, and for the cleaning."""

    def shown(self) -> str:
        """What the bot said in all chats: words are written down in one, and used in another."""
        return "\n\n".join(text for _, text in self.person.told)

    async def come_back(self) -> None:
        """Start a new chat, as people must where the bot has left theirs."""
        await self.bot.connection.rooms.retention.keep_up()  # what is over is left
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVING):
                while not await self._is_left():  # noqa: ASYNC110 - a server has no event
                    await asyncio.sleep(0.2)
        if await self._is_left():
            await self.person.member(self.bot.id, "leave")
            await self.person.open_chat(self.bot.id)

    async def _is_left(self) -> bool:
        events = await self.timeline()
        of_bot = [e for e in events if e.get("state_key") == self.bot.id]
        return bool(of_bot) and of_bot[-1]["content"]["membership"] == "leave"


async def on_the_terminal(rig: Rig, path: Path) -> Left:
    """What a walk leaves there."""

    async def elapse(by: timedelta) -> None:
        await rig.pass_time(seconds=by.total_seconds())

    stage = TerminalStage(rig)
    async with rig.staying():  # a story is open in memory only
        await play(read(path), stage, Around(rig, elapse).happens)
    return await _left(rig, stage.shown())


async def on_matrix(rig: Rig, path: Path, synapse: Synapse, reporter: MatrixPerson) -> Left:
    """As above; the bot stays long enough for the last line of the walk."""
    async with on_an_encrypted_line(rig, synapse, waits=STAYING) as bot:
        await reporter.open_chat(bot.id)
        stage = RoomTape(bot, reporter, seconds=120)

        async def elapse(by: timedelta) -> None:
            await reporter.quiet()
            await _pass(bot, by)
            await stage.come_back()

        await play(read(path), stage, Around(rig, elapse).happens)
        assert bot.said == []
    return await _left(rig, stage.shown())


async def on_telegram(rig: Rig, path: Path) -> tuple[Left, str, Ending]:
    """As above; besides, what the person sees in their chat, and how it ended."""
    async with (
        Double(clock=lambda: rig.clock().timestamp()) as double,
        on_the_phone(rig, double) as bot,
    ):
        person = double.person(REPORTER)
        tape = ReadingTape(bot, person)
        # What runs it for the first time imports much.
        await bot.until(lambda: bool(double.called("setMyShortDescription")), seconds=60)
        around = Around(rig, partial(_pass, bot))
        for line in read(path):
            if isinstance(line.action, Happens):
                await tape.pass_by(line.action.what)
            await play((line,), tape, around.happens)
        await tape.settle()
        shown, transcript = tape.shown(), tape.transcript()
        ending = await read_ending(rig, person, shown, around.copies)
    return await _left(rig, shown), transcript, ending


async def _pass(bot: TelegramRunning | MatrixRunning, by: timedelta) -> None:
    """Let time pass in which the platform is heard without interruption, and has nothing."""
    if isinstance(bot, TelegramRunning):
        house, platform = bot.house, "telegram"
    else:
        house, platform = bot.application, "matrix"
    until = bot.rig.clock() + by
    await bot.settled()
    while bot.rig.clock() < until:
        _hear(house, platform, bot.rig, min(until, bot.rig.clock() + STEP))
        await house.upkeep.run(bot.rig.clock())
        await bot.adapter.run_upkeep()
        await bot.settled()


def _hear(house: Application, platform: str, rig: Rig, until: datetime) -> None:
    """Ask the platform each minute until then."""
    mark = house.watermarks.of(platform)
    while rig.clock() < until:
        rig.clock.forward(minutes=1)
        mark.asked = None  # the poll that is under way began long ago
        mark.asking()
        mark.caught_up()


async def _left(rig: Rig, shown: str) -> Left:
    return await left(rig, twelve_words(shown) if "Your twelve words:" in shown else ())
