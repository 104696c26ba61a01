"""What is wrong with a questionnaire, said to the person who edits it.

One sentence for what is wrong, one for what to do; no word of blame, no name of a program part.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend; its ``str`` is ``intake.toml:12: step 'x': what. cure``."""

    file: str
    line: int
    step: str | None
    what: str
    cure: str

    def __str__(self) -> str:
        """One line, as editors and terminals link it."""
        step = f"step '{self.step}': " if self.step else ""
        return f"{self.file}:{self.line}: {step}{self.what}. {self.cure}"


class FlowProblems(Exception):
    """A questionnaire cannot be used; every reason at once, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that was probably meant."""
    return next(iter(get_close_matches(word, known, n=1)), None)


def did_you_mean(word: str, known: Collection[str]) -> str:
    """The cure for a word that is not known."""
    meant = nearest(word, known)
    if meant is not None:
        return f"Did you mean '{meant}'?"
    if not known:
        return "There is nothing here that it could name."
    return f"Known here: {', '.join(known)}."
