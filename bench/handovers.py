"""Many people hand over at the same moment, while others talk."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.amount import Handovers
from bench.beside import QUESTIONS, answer, lead, talk_until
from bench.load import FIRST, listening, prepare
from bench.organisation import GIVE, GIVING, keeping
from bench.process import Process
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.person import Person

CUT_SECONDS = 60.0
READY_SECONDS = 60.0
"""So long the bot may make take-back codes ready for those who look at their story once more."""


@dataclass(slots=True)
class Shared:
    """One run, in seconds."""

    quiet: list[float] = field(default_factory=list, repr=False)
    """How long answers took while nobody handed over."""
    beside: list[float] = field(default_factory=list, repr=False)
    """How long answers of others took while people handed over."""
    handovers: list[float] = field(default_factory=list, repr=False)
    """How long after their yes people had their take-back code."""
    cut: bool = False

    @property
    def last(self) -> float:
        """When the last hand-over was answered; those that never were count as cut."""
        return CUT_SECONDS if self.cut else max(self.handovers)


async def share(double: Double, bot: Process, amount: Handovers) -> Shared:
    """Measure others alone, and then as many new others beside those who hand over."""
    first, second, givers = (
        [double.person(start + number) for number in range(count)]
        for start, count in _accounts(amount)
    )
    await listening(double, bot)
    await lead(givers, lambda person: prepare(person, GIVING))
    for others in (first, second):
        await lead(others, lambda person: prepare(person, keeping(QUESTIONS)))
    await bot.settled(READY_SECONDS)
    shared = Shared()
    quiet = asyncio.create_task(asyncio.sleep(amount.quiet_seconds))
    await talk_until(first, quiet, shared.quiet, answer)
    await bot.settled()
    giving = asyncio.create_task(_give_all(givers, shared))
    await talk_until(second, giving, shared.beside, answer)
    bot.check()
    return shared


def _accounts(amount: Handovers) -> Sequence[tuple[int, int]]:
    """The first account and the number of each of the three groups."""
    others, people = amount.others, amount.people
    return ((FIRST, others), (FIRST + others, others), (FIRST + 2 * others, people))


async def _give_all(givers: Sequence[Person], shared: Shared) -> None:
    try:
        async with asyncio.timeout(CUT_SECONDS):
            await asyncio.gather(*(_give(person, shared) for person in givers))
    except TimeoutError:
        shared.cut = True


async def _give(person: Person, shared: Shared) -> None:
    """Say the second yes, and wait for the take-back code."""
    shared.handovers.append(await answer(person, GIVE, GIVING.replies[0]))
