"""People on a real homeserver: each in a room with the bot, answering as soon as they are asked.

Synapse runs in one process and all people's clients (matrix-js-sdk) in another. They stay for
all runs; each run has a bot account of its own and new rooms.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.load import CUT_SECONDS, PREPARED_SECONDS, WORDS, Mark, Measured, Script, unmarked
from bench.process import Process, used
from store.model.accounts import Account
from tests.doubles.matrix.person import Clients, Person
from tests.doubles.matrix.synapse import Credentials, Synapse

PLATFORM = "matrix"
LOG = "clients.log"
AGAIN_SECONDS = 15.0


class Unprepared(Exception):
    """A talk did not come to its first question."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A homeserver, and those who talk there."""

    synapse: Synapse
    clients: Clients
    people: Sequence[Person]

    def used(self) -> float:
        """Seconds of CPU time of the server and of everybody's clients."""
        assert self.synapse.process is not None  # noqa: S101 - it runs as long as the stage
        return used(self.synapse.process.pid).all + used(self.clients.process.pid).all


@asynccontextmanager
async def staged(place: Path, people: int) -> AsyncIterator[Stage]:
    """The server with so many people.

    Their clients are not strict: an echo bot signs no device, and they shall talk with it as well.
    """
    async with Synapse(place / "synapse") as synapse, Clients(synapse, place / LOG) as clients:
        found = [await clients.person(strict=False) for _ in range(people)]
        yield Stage(synapse, clients, found)


async def measure(
    stage: Stage, account: Credentials, bot: Process, script: Script, mark: Mark = unmarked
) -> Measured:
    """Everybody up to the first question, and then, timed, all of their answers."""
    await asyncio.gather(*(prepare(p, account.user_id, script) for p in stage.people))
    bot.check()
    await bot.settled()
    await mark()
    measured, before = Measured(len(stage.people)), await bot.settled()
    await _timed(stage, script, measured)
    measured.cpu = await bot.settled() - before
    await mark()
    bot.check()
    return measured


async def part(stage: Stage) -> None:
    """Everybody leaves the room of this run: it is no burden to the next."""
    await asyncio.gather(*(person.leave() for person in stage.people))
    for person in stage.people:
        person.messages.clear()
        person.told.clear()


async def _timed(stage: Stage, script: Script, measured: Measured) -> None:
    began, own = time.monotonic(), stage.used()
    try:
        async with asyncio.timeout(CUT_SECONDS):
            await asyncio.gather(*(_answer(p, script, measured) for p in stage.people))
    except TimeoutError:
        measured.cut = True
    measured.seconds = time.monotonic() - began
    measured.double = stage.used() - own


async def prepare(person: Person, bot: str, script: Script) -> None:
    """Lead somebody up to the first question, in a new room; raise ``Unprepared``."""
    try:
        async with asyncio.timeout(PREPARED_SECONDS):
            await _prepare(person, bot, script)
    except TimeoutError:
        chat = "\n".join(f"{m.sender}: {m.text or m.unreadable}" for m in person.screen)
        raise Unprepared(f"Somebody was not asked the first question:\n{chat}") from None


async def _prepare(person: Person, bot: str, script: Script) -> None:
    await person.open_chat(bot, joined=False)
    await person.member(bot, "join", PREPARED_SECONDS)
    while not await person.devices(bot):  # noqa: ASYNC110 - clients hear of a new device late
        await asyncio.sleep(0.1)
    await _begin(person, script)
    for text in script.before[1:]:
        await person.say(text)
    await _reply(person, 0, script.ready)


async def _begin(person: Person, script: Script) -> None:
    """Said again as people do: a client that is slow to learn of a device gives it no key."""
    while not any(script.hello in text for _, text in person.told):
        await person.say(script.before[0])
        with suppress(TimeoutError):
            async with asyncio.timeout(AGAIN_SECONDS):
                await _reply(person, 0, script.hello)


async def _answer(person: Person, script: Script, measured: Measured) -> None:
    """All questions, each answered when it comes."""
    who = Account(PLATFORM, person.id, person.room)
    kept = measured.acknowledged.setdefault(who, [])
    for number, wanted in enumerate(script.replies):
        text, seen = answer_of(person.id, number), len(person.told)
        began = time.monotonic()
        await person.say(text)
        await _reply(person, seen, wanted or text)
        measured.latencies.append(time.monotonic() - began)
        kept.append(text)


async def _reply(person: Person, seen: int, wanted: str) -> None:
    while not any(wanted in text for _, text in person.told[seen:]):
        person.clients.check()
        await person.pulse.wait()


def answer_of(account: str, number: int) -> str:
    """One that nobody gives to another question."""
    return f"{account} {number}: {WORDS[number % len(WORDS)]}"
