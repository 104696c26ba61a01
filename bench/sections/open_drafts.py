"""What an answer costs while few, many and very many other talks are open."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import drafts, organisation, rivals
from bench.amount import Amount
from bench.drafts import Spent
from bench.figures import MILLI, Wanted, cpu, kept, of, paragraphs, ratios, spread
from bench.rivals import Rival, Row, Run
from bench.rounds import interleave, report_progress
from tests.doubles.telegram.double import Double

GROWTH = Wanted(1.10)


@dataclass(frozen=True, slots=True)
class Size:
    """An organisation with so many open talks."""

    drafts: int
    row: Row
    upkeep: list[Spent] = field(default_factory=list)


async def measure(amount: Amount) -> str:
    """Prepare an organisation of each size, and let as many new people talk with each."""
    with TemporaryDirectory(prefix="holdfast-bench-") as name:
        place = Path(name)
        for number in amount.drafts:
            report_progress(f"{number:,} open drafts are prepared")
            await drafts.prepare(place / str(number), number)
        sizes = await _talk_with_all(place, amount)
        for _ in range(amount.rounds):
            for size in sizes:
                config = place / str(size.drafts) / organisation.CONFIG
                size.upkeep.append(await drafts.upkeep(config))
    return describe(sizes, amount)


async def _talk_with_all(place: Path, amount: Amount) -> Sequence[Size]:
    """Measure, each run with a copy of its own: the double counts its updates from the start."""
    everybody = [_with_drafts(place / str(number), number) for number in amount.drafts]

    async def once(rival: Rival[Double]) -> Run:
        return await rivals.run_once(rival, amount.people)

    rows = await interleave(everybody, once, amount.rounds)
    return [Size(number, row) for number, row in zip(amount.drafts, rows, strict=True)]


def _with_drafts(folder: Path, number: int) -> Rival[Double]:
    def prepare(to: Path) -> None:
        shutil.copytree(folder, to)
        os.sync()  # what was copied is not written to the disk while the bot is measured

    name = f"Holdfast with {number:,} open drafts"
    return rivals.holdfast(name, organisation.CLEANED_BY_ME, prepare)


def describe(sizes: Sequence[Size], amount: Amount) -> str:
    """Say all of it."""
    return paragraphs(
        _circumstances(amount),
        _table(sizes),
        _growth(sizes),
    )


def _circumstances(amount: Amount) -> Iterator[str]:
    yield (
        f"{amount.rounds} rounds; {amount.people} new people talk as on Telegram above, with an "
        "organisation of each size one after the other. Every figure: median (least–most)."
    )


def _table(sizes: Sequence[Size]) -> Iterator[str]:
    yield "| open drafts | CPU ms per answer | on disk after kill -9 | upkeep ms | its CPU ms |"
    yield "|---|---|---|---|---|"
    for size in sizes:
        figures = (
            f"{size.drafts:,}",
            spread(of(size.row, cpu), ".2f"),
            kept(size.row),
            spread((spent.wall * MILLI for spent in size.upkeep), ".1f"),
            spread((spent.cpu * MILLI for spent in size.upkeep), ".1f"),
        )
        yield f"| {' | '.join(figures)} |"


def _growth(sizes: Sequence[Size]) -> Iterator[str]:
    few, *more = sizes
    for size in more:
        grown = ratios(size.row, few.row, cpu)
        yield (
            f"CPU per answer with {size.drafts:,} open drafts beside {few.drafts:,}: "
            f"{GROWTH.verdict(grown)}"
        )
