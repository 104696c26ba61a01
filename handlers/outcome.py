"""What a turn decides: changes that all hold or none, what to say, what to look up."""

from dataclasses import dataclass, field
from enum import StrEnum

from handlers import words
from store.records import Change, How, Say, TakeBack


class Purpose(StrEnum):
    """What the next words of an account are for."""

    OPEN = "open"
    WITHDRAW = "withdraw"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Lookup:
    """Words that were given: twelve that open a case, or four that take it back."""

    purpose: Purpose
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One decision. ``says`` go through the outbox; ``direct`` ones are sent and never stored."""

    changes: tuple[Change, ...] = ()
    says: tuple[Say, ...] = ()
    direct: tuple[Say, ...] = ()
    lookup: Lookup | None = None
    waiting: Purpose | None = None
    delay: float = 0.0
    """Seconds by which the answer, and nothing else, is held back."""


def say(sentence: str, *ids: str, step: str = "") -> Say:
    """A sentence of ``handlers.words`` by its name."""
    return Say(sentence, step, ids)


ASK = say("ASK")
"""Renders whatever question is open when it is sent."""


TAKE_BACK = TakeBack(How.WORDS, shown=words.WITHDRAWN)
"""Signed, with the sentence that is said for it."""


def saying(*says: Say) -> Outcome:
    """Nothing changes; this is said."""
    return Outcome(says=says)
