"""People who all begin at the same moment and answer as soon as they are asked (a closed loop)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bench.process import NOTHING, Cpu, Process
from store.model.accounts import Account
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.person import Person
from tests.doubles.telegram.world import Message

CUT_SECONDS = 120.0
"""So long one run may last; what was answered until then counts."""

PREPARED_SECONDS = 120.0
PLATFORM = "telegram"
FIRST = 5_000_000
"""The lowest number of an account."""

WORDS = (
    "It began in the spring, after the second meeting, when most of the others had left.",
    "In the small room behind the kitchen. The door was open, and nobody came past.",
    "I said that I wanted to go home. He laughed and said that we were not done yet.",
    "I have not been to a meeting since, and I do not answer when they call me.",
    "I would like him not to decide who may come, and I would like to be asked first.",
)


Mark = Callable[[], Awaitable[None]]
"""Called right before and right after the timed part."""


async def unmarked() -> None:
    """Nothing more is to be noted."""


@dataclass(frozen=True, slots=True)
class Script:
    """How the talk with one bot goes."""

    before: tuple[str, ...]
    """What leads to the first question; it is not timed."""
    ready: str
    """Words of the first question."""
    replies: tuple[str, ...]
    """Words of the reply to each answer; empty where the answer itself comes back."""
    hello: str = ""
    """Words of the reply to the very first message."""


@dataclass(slots=True)
class Measured:
    """One run."""

    people: int
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list, repr=False)
    acknowledged: dict[Account, list[str]] = field(default_factory=dict, repr=False)
    cpu: Cpu = NOTHING
    double: float = 0.0
    """Seconds of CPU time of the double with its people: if it is near the wall time, the double
    is what is measured."""
    cut: bool = False

    @property
    def answers(self) -> int:
        """How many were replied to."""
        return len(self.latencies)


async def measure(
    double: Double,
    bot: Process,
    script: Script,
    people: int,
    mark: Mark = unmarked,
) -> Measured:
    """Everybody up to the first question, and then, timed, all of their answers."""
    everybody = [double.person(FIRST + number) for number in range(people)]
    await listening(double, bot)
    async with asyncio.timeout(PREPARED_SECONDS):
        await asyncio.gather(*(prepare(person, script) for person in everybody))
    await bot.settled()
    await mark()
    measured, before = Measured(people), await bot.settled()
    await _timed(everybody, script, measured)
    measured.cpu = await bot.settled() - before
    await mark()
    bot.check()
    return measured


async def _timed(everybody: Sequence[Person], script: Script, measured: Measured) -> None:
    began, own = time.monotonic(), time.process_time()
    try:
        async with asyncio.timeout(CUT_SECONDS):
            await asyncio.gather(*(_answer(p, script, measured) for p in everybody))
    except TimeoutError:
        measured.cut = True
    measured.seconds = time.monotonic() - began
    measured.double = time.process_time() - own


async def listening(double: Double, bot: Process) -> None:
    """Wait until the bot polls: then it is ready."""
    while not double.counted["getUpdates"]:
        bot.check()
        await asyncio.sleep(0.05)


async def prepare(person: Person, script: Script) -> None:
    """Lead somebody up to the first question; nobody answers what was not asked yet."""
    for text in script.before:
        seen = len(person.chat.history)
        await person.say(text)
        await answered(person, seen + 1, "")
    await answered(person, 0, script.ready)


async def _answer(person: Person, script: Script, measured: Measured) -> None:
    """All questions, each answered when it comes."""
    who = Account(PLATFORM, str(person.id), str(person.id))
    kept = measured.acknowledged.setdefault(who, [])
    for text, wanted in zip(answers_of(person.id), script.replies, strict=True):
        seen = len(person.chat.history)
        said = await person.say(text)
        reply = await answered(person, seen + 1, wanted or text)
        measured.latencies.append(reply.at - said.at)
        kept.append(text)


async def answered(person: Person, seen: int, wanted: str) -> Message:
    """Wait for a reply with these words, behind so many messages of the chat."""
    while True:
        fresh = person.chat.history[seen:]
        found = next((m for m in fresh if not m.mine and wanted in m.text), None)
        if found is not None:
            return found
        await person.chat.pulse.wait()


def answers_of(account: int) -> Sequence[str]:
    """Five answers that nobody else gives."""
    return [f"{account}: {words}" for words in WORDS]
