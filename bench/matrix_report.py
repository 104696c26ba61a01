"""The results on Matrix as text."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench import matrix_rivals
from bench.report import cpu, cpu_beside, double, of, ratios, remains, spread, table
from bench.rivals import Row
from bench.shares import Profile

MOST_CPU = 1.25


@dataclass(frozen=True, slots=True)
class RoomResults:
    """All that was measured on Matrix."""

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


def told(results: RoomResults) -> str:
    """All of it, as Markdown."""
    parts = (
        _circumstances(results),
        table(results.rows),
        _beside_echo(results),
        remains(matrix_rivals.OURS, results.profile, results.profiled),
    )
    return "\n\n".join("\n".join(part) for part in parts)


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
    beside = ratios(ours, echo, cpu)
    verdict = "Met." if statistics.median(beside) <= MOST_CPU else "**Not met.**"
    yield (
        f"CPU per round trip beside the bare echo bot: {spread(beside, '.2f')}; wanted: at most "
        f"{MOST_CPU:.2f}. {verdict} Of ours, {spread(of(ours, cpu_beside), '.2f')} ms are the "
        "database's thread."
    )
    narrow = ratios(ours, results.row(matrix_rivals.ECHO_NARROW), cpu)
    going = ratios(results.row(matrix_rivals.OURS_GOING), echo, cpu)
    yield (
        f"Beside the echo bot that hears less: {spread(narrow, '.2f')}. With the chat cleaned as "
        f"it goes, beside the bare echo bot: {spread(going, '.2f')}."
    )
