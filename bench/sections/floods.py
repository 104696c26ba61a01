"""What other people notice of accounts that flood the bot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench import matrix_floods
from bench.amount import Amount, Floods
from bench.beside import THINKING_SECONDS, limits, row, running
from bench.figures import MILLI, Wanted, paragraphs, spread
from bench.floods import AHEAD, Flooded, flood
from bench.rounds import report_progress

LONGEST = Wanted(50, form=".0f", unit=" ms")


@dataclass(frozen=True, slots=True)
class Results:
    """All rounds of one kind of flood."""

    name: str
    """Where it was: ``on Telegram``."""
    amount: Floods
    rounds: list[Flooded] = field(default_factory=list, repr=False)


async def _on_telegram(amount: Floods) -> Flooded:
    async with running() as (double, bot):
        return await flood(double, bot, amount)


async def _on_matrix(amount: Floods) -> Flooded:
    async with matrix_floods.running() as town:
        return await matrix_floods.flood(town, amount)


async def _with_keys(amount: Floods) -> Flooded:
    async with matrix_floods.running() as town:
        return await matrix_floods.flood_with_keys(town, amount)


KINDS = {
    "on Telegram": _on_telegram,
    "on Matrix": _on_matrix,
    "of room keys on Matrix": _with_keys,
}


async def measure(amount: Amount) -> str:
    """Measure each kind of flood with a new organisation in each round."""
    found = [Results(name, amount.floods) for name in KINDS]
    for number in range(amount.rounds):
        for results, run in zip(found, KINDS.values(), strict=True):
            report_progress(f"round {number + 1} of {amount.rounds}: a flood {results.name}")
            results.rounds.append(await run(amount.floods))
    return describe(found)


def describe(kinds: Sequence[Results]) -> str:
    """Say all of it."""
    told = (_limits(results) for results in kinds)
    return paragraphs(_circumstances(kinds), _table(kinds), *told)


def _circumstances(kinds: Sequence[Results]) -> Iterator[str]:
    amount = kinds[0].amount
    sent = ", ".join(
        f"{spread([flooded.sent for flooded in results.rounds])} {results.name}"
        for results in kinds
    )
    yield (
        f"{len(kinds[0].rounds)} rounds. {amount.others} people answer questions, each "
        f"{THINKING_SECONDS * MILLI:.0f} ms after the last reply, for {amount.seconds:g} s: first "
        f"alone, then {amount.others} others while {amount.flooders} accounts keep {AHEAD} "
        f"messages or keys waiting (theirs that were sent: {sent}). Every figure: median "
        "(least–most) of the rounds."
    )


def _table(kinds: Sequence[Results]) -> Iterator[str]:
    yield "| others | answers | p50 | p99 |"
    yield "|---|---|---|---|"
    for results in kinds:
        yield row(f"before a flood {results.name}", [flooded.quiet for flooded in results.rounds])
        yield row(f"beside a flood {results.name}", [flooded.beside for flooded in results.rounds])


def _limits(results: Results) -> Iterator[str]:
    yield from limits(results.rounds, f"beside a flood {results.name}")
    longest = [flooded.pieces[0] for flooded in results.rounds]
    millis = [piece.seconds * MILLI for piece in longest]
    yield (
        f"The longest piece of work on the loop beside a flood {results.name}, in CPU "
        f"time of its thread: {LONGEST.verdict(millis)}"
    )
    slowest = max(longest, key=lambda piece: piece.seconds)
    yield f"In the slowest round it was `{slowest.name}`."
