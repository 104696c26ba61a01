"""People who talk alone, and others who talk beside something that disturbs them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

from bench import organisation
from bench.figures import MILLI, Wanted, percentile, quotients, spread
from bench.load import PREPARED_SECONDS, answered
from bench.loop_work import timed
from bench.organisation import keeping
from bench.process import Process, started
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.person import Person

QUESTIONS = 80
"""Further questions to each of these people: more than they answer until the end."""

THINKING_SECONDS = 0.25
"""They pause for so long before each answer."""

AT_ONCE = 50
"""People who are led up to their question at the same time."""

PARTS = (0.5, 0.99)
LATER = Wanted(250, form=".0f", unit=" ms")


class Somebody(Protocol):
    """Anybody who talks to the bot."""

    @property
    def id(self) -> str | int:
        """Of the account."""
        ...


Talker = TypeVar("Talker", bound=Somebody)
Answering = Callable[[Talker, str, str], Awaitable[float]]
"""Has somebody say something, and returns how many seconds the reply with these words took."""


class Beside(Protocol):
    """How long answers took in one round, in seconds."""

    @property
    def quiet(self) -> Sequence[float]:
        """While nobody disturbed."""
        ...

    @property
    def beside(self) -> Sequence[float]:
        """The answers of others, beside what disturbed them."""
        ...


@asynccontextmanager
async def running() -> AsyncIterator[tuple[Double, Process]]:
    """Run the bot of a new organisation, its loop timed, in front of a double of Telegram."""
    with TemporaryDirectory(prefix="holdfast-bench-") as name:
        folder = Path(name) / "organisation"
        organisation.found_sharing(folder, QUESTIONS)
        async with Double(validate=False) as double:
            config = organisation.connect(folder, double.root, double.token)
            with started(Path(name), *timed(Path(name), "run", "--config", config)) as bot:
                yield double, bot


async def lead(people: Sequence[Talker], lead_one: Callable[[Talker], Awaitable[None]]) -> None:
    """Lead everybody up to their question, not all at once: nobody waits for too long."""
    for start in range(0, len(people), AT_ONCE):
        async with asyncio.timeout(PREPARED_SECONDS):
            await asyncio.gather(*(lead_one(one) for one in people[start : start + AT_ONCE]))


async def talk_until(
    others: Sequence[Talker],
    end: "asyncio.Task[None]",
    latencies: list[float],
    answering: Answering[Talker],
) -> None:
    """Let others answer their questions until something has ended."""
    await asyncio.gather(*(_talk(person, end, latencies, answering) for person in others), end)


async def _talk(
    person: Talker,
    end: "asyncio.Task[None]",
    latencies: list[float],
    answering: Answering[Talker],
) -> None:
    """Answer one question after the other until the end, and one at least; wait for its reply."""
    for number, wanted in enumerate(keeping(QUESTIONS).replies):
        await asyncio.wait({end}, timeout=THINKING_SECONDS)
        if number and end.done():
            return
        latencies.append(await answering(person, f"{person.id} answers {number}", wanted))


async def answer(person: Person, text: str, wanted: str) -> float:
    """Say something; return how many seconds the reply with these words took."""
    seen = len(person.chat.history)
    said = await person.say(text)
    reply = await answered(person, seen + 1, wanted)
    return reply.at - said.at


def row(name: str, latencies: Sequence[Sequence[float]]) -> str:
    """Write the row of a table: how many answers there were in each round, p50 and p99."""
    figures = (
        f"{spread([percentile(of_round, part) * MILLI for of_round in latencies])} ms"
        for part in PARTS
    )
    return (
        f"| {name} | {spread([len(of_round) for of_round in latencies])} | {' | '.join(figures)} |"
    )


def limits(rounds: Sequence[Beside], what: str) -> Iterator[str]:
    """Compare others' p99 with the quiet one; ``what`` disturbed them."""
    quiet = [percentile(one.quiet, PARTS[-1]) * MILLI for one in rounds]
    beside = [percentile(one.beside, PARTS[-1]) * MILLI for one in rounds]
    later = [b - a for a, b in zip(quiet, beside, strict=True)]
    yield f"Others' p99 {what}, later than the quiet one by: {LATER.verdict(later)}"
    yield f"Beside the quiet one: {spread(quotients(beside, quiet), '.2f')}."
