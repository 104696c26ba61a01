"""Numbers by which choices are typed, so that a number says nothing in any other question.

Whoever carries messages without being able to read them can still hold one back, repeat it or
change the order. Then only what was typed can show which question it answers. So where something
is allowed, taken back or erased, numbers go on from question to question instead of beginning at
one, and none is used twice in a conversation. They begin at another place in each conversation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from handlers.messages import Offer
from handlers.reporter.conversation import Conversation
from handlers.reporter.markers import (
    ASIDE,
    BACK,
    CODE,
    ERASE,
    ERASING,
    FOUND,
    NUMBERS,
    PIECE,
    RECALLED,
    REVIEW,
    SHARE_ADDED,
    STOP,
)
from store.model.drafts import StoredAnswer
from store.model.snapshot import AskedErasure, OpenedCase

CONSENT = frozenset(
    {STOP, ERASE, ERASING, FOUND, PIECE, RECALLED, REVIEW, BACK, CODE, ASIDE, SHARE_ADDED}
)
"""The bot's own questions by which something is allowed, taken back, erased or ended."""

FIRST_STARTS, STARTS = 21, 60
"""A conversation's numbers begin at one of so many places, of two digits."""

CASE_START, CASE_STEP, CASE_PLACES = 500, 10, 40
"""An opened case has numbers of its own, others after each permission given or taken back; they
end before 911, and begin again after so many changes."""

ERASING_START, ERASING_PLACES = 1_000, 200
"""Whether a whole story is to be erased has numbers of its own, drawn for each time. With four
digits none of them is a number to call, such as 112, which somebody may type in need."""


DECIDING = frozenset({REVIEW, ERASE, SHARE_ADDED})
"""Questions whose yes shares or erases. Asked again, words may be meant for the time before."""


@dataclass(frozen=True, slots=True)
class ShownList:
    """How the open question was listed when it was asked."""

    first: int
    """Numbers that were used in the conversation before it."""
    following: int
    """Numbers that are used with it."""
    question: str
    digest: str = ""
    left: tuple[str, ...] = ()
    """Questions that decide, and were left before: their words may have been meant for then."""

    @classmethod
    def of(cls, question: str, offers: Sequence[Offer], first: int) -> "ShownList":
        """Describe these offers of a question."""
        shown = repr([(offer.id, offer.label) for offer in offers])
        digest = sha256(shown.encode()).hexdigest()[:16]
        return cls(first, first + len(offers), question, digest)

    @property
    def marker(self) -> StoredAnswer:
        """Return the marker of the draft that says so."""
        numbers = (str(self.first), str(self.following))
        return StoredAnswer(NUMBERS, (*numbers, self.question, self.digest, *self.left))


def shown_list(conversation: Conversation) -> ShownList:
    """Return how the question was listed that was asked last."""
    marker = conversation.marker(NUMBERS)
    if marker is None:
        return ShownList(0, 0, "")
    first, following, question, digest, *left = marker.choices
    return ShownList(int(first), int(following), question, digest, (*left,))


def used_before(conversation: Conversation, question: str) -> int:
    """Return how many numbers were used before those of this question."""
    last = shown_list(conversation)
    return last.first if last.question == question else last.following


def number_offers(
    conversation: Conversation, question: str, offers: Sequence[Offer]
) -> tuple[Offer, ...]:
    """Number the offers of a question in a conversation."""
    first = _start(conversation) + used_before(conversation, question)
    return tuple(replace(offer, number=n) for n, offer in enumerate(offers, first))


def number_menu(
    opened: OpenedCase, choices: Sequence[str], offers: Sequence[Offer]
) -> tuple[Offer, ...]:
    """Number the menu of an opened case: each of all its choices has a place of its own.

    What changes the case gives it other numbers, without anything being stored of what was shown.
    """
    changes = len(opened.history) + sum(entry.revoked for entry in opened.history)
    first = CASE_START + CASE_STEP * (changes % CASE_PLACES)
    return tuple(replace(offer, number=first + choices.index(offer.id)) for offer in offers)


def number_asked(asked: AskedErasure, offers: Sequence[Offer]) -> tuple[Offer, ...]:
    """Number the answers to a question that is known in memory only: each time otherwise."""
    first = ERASING_START + len(offers) * (int(asked.id[:8], 16) % ERASING_PLACES)
    return tuple(replace(offer, number=n) for n, offer in enumerate(offers, first))


def _start(conversation: Conversation) -> int:
    """Return where the numbers of this conversation begin: elsewhere than in the one before."""
    seed = repr((conversation.snapshot.words, conversation.draft.ends))
    return FIRST_STARTS + sha256(b"numbers" + seed.encode()).digest()[0] % STARTS
