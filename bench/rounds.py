"""Rounds in which everybody is measured once, and how far they are."""

import sys
from collections.abc import Awaitable, Callable, Sequence

from bench.rivals import Rival, Row, Run, Where


def report_progress(what: str) -> None:
    """Say how far it is, for whoever waits."""
    print(f"bench: {what}", file=sys.stderr, flush=True)


async def interleave(
    everybody: Sequence[Rival[Where]], once: Callable[[Rival[Where]], Awaitable[Run]], rounds: int
) -> list[Row]:
    """Measure everybody once in each round.

    What disturbs the machine for a minute then disturbs all of them.
    """
    rows = [Row(rival.name) for rival in everybody]
    for number in range(rounds):
        for rival, row in zip(everybody, rows, strict=True):
            report_progress(f"round {number + 1} of {rounds}: {rival.name}")
            row.runs.append(await once(rival))
    return rows
