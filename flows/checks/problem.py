"""A problem of a questionnaire, worded for the person who edits it.

One sentence for what is wrong, one for what to do; no word of blame, no name of a program part.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

LONGEST_LINE = 500
MOST_KNOWN = 12
LONGEST_WORD = 60
"""A longer word is not compared: it is no typing error."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend; its ``str`` is ``intake.toml:12: step 'x': what. cure``.

    ``rule`` is the name of the rule of care that was broken, for ``[[overrule]]``.
    """

    file: str
    line: int
    step: str | None
    what: str
    cure: str
    rule: str = ""

    def __str__(self) -> str:
        """Format one line that editors and terminals link; no character can control a terminal."""
        step = f"step '{self.step}': " if self.step else ""
        rule = f" (rule: {self.rule})" if self.rule else ""
        return _one_line(f"{self.file}:{self.line}: {step}{self.what}. {self.cure}{rule}")


def _one_line(sentence: str) -> str:
    shown = "".join(sign if sign.isprintable() else " " for sign in sentence[: LONGEST_LINE + 1])
    return shown if len(shown) <= LONGEST_LINE else f"{shown[:LONGEST_LINE]}…"


class FlowProblems(Exception):
    """Raised with every reason why a questionnaire cannot be used, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Collection[str]) -> str | None:
    """Return the known word that was probably meant."""
    if len(word) > LONGEST_WORD:
        return None
    same = (name for name in known if name == word.casefold())
    return next(same, None) or next(iter(get_close_matches(word, known, n=1)), None)


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Word the cure for an unknown word."""
    meant = nearest(word, known)
    if meant is not None:
        return f"Did you mean '{meant}'?"
    if not known:
        return "There is nothing here that it could name."
    more = f" and {len(known) - MOST_KNOWN} more" if len(known) > MOST_KNOWN else ""
    return f"Known here: {', '.join(islice(known, MOST_KNOWN))}{more}."
