"""A conversation under way, as its draft remembers it: ids and choices, never texts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

ADDED = "bot.added"
"""What is added to a kept story in this conversation, which is about nothing else; also the step
that every addition is sealed for, by which it is told from what was told first."""

ADDED_BEFORE = "bot.added_before"
"""What was added to the story in earlier conversations."""

SHARED_BEFORE = "bot.shared_before"
"""No question: a story that was joined to this one was shared, and there may be copies of it."""

ADDITIONS = (ADDED_BEFORE, ADDED)
"""These hold pieces, as answers do, and come after all of them."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One answered step: the choices that were taken, and the ids of its items; empty if skipped.

    ``closed`` is False while the reporter still adds to it.
    """

    step: str
    choices: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    closed: bool = True


class Phase(StrEnum):
    """The phase of a conversation, as far as its answers alone do not tell."""

    QUESTIONS = "talk"  # questions, up to the overview
    REVIEW = "review"  # read-back and second yes
    BACK = "back"  # the permissions hold; the take-back code, and which way back
    WORDS = "words"  # twelve words were shown; two of them are asked back


@dataclass(frozen=True, slots=True)
class Draft:
    """A conversation under way: ids and choices, never texts."""

    revision: str
    language: str
    phase: Phase = Phase.QUESTIONS
    answers: tuple[StoredAnswer, ...] = ()
    code: int | None = field(default=None, repr=False)
    expires: int = 0
    """Hour since 1970 at which it ends if nothing more is answered."""
    ends: int = 0
    """Hour since 1970 at which it ends in any case."""
    identity: str = field(default="", repr=False)
    """The key of whoever answered last, where the platform knows one: others are shown nothing."""


def with_added_before(draft: Draft, items: Sequence[str]) -> Draft:
    """Return a draft that knows of these items as well, which were added to its story before."""
    if not items:
        return draft
    known = tuple(i for a in draft.answers if a.step == ADDED_BEFORE for i in a.items)
    others = tuple(a for a in draft.answers if a.step != ADDED_BEFORE)
    return replace(draft, answers=(*others, StoredAnswer(ADDED_BEFORE, items=(*known, *items))))


@dataclass(frozen=True, slots=True)
class Piece:
    """One sealed answer, opened: only in memory and only while it is shown or compiled."""

    item: str
    step: str
    week: int
    text: str = field(repr=False)
