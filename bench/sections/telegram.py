"""What an answer costs on Telegram, beside other bots on the same library."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from bench import profiling, rivals
from bench.amount import Amount
from bench.figures import (
    Wanted,
    cpu,
    cpu_beside,
    double,
    of,
    paragraphs,
    ratios,
    speed,
    spread,
    table,
)
from bench.rivals import Marking, Rival, Row, Run
from bench.rounds import interleave, report_progress
from bench.shares import Profile, remains
from tests.doubles.telegram.double import Double

BESIDE_ECHO = Wanted(0.80, least=True)
AIM = 1.0
GOING_BESIDE_OWN = Wanted(0.75, least=True)

PROFILED_PEOPLE = 300
"""The profiler makes each answer several times as slow: with everybody, none would be ready in
time. Where an answer's time goes does not depend on how many people talk."""


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured."""

    rounds: int
    people: int
    rows: Sequence[Row]
    profile: Profile = field(repr=False)
    profiled: int
    """How many answers the profile is of."""

    def row(self, name: str) -> Row:
        """That of one bot."""
        return next(row for row in self.rows if row.name == name)


async def measure(amount: Amount) -> str:
    """Measure all bots in each round, and profile ours once more."""
    once = partial(talk, amount.people)
    rows = await interleave(rivals.everybody(), once, amount.rounds)
    report_progress("the profile")
    fewer = partial(talk, min(amount.people, PROFILED_PEOPLE))
    profile, answers = await profiling.profile(rivals.everybody()[0], fewer)
    return describe(Results(amount.rounds, amount.people, rows, profile, answers))


async def talk(people: int, rival: Rival[Double], mark: Marking | None = None) -> Run:
    """Let so many people talk with one bot."""
    return await rivals.run_once(rival, people, mark)


def describe(results: Results) -> str:
    """Say all of it."""
    return paragraphs(
        _circumstances(results),
        table(results.rows),
        _beside_echo(results),
        _going(results),
        remains("Holdfast", results.profile, results.profiled),
    )


def _circumstances(results: Results) -> Iterator[str]:
    yield (
        f"{results.rounds} rounds, all bots one after the other in each; {results.people} people "
        "who begin at once and give 5 answers each. Every figure: median (least–most)."
    )
    most = max(double(run) for row in results.rows for run in row.runs)
    yield f"The double with its people used at most {most:.0%} of one core."


def _beside_echo(results: Results) -> Iterator[str]:
    """Compare with the bare echo bot, and say what the transport has to do with it."""
    ours, carried = results.row(rivals.OURS), results.row(rivals.ECHO_CARRIED)
    echo = max(map(results.row, rivals.ECHOES), key=lambda r: statistics.median(of(r, speed)))
    yield (
        f"Throughput beside the faster bare echo bot ({echo.name}): "
        f"{BESIDE_ECHO.verdict(ratios(ours, echo, speed))} The aim is {AIM:.2f}."
    )
    yield (
        f"CPU per answer beside it: {spread(ratios(ours, echo, cpu), '.2f')}. Of ours, "
        f"{spread(of(ours, cpu_beside), '.2f')} ms are the database's threads."
    )
    bare, gained = ratios(ours, carried, speed), ratios(carried, echo, speed)
    saved = [b - a for a, b in zip(of(carried, cpu), of(echo, cpu), strict=True)]
    yield (
        f"Beside the same echo bot on Holdfast's transport: {spread(bare, '.2f')}. "
        f"Of the ratio, the transport accounts for a factor of {spread(gained, '.2f')}: it saves "
        f"the echo bot {spread(saved, '.2f')} ms of CPU an answer."
    )


def _going(results: Results) -> Iterator[str]:
    own, going = results.row(rivals.OURS), results.row(rivals.OURS_GOING)
    yield (
        "Throughput with the chat cleaned as it goes, beside that of people who do it themselves: "
        f"{GOING_BESIDE_OWN.verdict(ratios(going, own, speed))}"
    )
