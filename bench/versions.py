"""Compare two versions of Holdfast: ``python -m bench.versions TREE [--rounds N]``.

``TREE`` is a checkout of the other version, with its own ``.venv`` made by ``make install`` there.
Both versions run the same talks against the same double and homeserver, one after the other in
each round; the figure is the ratio of their throughputs, round by round.
"""

import argparse
import asyncio
import statistics
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import machine, matrix_rivals, organisation, rivals
from bench.figures import cpu, of, ratios, speed, spread
from bench.matrix_load import staged
from bench.rivals import Rival, Row, Run, Where
from tests.doubles.telegram.double import Double

PEOPLE, ROOM_PEOPLE, FURTHER_QUESTIONS = 100, 20, 10
PLATFORMS = ("Telegram", "Matrix")
HERE, OTHER = "this version", "the other version"
LEAST_RATIO = 0.97
"""Below this median ratio of throughputs the newer version is slower than is allowed."""


def main(arguments: Sequence[str]) -> int:
    """Measure, print a table for each platform; 1 if a median ratio is below ``LEAST_RATIO``."""
    parser = argparse.ArgumentParser(prog="python -m bench.versions")
    parser.add_argument("tree", type=Path, help="a checkout of the version to compare with")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", choices=PLATFORMS)
    args = parser.parse_args(arguments)
    print(f"Machine: {machine.described()}. Load average before: {machine.load()}.")
    platforms = (args.only,) if args.only else PLATFORMS
    found = [asyncio.run(_measure(p, args.tree.resolve(), args.rounds)) for p in platforms]
    print(f"Load average after: {machine.load()}.")
    return int(min(found) < LEAST_RATIO)


async def _measure(platform: str, tree: Path, rounds: int) -> float:
    """Return the median ratio of throughputs on one platform."""
    if platform == "Telegram":
        ours = rivals.holdfast(HERE, organisation.CLEANED_BY_ME, organisation.found)
        rows = await _interleave(_both(ours, tree), _on_telegram, rounds)
    else:
        seated = matrix_rivals.holdfast(HERE, organisation.CLEANED_BY_ME, FURTHER_QUESTIONS)
        with TemporaryDirectory(prefix="holdfast-bench-") as place:
            async with staged(Path(place), ROOM_PEOPLE) as stage:

                async def in_rooms(rival: Rival[matrix_rivals.Seat]) -> Run:
                    return await matrix_rivals.run_once(rival, stage)

                rows = await _interleave(_both(seated, tree), in_rooms, rounds)
    return _report(platform, rows)


def _both(ours: Rival[Where], tree: Path) -> tuple[Rival[Where], Rival[Where]]:
    return ours, replace(ours, name=OTHER, tree=tree)


async def _on_telegram(rival: Rival[Double]) -> Run:
    return await rivals.run_once(rival, PEOPLE)


async def _interleave(
    versions: Sequence[Rival[Where]], once: Callable[[Rival[Where]], Awaitable[Run]], rounds: int
) -> tuple[Row, Row]:
    """Run both in each round; which of them is first alternates."""
    first, second = (Row(version.name) for version in versions)
    pairs = list(zip(versions, (first, second), strict=True))
    for number in range(rounds):
        for version, row in pairs if number % 2 == 0 else reversed(pairs):
            print(f"round {number + 1} of {rounds}: {version.name}", file=sys.stderr, flush=True)
            row.runs.append(await once(version))
    return first, second


def _report(platform: str, rows: tuple[Row, Row]) -> float:
    print(f"\n{platform}, {len(rows[0].runs)} interleaved rounds, median (least–most):")
    for row in rows:
        kept = sum(run.kept for run in row.runs)
        answers = sum(run.measured.answers for run in row.runs)
        print(
            f"  {row.name}: {spread(of(row, speed), '.1f')} answers/s, "
            f"{spread(of(row, cpu), '.2f')} ms CPU an answer, {kept} of {answers} on the disk"
        )
    each = ratios(rows[0], rows[1], speed)
    print(f"  ratio of throughput: {spread(each, '.3f')}")
    return statistics.median(each)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
