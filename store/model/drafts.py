"""A conversation under way, as its draft remembers it: ids and choices, never texts."""

from dataclasses import dataclass, field
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Piece:
    """One sealed answer, opened: only in memory and only while it is shown or compiled."""

    item: str
    step: str
    week: int
    text: str = field(repr=False)
