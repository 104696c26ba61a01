"""What other people notice while many hand over, and how long those wait themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.amount import Amount, Handovers
from bench.beside import PARTS, THINKING_SECONDS, limits, row, running
from bench.figures import MILLI, Wanted, paragraphs, percentile, spread
from bench.handovers import Shared, share
from bench.rounds import report_progress

LAST = Wanted(8, form=".1f", unit=" s")


@dataclass(frozen=True, slots=True)
class Results:
    """All rounds."""

    amount: Handovers
    rounds: list[Shared] = field(default_factory=list, repr=False)

    def given(self, part: float) -> list[float]:
        """In seconds, below which this part of the hand-overs were answered."""
        return [percentile(shared.handovers, part) for shared in self.rounds]


async def measure(amount: Amount) -> str:
    """Measure with a new organisation in each round."""
    results = Results(amount.handovers)
    for number in range(amount.rounds):
        report_progress(f"round {number + 1} of {amount.rounds}: people hand over")
        results.rounds.append(await _shared(amount.handovers))
    return describe(results)


async def _shared(amount: Handovers) -> Shared:
    async with running() as (double, bot):
        return await share(double, bot, amount)


def describe(results: Results) -> str:
    """Say all of it."""
    return paragraphs(_circumstances(results), _table(results), _limits(results))


def _circumstances(results: Results) -> Iterator[str]:
    amount = results.amount
    yield (
        f"{len(results.rounds)} rounds. {amount.others} people answer questions, each "
        f"{THINKING_SECONDS * MILLI:.0f} ms after the last reply: first alone for "
        f"{amount.quiet_seconds:g} s, then {amount.others} others while {amount.people} people "
        "say their second yes at the same moment, after the bot had time to make their take-back "
        "codes ready. Every figure: median (least–most) of the rounds."
    )
    if cut := sum(shared.cut for shared in results.rounds):
        yield f"**In {cut} rounds somebody who handed over was not answered at all.**"


def _table(results: Results) -> Iterator[str]:
    rounds = results.rounds
    yield "| who | answers | p50 | p99 |"
    yield "|---|---|---|---|"
    yield row("others, nobody hands over", [shared.quiet for shared in rounds])
    yield row("others, people hand over", [shared.beside for shared in rounds])
    given = " | ".join(f"{spread(results.given(part), '.1f')} s" for part in PARTS)
    yield f"| who hands over | {spread([len(s.handovers) for s in rounds])} | {given} |"


def _limits(results: Results) -> Iterator[str]:
    yield from limits(results.rounds, "while people hand over")
    yield (
        "The last hand-over was answered after: "
        f"{LAST.verdict([shared.last for shared in results.rounds])}"
    )
