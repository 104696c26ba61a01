"""``python -m bench [--quick] [--write]``: measures, prints, and writes docs/performance.md."""

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import drafts, machine, organisation, profiling, rivals
from bench.report import Results, Size, told
from bench.rivals import Rival, Row

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGINS = "<!-- results: written by `make bench ARGS=--write`, never by hand -->"


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is measured."""

    rounds: int
    people: int
    drafts: tuple[int, int]


FULL = Amount(5, 100, (100, 10_000))
QUICK = Amount(1, 10, (10, 40))


def main(arguments: list[str]) -> int:
    """One call of the bench."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="a short run, only to see it work")
    parser.add_argument("--write", action="store_true", help=f"write the results into {PAGE.name}")
    args = parser.parse_args(arguments)
    quick = args.quick or os.environ.get("HOLDFAST_BENCH_QUICK") == "1"
    results = asyncio.run(measured(QUICK if quick else FULL))
    print(told(results))
    if args.write:
        write(PAGE, told(results))
    return 0


async def measured(amount: Amount) -> Results:
    """Everything, one after the other: two bots at once would measure each other."""
    before = machine.load()
    described = machine.described()
    rows = await _rounds(rivals.everybody(), amount)
    with TemporaryDirectory(prefix="holdfast-bench-") as place:
        sizes = await _sizes(Path(place), amount)
    _say("the profile")
    profile, answers = await profiling.profile(rivals.everybody()[0], amount.people)
    load = (before, machine.load())
    return Results(described, load, amount.rounds, amount.people, rows, sizes, profile, answers)


async def _rounds(everybody: tuple[Rival, ...], amount: Amount) -> list[Row]:
    """Interleaved: what disturbs the machine for a minute disturbs all of them."""
    rows = [Row(rival.name) for rival in everybody]
    for number in range(amount.rounds):
        for rival, row in zip(everybody, rows, strict=True):
            _say(f"round {number + 1} of {amount.rounds}: {rival.name}")
            row.runs.append(await rivals.run_once(rival, amount.people))
    return rows


async def _sizes(place: Path, amount: Amount) -> tuple[Size, Size]:
    """Few open talks and many: prepared once, copied for each run."""
    for number in amount.drafts:
        _say(f"{number} open drafts are prepared")
        await drafts.prepare(place / str(number), number)
    everybody = tuple(_with_drafts(place / str(number), number) for number in amount.drafts)
    few, many = await _rounds(everybody, amount)
    sizes = Size(amount.drafts[0], few), Size(amount.drafts[1], many)
    for _ in range(amount.rounds):
        for size in sizes:
            config = place / str(size.drafts) / organisation.CONFIG
            size.upkeep.append(await drafts.upkeep(config))
    return sizes


def _with_drafts(folder: Path, number: int) -> Rival:
    name = f"Holdfast with {number} open drafts"
    return rivals.holdfast(name, organisation.CLEANED_BY_ME, _copying(folder))


def _copying(folder: Path) -> Callable[[Path], None]:
    def copy(to: Path) -> None:
        shutil.copytree(folder, to)
        os.sync()  # the copy is not written to the disk while the bot is measured

    return copy


def write(page: Path, results: str) -> None:
    """Behind the mark; what stands before it is how it was measured, and is written by people."""
    before, mark, _ = page.read_text("utf-8").partition(BEGINS)
    page.write_text(f"{before}{mark}\n\n{results}\n", "utf-8")


def _say(what: str) -> None:
    """How far it is, for whoever waits."""
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
