"""Remember in which message a question was asked, to know what was written before it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from handlers.context import Clock
from handlers.messages import IncomingMessage, Reply
from handlers.recent_notes import RecentNotes
from handlers.reporter.markers import ERASING, FOUND, PIECE
from store.model.accounts import Account

SHOWN_FOR = timedelta(minutes=10)
"""What was written ahead of a question is on its way no longer than this."""

OWN_REMEMBERED = 16
"""So many ids of the bot's own messages are remembered of each chat."""

ABOUT_ONE = frozenset({PIECE, ERASING, FOUND})
"""Questions about one of several, in the same words: the next can be about another one."""

MOST_DIGITS = 19
"""Telegram's ids have 64 bits at most."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """The question that was shown last: of its words only a hash that no other process knows."""

    question: str = ""
    words: int = field(default=0, repr=False)
    message: int = field(default=0, repr=False)
    """The id of the message in which it stood first; 0 if there is none."""
    due: str = ""
    """Another question that is on its way."""
    own: tuple[int, ...] = field(default=(), repr=False)
    """The ids of the last messages of the bot, whatever they said."""


@dataclass(slots=True)
class ShownQuestions:
    """The questions that were just asked on a platform whose ids tell the order of messages.

    They tell it only where both sides of a chat are counted together. That is seen before it is
    relied on, or a server that counts otherwise would let nobody answer anything.
    """

    clock: Clock
    notes: RecentNotes[_Shown] = field(default_factory=partial(RecentNotes, SHOWN_FOR), repr=False)
    share_ids: bool | None = None
    """Both sides of a chat are counted together; None until it is known."""

    def expect(self, account: Account, question: str) -> None:
        """Note that this question is about to be shown; the same once more was seen already."""
        now = self.clock()
        before = self.notes.get(account.name, now) or _Shown()
        is_seen = question == before.question and question not in ABOUT_ONE
        self.notes.set(account.name, replace(before, due="" if is_seen else question), now)

    def note(self, account: Account, reply: Reply, ids: Sequence[str]) -> None:
        """Note a reply; a question that is asked once more was seen where it stood first."""
        now, number = self.clock(), _number(ids[-1]) if ids else 0
        before = self.notes.get(account.name, now) or _Shown()
        after = replace(before, own=(*before.own, number)[-OWN_REMEMBERED:])
        if reply.question:
            words = hash((reply.question, reply.text, *(offer.label for offer in reply.offers)))
            is_repeated = before.words == words and reply.question not in ABOUT_ONE
            first = before.message if is_repeated and before.message else number
            due = "" if before.due == reply.question else before.due
            after = replace(after, question=reply.question, words=words, message=first, due=due)
        self.notes.set(account.name, after, now)

    def came_before(self, incoming: IncomingMessage) -> bool:
        """Return whether a message was written before the open question stood in the chat."""
        shown = self.notes.get(incoming.who.name, self.clock())
        if shown is None or shown.due:
            return shown is not None
        number = _number(incoming.message)
        if not number:
            return False
        if number in shown.own:
            self.share_ids = False
        elif self.share_ids is None and any(0 < own < number for own in shown.own):
            self.share_ids = True
        return number < shown.message and self.share_ids is True


def _number(message: str) -> int:
    """Return the id as a number; 0 for what is none that counts messages."""
    is_number = message.isascii() and message.isdecimal() and len(message) <= MOST_DIGITS
    return int(message) if is_number else 0
