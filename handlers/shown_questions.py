"""Remember in which message a question was asked, to know what was written before it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from handlers.context import Clock
from handlers.messages import IncomingMessage, Reply
from handlers.outcome import ASK, ASK_WHEN_QUIET
from handlers.recent_notes import RecentNotes
from store.model.accounts import Account
from store.model.outbox import TextRef

SHOWN_FOR = timedelta(minutes=10)
"""What was written ahead of a question is on its way no longer than this."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """The question that was shown last: of its words only a hash that no other process knows."""

    words: int = field(default=0, repr=False)
    message: int = field(default=0, repr=False)
    """The id of the message in which it stood first."""
    is_next_due: bool = False
    """Another one, or the same once more, is on its way."""


@dataclass(frozen=True, slots=True)
class ShownQuestions:
    """The questions that were just asked on a platform whose ids tell the order of messages."""

    clock: Clock
    notes: RecentNotes[_Shown] = field(default_factory=partial(RecentNotes, SHOWN_FOR), repr=False)

    def expect(self, account: Account, says: Sequence[TextRef]) -> None:
        """Note that a question is about to be shown, if one of these texts asks it."""
        if any(text.sentence in {ASK.sentence, ASK_WHEN_QUIET.sentence} for text in says):
            now = self.clock()
            before = self.notes.get(account.name, now) or _Shown()
            self.notes.set(account.name, replace(before, is_next_due=True), now)

    def note(self, account: Account, reply: Reply, ids: Sequence[str]) -> None:
        """Note that a reply asked a question; once more, it was seen where it stood first."""
        if not reply.question or not ids or not ids[-1].isdecimal():
            return
        now, words = self.clock(), hash((reply.question, reply.text, reply.offers))
        before = self.notes.get(account.name, now)
        is_known = before is not None and before.words == words
        first = before.message if before is not None and is_known else int(ids[-1])
        self.notes.set(account.name, _Shown(words, first), now)

    def came_before(self, incoming: IncomingMessage) -> bool:
        """Return whether a message was written before the open question stood in the chat."""
        shown = self.notes.get(incoming.who.name, self.clock())
        if shown is None or not incoming.message.isdecimal():
            return False
        return shown.is_next_due or int(incoming.message) < shown.message
