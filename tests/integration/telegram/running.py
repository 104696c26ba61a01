"""The bot on Telegram in this process: an organisation, the double in front of it, and people."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from bot.app import Application
from bot.config.values import Telegram
from bot.platforms.base import PlatformAdapter
from bot.platforms.telegram.adapter import (
    BotApiEndpoint,
    TelegramConnection,
    make_telegram_adapter,
)
from bot.platforms.telegram.facts import TELEGRAM
from bot.runtime.conversations import Conversations
from bot.runtime.supervisor import serve
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.document import Document
from store.model.accounts import Account
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.person import Person
from tests.rig import Rig

QUIET = 0.05
FAST, HURRIED = 30.0, 0.1
"""Seconds from upkeep to upkeep."""
SECONDS = 10.0
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{6}\b")


@dataclass
class Running:
    """A bot that runs beside the test."""

    rig: Rig
    double: Double
    token_file: Path
    house: Application
    adapter: PlatformAdapter[TelegramConnection]
    said: list[str]
    """What the operator was told."""
    task: "asyncio.Task[None]" = field(repr=False)

    @property
    def conversations(self) -> Conversations:
        assert self.adapter.connection is not None, "it is not connected"
        return self.adapter.connection.conversations

    @property
    def waiting(self) -> int:
        """How many messages wait to be handled."""
        assert self.adapter.connection is not None, "it is not connected"
        return self.adapter.connection.admission.scheduler.count

    async def until(self, holds: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Until it is so."""
        async with asyncio.timeout(seconds):
            while not holds():  # noqa: ASYNC110 - what it is about has no event
                await asyncio.sleep(0.01)

    async def settled(self, seconds: float = SECONDS) -> None:
        """Until everything is confirmed and handled, and nothing is under way."""
        await self.until(lambda: self.double.unconfirmed == 0, seconds)
        await self.until(lambda: self.waiting == 0, seconds)
        await self.until(lambda: not self.conversations.send_queues.queues, seconds)

    def hear_for(self, **by: float) -> None:
        """Let time go by in which Telegram is asked each minute, and has nothing."""
        assert self.double.unconfirmed == 0, "it has something"
        mark, until = self.house.watermarks.of(TELEGRAM.name), self.rig.clock() + timedelta(**by)
        while self.rig.clock() < until:
            self.rig.clock.now = min(self.rig.clock() + timedelta(minutes=1), until)
            mark.asked = None  # the poll that is under way began long ago
            mark.asking()
            mark.caught_up()

    async def run_upkeep(self) -> bool:
        """Do what is due; whether hand-overs wait although their hour has come."""
        waiting = await self.house.upkeep.run(self.rig.clock())
        await self.adapter.run_upkeep()
        return waiting

    async def end(self) -> None:
        """As by a signal."""
        self.adapter.stop.set()
        await asyncio.wait_for(self.task, 5)


@asynccontextmanager
async def running(
    rig: Rig, double: Double, upkeep: float = FAST, *, token: str | None = None
) -> AsyncIterator[Running]:
    """Start it; at the end it is stopped, if it was not already, and broke no rule."""
    file, said = rig.folder / "token", list[str]()
    if token is None:
        file.write_text(f"{double.token}\n")
    elif token:
        file.write_text(token)
    rig.config = replace(rig.config, telegram=Telegram(file, "polling", double.root))
    async with rig.house() as house:
        address = BotApiEndpoint(double.root, file)
        stop = asyncio.Event()
        adapter = make_telegram_adapter(house, address, said.append, stop, QUIET)
        # A recorded talk draws each code when it is given.
        serving = serve(house, [adapter], stop, said.append, upkeep, codes_at_once=0)
        task = asyncio.create_task(serving)
        bot = Running(rig, double, file, house, adapter, said, task)
        try:
            yield bot
            await bot.end()
        finally:
            bot.task.cancel()
            await asyncio.wait([bot.task])
    assert double.violations == []


async def answer(person: Person, label: str, then: str) -> None:
    """Press a button as soon as it is there, and wait for what comes."""
    await person.wait(lambda s: any(b.label.startswith(label) for m in s for b in m.buttons))
    await person.press(label)
    await person.wait(then)


async def begin(person: Person, clean: str = "When I finish") -> None:
    """From hello to the first question."""
    await person.say("/start")
    await answer(person, "No, only me", "Should I delete our messages")
    await answer(person, clean, "What would you like to say?")


async def join(person: Person, rig: Rig, name: str) -> None:
    """Link a reader's account with what their own key shows."""
    await person.say(f"/join {name}")
    await person.wait("I made a sealed file")
    (sealed,) = [m.document for m in person.screen if m.name == "join.age"]
    assert sealed is not None
    body = Document.decode(age.decrypt(sealed, [rig.keys[name].identity])).body
    await person.say(f"/join {dict(cbor.decode_map(body, 'An invitation'))['code']}")
    await person.wait("This account is linked.")


async def pieces(bot: Running, person: Person) -> list[str]:
    """What is sealed of this person's talk, read back from the store."""
    who = Account("telegram", str(person.id), str(person.id))
    found = await bot.house.stores.cases.snapshot(who, bot.rig.clock(), pieces=True)
    return [p.text for p in found.pieces]
