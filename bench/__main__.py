"""``python -m bench [--quick] [--only PLATFORM] [--write]``: measures, prints, and writes.

The results go into docs/performance.md, each platform behind its own mark.
"""

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import (
    drafts,
    machine,
    matrix_report,
    matrix_rivals,
    organisation,
    profiling,
    report,
    rivals,
)
from bench.matrix_load import Stage, staged
from bench.matrix_report import RoomResults
from bench.report import Results, Size
from bench.rivals import Marking, Rival, Row, Run, Where
from tests.doubles.telegram.double import Double

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PLATFORMS = ("Telegram", "Matrix")
ENDS = "<!-- end of the results -->"


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is measured."""

    rounds: int
    people: int
    drafts: tuple[int, int]
    guests: int
    """People on Matrix, where each of them has a real client."""
    more: int
    """Further questions to each of these, so that few of them give many answers."""


FULL = Amount(5, 100, (100, 10_000), 20, 15)
QUICK = Amount(1, 10, (10, 40), 2, 0)


def main(arguments: list[str]) -> int:
    """One call of the bench."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="a short run, only to see it work")
    parser.add_argument("--write", action="store_true", help=f"write the results into {PAGE.name}")
    parser.add_argument("--only", choices=PLATFORMS, help="one platform, in half of the time")
    args = parser.parse_args(arguments)
    quick = args.quick or os.environ.get("HOLDFAST_BENCH_QUICK") == "1"
    platforms = (args.only,) if args.only else PLATFORMS
    told = asyncio.run(measured(QUICK if quick else FULL, platforms))
    print("\n\n".join(told.values()))
    if args.write:
        write(PAGE, told)
    return 0


def begins(platform: str) -> str:
    """The mark behind which a platform's results stand."""
    return f"<!-- results on {platform}: written by `make bench ARGS=--write`, never by hand -->"


async def measured(amount: Amount, platforms: Sequence[str]) -> dict[str, str]:
    """One after the other: two bots at once would measure each other."""
    return {platform: await _measured(amount, platform) for platform in platforms}


async def _measured(amount: Amount, platform: str) -> str:
    described, before = machine.described(), machine.load()
    if platform == "Matrix":
        results = matrix_report.told(await _on_matrix(amount))
    else:
        results = report.told(await _on_telegram(amount))
    where = f"Machine: {described}.\nLoad average before: {before}; after: {machine.load()}."
    return f"## On {platform}\n\n{where}\n\n{results}"


async def _on_telegram(amount: Amount) -> Results:
    once = partial(_talk, amount.people)
    rows = await _rounds(rivals.everybody(), once, amount.rounds)
    with TemporaryDirectory(prefix="holdfast-bench-") as place:
        sizes = await _sizes(Path(place), amount)
    _say("the profile")
    profile, answers = await profiling.profile(rivals.everybody()[0], once)
    return Results(amount.rounds, amount.people, rows, sizes, profile, answers)


async def _talk(people: int, rival: Rival[Double], mark: Marking | None = None) -> Run:
    return await rivals.run_once(rival, people, mark)


async def _on_matrix(amount: Amount) -> RoomResults:
    _say("a homeserver is started, and people's clients")
    everybody = matrix_rivals.everybody(amount.more)
    with TemporaryDirectory(prefix="holdfast-bench-") as place:
        async with staged(Path(place), amount.guests) as stage:
            once = partial(_talk_in_rooms, stage)
            rows = await _rounds(everybody, once, amount.rounds)
            _say("the profile")
            profile, answers = await profiling.profile(everybody[0], once)
    each = len(everybody[0].script.replies)
    return RoomResults(amount.rounds, amount.guests, each, rows, profile, answers)


async def _talk_in_rooms(
    stage: Stage, rival: Rival[matrix_rivals.Seat], mark: Marking | None = None
) -> Run:
    return await matrix_rivals.run_once(rival, stage, mark)


async def _rounds(
    everybody: Sequence[Rival[Where]], once: Callable[[Rival[Where]], Awaitable[Run]], rounds: int
) -> list[Row]:
    """Interleaved: what disturbs the machine for a minute disturbs all of them."""
    rows = [Row(rival.name) for rival in everybody]
    for number in range(rounds):
        for rival, row in zip(everybody, rows, strict=True):
            _say(f"round {number + 1} of {rounds}: {rival.name}")
            row.runs.append(await once(rival))
    return rows


async def _sizes(place: Path, amount: Amount) -> tuple[Size, Size]:
    """Few open talks and many: prepared once, copied for each run."""
    for number in amount.drafts:
        _say(f"{number} open drafts are prepared")
        await drafts.prepare(place / str(number), number)
    everybody = tuple(_with_drafts(place / str(number), number) for number in amount.drafts)
    few, many = await _rounds(everybody, partial(_talk, amount.people), amount.rounds)
    sizes = Size(amount.drafts[0], few), Size(amount.drafts[1], many)
    for _ in range(amount.rounds):
        for size in sizes:
            config = place / str(size.drafts) / organisation.CONFIG
            size.upkeep.append(await drafts.upkeep(config))
    return sizes


def _with_drafts(folder: Path, number: int) -> Rival[Double]:
    name = f"Holdfast with {number} open drafts"
    return rivals.holdfast(name, organisation.CLEANED_BY_ME, _copying(folder))


def _copying(folder: Path) -> Callable[[Path], None]:
    def copy(to: Path) -> None:
        shutil.copytree(folder, to)
        os.sync()  # the copy is not written to the disk while the bot is measured

    return copy


def write(page: Path, results: Mapping[str, str]) -> None:
    """Each behind its mark; all else says how it was measured, and is written by people."""
    text = page.read_text("utf-8")
    for platform, told in results.items():
        before, mark, after = text.partition(begins(platform))
        text = f"{before}{mark}\n\n{told}\n\n{ENDS}{after.partition(ENDS)[2]}"
    page.write_text(text, "utf-8")


def _say(what: str) -> None:
    """How far it is, for whoever waits."""
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
