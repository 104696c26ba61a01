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

OWN_REMEMBERED = 16
"""So many ids of the bot's own messages are remembered of each chat."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """The question that was shown last: of its words only a hash that no other process knows."""

    words: int = field(default=0, repr=False)
    message: int = field(default=0, repr=False)
    """The id of the message in which it stood first; 0 before there was one."""
    is_next_due: bool = False
    """Another one, or the same once more, is on its way."""
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

    def expect(self, account: Account, says: Sequence[TextRef]) -> None:
        """Note that a question is about to be shown, if one of these texts asks it."""
        if any(text.sentence in {ASK.sentence, ASK_WHEN_QUIET.sentence} for text in says):
            now = self.clock()
            before = self.notes.get(account.name, now) or _Shown()
            self.notes.set(account.name, replace(before, is_next_due=True), now)

    def note(self, account: Account, reply: Reply, ids: Sequence[str]) -> None:
        """Note a reply; a question that is asked once more was seen where it stood first."""
        if not ids or not ids[-1].isdecimal():
            return
        now, number = self.clock(), int(ids[-1])
        before = self.notes.get(account.name, now) or _Shown()
        after = replace(before, own=(*before.own, number)[-OWN_REMEMBERED:])
        if reply.question:
            words = hash((reply.question, reply.text, *(offer.label for offer in reply.offers)))
            first = before.message if before.words == words and before.message else number
            after = replace(after, words=words, message=first, is_next_due=False)
        self.notes.set(account.name, after, now)

    def came_before(self, incoming: IncomingMessage) -> bool:
        """Return whether a message was written before the open question stood in the chat."""
        shown = self.notes.get(incoming.who.name, self.clock())
        if shown is None or not incoming.message.isdecimal():
            return False
        number = int(incoming.message)
        if number in shown.own:
            self.share_ids = False
        elif self.share_ids is None and any(own < number for own in shown.own):
            self.share_ids = True
        is_before = shown.is_next_due or number < shown.message
        return is_before and self.share_ids is True
