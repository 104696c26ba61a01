"""Describe the outcome of a turn: changes that hold together, texts to send, a look-up."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from handlers.texts.catalogue import Catalogue
from handlers.texts.names import SentenceName
from store.model.changes import Change, TakeBack
from store.model.outbox import TextRef
from store.model.permissions import RevocationBasis


class LookupPurpose(StrEnum):
    """The purpose of the next words of an account."""

    OPEN = "open"
    WITHDRAW = "withdraw"
    ERASE = "erase"
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class CaseLookup:
    """Look up words that were given: twelve that open a case, or four that take it back."""

    purpose: LookupPurpose
    text: str = field(repr=False)
    behind_command: bool = False
    """They stood behind a command, which acts by itself if they turn out to be something else."""
    unasked: bool = False
    """Nobody asked for them: it is asked what they are for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision on one message.

    ``says`` go through the outbox; ``direct`` texts are sent at once and never stored.
    """

    changes: tuple[Change, ...] = ()
    says: tuple[TextRef, ...] = ()
    direct: tuple[TextRef, ...] = ()
    lookup: CaseLookup | None = None
    waiting: LookupPurpose | None = None
    delay: float = 0.0
    """Seconds by which the answer, and nothing else, is held back."""
    language: str = ""
    """The language in which the account is spoken to from here on; empty if it stays as it is."""
    asks: str = ""
    """The id of the question that is open in the draft that is saved; empty where none is."""


def say(sentence: SentenceName, *ids: str, step: str = "") -> TextRef:
    """Refer to a sentence by its name."""
    return TextRef(sentence, step, ids)


ASK = say("ASK")
"""Renders whatever question is open when it is sent."""

ASK_WHEN_QUIET = say("ASK", "quiet")
"""The same behind an answer of one message: held back until a burst of messages is over, for what
comes until then belongs to that answer."""

SHOWING_QUESTION: Final[frozenset[SentenceName]] = frozenset({"ASK", "ADD_MORE"})
"""Sentences that show whatever question is open."""

HELLO_TO_WORDS = say("HELLO", "words")
"""The welcome for somebody who just writes: left out where it stands right above."""

OTHER_ANSWER: Final = "answer"
"""The step of a sentence about words that were kept, where they are no part of the story."""

ACKNOWLEDGEMENT: Final = "ACK"
"""Held back until a burst of messages is over; whatever follows takes its place."""

UNCLEANED: Final = "UNCLEANED"
"""Says how many messages could not be deleted."""

WORDS_STAY: Final = "WORDS_STAY"
"""Says that a message with recovery words could not be deleted."""

NOT_KEPT = frozenset(
    {
        *(
            "ASIDE",
            "ASIDE_BEHIND",
            "ASIDE_OVERVIEW",
            "ASIDE_REVIEW",
            "ASIDE_TEXT",
            "CHOOSE",
            "DRAFT_FULL",
            "NOT_ADDED",
        ),
        "NOT_KEPT_BEHIND",
        *("TOO_LONG", "UNKNOWN_COMMAND", "UNUSABLE"),
    }
)
"""Answers to what was not kept, or only beside the answers: *as I go*, the chat is cleaned only
before the next answer."""


def take_back(texts: Catalogue, *statements: str) -> TakeBack:
    """Take these statements back, or all; signed with the sentence that is said for it."""
    return TakeBack(RevocationBasis.WORDS, statements, texts.handover.withdrawn)


def saying(*says: TextRef) -> Outcome:
    """Make an outcome that changes nothing and says this."""
    return Outcome(says=says)
