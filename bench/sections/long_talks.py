"""What the processing of a message costs in a long talk and in a large case, beside short ones."""

import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import organisation
from bench.amount import Amount, Talks
from bench.figures import MILLI, paragraphs, quotients, spread
from bench.process import output_of
from bench.processing import LONG_CASE, LONG_TALK, SHORT_CASE, SHORT_TALK
from bench.rounds import report_progress

Timed = dict[str, list[float]]
"""The CPU seconds of all messages of one round, in each way."""


@dataclass(frozen=True, slots=True)
class Results:
    """All rounds."""

    talks: Talks
    rounds: list[Timed] = field(default_factory=list, repr=False)

    def of(self, way: str) -> list[float]:
        """The median of each round, in milliseconds."""
        return [statistics.median(timed[way]) * MILLI for timed in self.rounds]


async def measure(amount: Amount) -> str:
    """Time messages in a process of their own, once for each round."""
    results = Results(amount.talks)
    for number in range(amount.rounds):
        report_progress(f"round {number + 1} of {amount.rounds}: long talks")
        with TemporaryDirectory(prefix="holdfast-bench-") as name:
            results.rounds.append(await _timed(Path(name), amount.talks))
    return describe(results)


async def _timed(place: Path, talks: Talks) -> Timed:
    folder = place / "organisation"
    organisation.found(folder)
    counts = [str(n) for n in (talks.short, talks.long, talks.opened, talks.messages)]
    config = folder / organisation.CONFIG
    timed: Timed = json.loads(await output_of(place, "-m", "bench.processing", config, *counts))
    return timed


def describe(results: Results) -> str:
    """Say all of it."""
    return paragraphs(_circumstances(results), _table(results))


def _circumstances(results: Results) -> Iterator[str]:
    yield (
        f"{len(results.rounds)} rounds of {results.talks.messages} messages in each, one of each "
        "after the other. Every figure: median (least–most) of the rounds' medians."
    )


def _table(results: Results) -> Iterator[str]:
    talks = results.talks
    yield "| a message in | CPU ms | beside the short one |"
    yield "|---|---|---|"
    for name, way, short in (
        (f"a talk of {talks.short} pieces", SHORT_TALK, SHORT_TALK),
        (f"a talk of {talks.long} pieces", LONG_TALK, SHORT_TALK),
        (f"an opened case of {talks.short} pieces", SHORT_CASE, SHORT_TALK),
        (f"an opened case of {talks.opened} pieces", LONG_CASE, SHORT_TALK),
    ):
        beside = spread(quotients(results.of(way), results.of(short)), ".2f")
        yield f"| {name} | {spread(results.of(way), '.2f')} | {beside} |"
