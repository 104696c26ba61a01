"""Decide which version of each changed sentence is taken, and ask where somebody must."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.console import printable
from bot.errors import UsageError
from flows.tools.three_way import Difference, Side

QUESTION = "  Keep mine, or take the new? [m/n, q leaves everything as it is] "
ANSWERS = {"m": Side.MINE, "mine": Side.MINE, "n": Side.NEW, "new": Side.NEW}
LEFT = "Nothing was changed."
SIGNED = "somebody signs these words, so look twice"


@dataclass(frozen=True, slots=True)
class Decisions:
    """The differences of one file, and what is taken for each as soon as it is decided."""

    file: Path
    differences: tuple[Difference, ...]
    sides: dict[Difference, Side] = field(default_factory=dict)

    def open(self, side: Side | None) -> Iterator[Difference]:
        """Yield what somebody must decide, in spite of what the flags decide."""
        yield from (d for d in self.differences if d.signed or (d.changed and side is None))

    @property
    def taken(self) -> list[Difference]:
        """The differences of which the new version is taken."""
        return [d for d in self.differences if self.sides.get(d) is Side.NEW]


def decide(decisions: Decisions, side: Side | None) -> bool:
    """Decide about every difference; return False if nobody is there to be asked."""
    open_ones = list(decisions.open(side))
    for difference in decisions.differences:
        if difference not in open_ones:
            decisions.sides[difference] = side if difference.changed and side else Side.NEW
    print(printable(f"{decisions.file}: {_count(decisions.differences, open_ones)}"))
    if open_ones and not sys.stdin.isatty():
        for difference in open_ones:
            print(printable("\n".join(difference_lines(difference))))
        return False
    for difference in open_ones:
        print(printable("\n".join(difference_lines(difference))))
        decisions.sides[difference] = _ask_side()
    return True


def _count(differences: Sequence[Difference], open_ones: Sequence[Difference]) -> str:
    sure = len(differences) - len(open_ones)
    changes = "1 change" if sure == 1 else f"{sure} changes"
    return f"{changes} decided without asking, {len(open_ones)} for you to decide"


def difference_lines(difference: Difference) -> Iterator[str]:
    """Show one difference: as it was, as it is here, as it is shipped now."""
    yield ""
    yield f"{difference.label}{f' ({SIGNED})' if difference.signed else ''}"
    mine = difference.mine if difference.changed else "(as it was)"
    for label, text in (("old", difference.old), ("mine", mine), ("new", difference.new)):
        first, *more = (text or "(nothing)").splitlines()
        yield f"  {label + ':':<6}{first}"
        yield from (f"        {line}" for line in more)


def _ask_side() -> Side:
    while True:
        try:
            answer = input(QUESTION).strip().casefold()
        except EOFError:
            raise UsageError(f"The questions were left. {LEFT}") from None
        if answer in {"q", "quit"}:
            raise UsageError(LEFT)
        if answer in ANSWERS:
            return ANSWERS[answer]
