"""What a round trip costs on Matrix, beside bare echo bots on matrix-nio."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import matrix_rivals, profiling
from bench.amount import Amount
from bench.figures import Wanted, cpu, cpu_beside, double, of, paragraphs, ratios, spread, table
from bench.matrix_load import Stage, staged
from bench.rivals import Marking, Rival, Row, Run
from bench.rounds import interleave, report_progress
from bench.shares import Profile, remains

BESIDE_ECHO = Wanted(1.15)


@dataclass(frozen=True, slots=True)
class RoomResults:
    """All that was measured."""

    rounds: int
    people: int
    answers: int
    """Of each of them."""
    rows: Sequence[Row]
    profile: Profile = field(repr=False)
    profiled: int
    """How many answers the profile is of."""

    def row(self, name: str) -> Row:
        """That of one bot."""
        return next(row for row in self.rows if row.name == name)


async def measure(amount: Amount) -> str:
    """Measure all bots in each round, and profile ours once more."""
    report_progress("a homeserver is started, and people's clients")
    everybody = matrix_rivals.everybody(amount.further_questions)
    with TemporaryDirectory(prefix="holdfast-bench-") as place:
        async with staged(Path(place), amount.room_people) as stage:
            once = partial(_talk, stage)
            rows = await interleave(everybody, once, amount.rounds)
            report_progress("the profile")
            profile, answers = await profiling.profile(everybody[0], once)
    each = len(everybody[0].script.replies)
    return describe(RoomResults(amount.rounds, amount.room_people, each, rows, profile, answers))


async def _talk(
    stage: Stage, rival: Rival[matrix_rivals.Seat], mark: Marking | None = None
) -> Run:
    return await matrix_rivals.run_once(rival, stage, mark)


def describe(results: RoomResults) -> str:
    """Say all of it."""
    return paragraphs(
        _circumstances(results),
        table(results.rows),
        _beside_echo(results),
        remains(matrix_rivals.OURS, results.profile, results.profiled),
    )


def _circumstances(results: RoomResults) -> Iterator[str]:
    yield (
        f"{results.rounds} rounds, all bots one after the other in each; {results.people} people, "
        f"each in an encrypted room with the bot, who begin at once and give {results.answers} "
        "answers each. Every figure: median (least–most)."
    )
    most = max(double(run) for row in results.rows for run in row.runs)
    yield f"Synapse and everybody's clients used at most {most:.2f} cores."


def _beside_echo(results: RoomResults) -> Iterator[str]:
    ours, echo = results.row(matrix_rivals.OURS), results.row(matrix_rivals.ECHO)
    yield (
        "CPU per round trip beside the bare echo bot: "
        f"{BESIDE_ECHO.verdict(ratios(ours, echo, cpu))} Of ours, "
        f"{spread(of(ours, cpu_beside), '.2f')} ms are the database's threads."
    )
    narrow = ratios(ours, results.row(matrix_rivals.ECHO_NARROW), cpu)
    going = ratios(results.row(matrix_rivals.OURS_GOING), echo, cpu)
    yield (
        f"Beside the echo bot that hears less: {spread(narrow, '.2f')}. With the chat cleaned as "
        f"it goes, beside the bare echo bot: {spread(going, '.2f')}."
    )
