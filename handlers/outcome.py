"""What a turn decides: changes that all hold or none, what to say, what to look up."""

from dataclasses import dataclass, field
from enum import StrEnum

from handlers.texts.english import ENGLISH
from handlers.texts.names import SentenceName
from store.model.changes import Change, TakeBack
from store.model.outbox import TextRef
from store.model.permissions import RevocationBasis


class LookupPurpose(StrEnum):
    """What the next words of an account are for."""

    OPEN = "open"
    WITHDRAW = "withdraw"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class CaseLookup:
    """Words that were given: twelve that open a case, or four that take it back."""

    purpose: LookupPurpose
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One decision. ``says`` go through the outbox; ``direct`` ones are sent and never stored."""

    changes: tuple[Change, ...] = ()
    says: tuple[TextRef, ...] = ()
    direct: tuple[TextRef, ...] = ()
    lookup: CaseLookup | None = None
    waiting: LookupPurpose | None = None
    delay: float = 0.0
    """Seconds by which the answer, and nothing else, is held back."""


def say(sentence: SentenceName, *ids: str, step: str = "") -> TextRef:
    """Refer to a sentence by its name."""
    return TextRef(sentence, step, ids)


ASK = say("ASK")
"""Renders whatever question is open when it is sent."""


TAKE_BACK = TakeBack(RevocationBasis.WORDS, shown=ENGLISH.handover.withdrawn)
"""Signed, with the sentence that is said for it."""


def saying(*says: TextRef) -> Outcome:
    """Nothing changes; this is said."""
    return Outcome(says=says)
