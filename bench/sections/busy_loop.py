"""How long the database takes to answer while the event loop computes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import organisation
from bench.amount import Amount, Hops
from bench.busy import BUSY, IDLE, INTERVALS, OURS, PIECE_SECONDS, PYTHONS, name_of
from bench.figures import MILLI, paragraphs, percentile, quotients, spread
from bench.process import output_of
from bench.rounds import report_progress

Hopped = dict[str, list[float]]
"""The seconds of all hops of one round, in each way."""


@dataclass(frozen=True, slots=True)
class Results:
    """All rounds."""

    hops: Hops
    rounds: list[Hopped] = field(default_factory=list, repr=False)

    def of(self, interval: str, load: str, part: float) -> list[float]:
        """In milliseconds, below which this part of the hops of each round were done."""
        name = name_of(interval, load)
        return [percentile(found[name], part) * MILLI for found in self.rounds]

    def count(self, interval: str, load: str) -> int:
        """How many hops were timed in this way."""
        return sum(len(found[name_of(interval, load)]) for found in self.rounds)


async def measure(amount: Amount) -> str:
    """Time hops in a process of their own, once for each round."""
    results = Results(amount.hops)
    for number in range(amount.rounds):
        report_progress(f"round {number + 1} of {amount.rounds}: the database beside a busy loop")
        with TemporaryDirectory(prefix="holdfast-bench-") as name:
            results.rounds.append(await _hopped(Path(name), amount.hops))
    return describe(results)


async def _hopped(place: Path, hops: Hops) -> Hopped:
    organisation.found(place / "organisation")
    config = place / "organisation" / organisation.CONFIG
    arguments = (config, str(hops.number), str(hops.most_seconds))
    found: Hopped = json.loads(await output_of(place, "-m", "bench.busy", *arguments))
    return found


def describe(results: Results) -> str:
    """Say all of it."""
    return paragraphs(_circumstances(results), _table(results), _ratios(results))


def _circumstances(results: Results) -> Iterator[str]:
    yield (
        f"{len(results.rounds)} rounds of at most {results.hops.number} hops in each way, and of "
        f"at most {results.hops.most_seconds:.0f} s. The busy loop computes in pieces of "
        f"{PIECE_SECONDS * MILLI:.0f} ms. Every figure: median (least–most) of the rounds."
    )


def _table(results: Results) -> Iterator[str]:
    yield "| switch interval | event loop | hops | p50 ms | p99 ms |"
    yield "|---|---|---|---|---|"
    for interval, load in _ways():
        yield (
            f"| {_named(interval)} | {load} | {results.count(interval, load)} | "
            f"{spread(results.of(interval, load, 0.5), '.2f')} | "
            f"{spread(results.of(interval, load, 0.99), '.2f')} |"
        )


def _ways() -> Sequence[tuple[str, str]]:
    return [(interval, load) for interval in INTERVALS for load in (IDLE, BUSY)]


def _named(interval: str) -> str:
    whose = "as the program sets it" if interval == OURS else "Python's default"
    return f"{INTERVALS[interval] * MILLI:g} ms, {whose}"


def _ratios(results: Results) -> Iterator[str]:
    for part, name in ((0.5, "p50"), (0.99, "p99")):
        ours, pythons = (results.of(interval, BUSY, part) for interval in (OURS, PYTHONS))
        yield (
            f"With a busy loop, {name} with Python's default beside that with the program's own "
            f"interval: {spread(quotients(pythons, ours), '.2f')}."
        )
