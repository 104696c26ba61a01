"""``python -m bench [--quick] [--only SECTION …] [--rounds N] [--write]``: measure and print.

With ``--write`` the results go into docs/performance.md, each section behind its own mark.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench import machine
from bench.amount import FULL, QUICK, Amount
from bench.rounds import report_progress
from bench.sections import (
    busy_loop,
    databases,
    floods,
    handovers,
    long_talks,
    matrix,
    open_drafts,
    start,
    telegram,
)

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
ENDS = "<!-- end of the results -->"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page: its title, and what measures it and says it as Markdown."""

    title: str
    measure: Callable[[Amount], Awaitable[str]]


SECTIONS: Mapping[str, Section] = {
    "telegram": Section("On Telegram", telegram.measure),
    "matrix": Section("On Matrix", matrix.measure),
    "drafts": Section("With many open talks", open_drafts.measure),
    "busy": Section("With a busy event loop", busy_loop.measure),
    "databases": Section("On SQLite and on PostgreSQL", databases.measure),
    "handovers": Section("While many people hand over", handovers.measure),
    "floods": Section("While somebody floods the bot", floods.measure),
    "start": Section("Starting with many kept cases", start.measure),
    "talks": Section("In long talks", long_talks.measure),
}


def main(arguments: list[str]) -> int:
    """Run the bench once."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="a short run, only to see it work")
    parser.add_argument("--write", action="store_true", help=f"write the results into {PAGE.name}")
    parser.add_argument("--only", choices=SECTIONS, nargs="+", help="these sections alone")
    parser.add_argument("--rounds", type=int, help=f"{FULL.rounds} unless it is said")
    args = parser.parse_args(arguments)
    quick = args.quick or os.environ.get("HOLDFAST_BENCH_QUICK") == "1"
    amount = QUICK if quick else FULL
    if args.rounds:
        amount = replace(amount, rounds=args.rounds)
    names = args.only or [*SECTIONS]
    results = asyncio.run(_at_once(amount, names) if quick else measure(amount, names))
    print("\n\n".join(results.values()))
    if args.write:
        write(PAGE, results)
    return 0


async def measure(amount: Amount, names: Sequence[str]) -> dict[str, str]:
    """Measure one section after the other: two at once would measure each other."""
    return {name: await _measured(amount, SECTIONS[name]) for name in names}


async def _at_once(amount: Amount, names: Sequence[str]) -> dict[str, str]:
    """Run all sections at once, where the figures do not matter."""
    async with asyncio.TaskGroup() as tasks:
        running = {n: tasks.create_task(_measured(amount, SECTIONS[n])) for n in names}
    return {name: task.result() for name, task in running.items()}


async def _measured(amount: Amount, section: Section) -> str:
    report_progress(section.title)
    described, before = machine.described(), machine.load()
    results = await section.measure(amount)
    where = f"Machine: {described}.\nLoad average before: {before}; after: {machine.load()}."
    return f"## {section.title}\n\n{where}\n\n{results}"


def begins(name: str) -> str:
    """The mark behind which the results of a section stand."""
    return f"<!-- results of {name}: written by `make bench ARGS=--write`, never by hand -->"


def write(page: Path, results: Mapping[str, str]) -> None:
    """Each behind its mark; all else says how it was measured, and is written by people."""
    text = page.read_text("utf-8")
    for name, told in results.items():
        before, mark, after = text.partition(begins(name))
        text = f"{before}{mark}\n\n{told}\n\n{ENDS}{after.partition(ENDS)[2]}"
    page.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
