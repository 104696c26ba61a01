"""Rendering of outbox messages: what the plain functions of ``rendering`` do not know."""

from dataclasses import dataclass, replace

from handlers.buttons import ButtonTokens
from handlers.context import SnapshotReader, View
from handlers.effects import UpdateSelection
from handlers.messages import Reply
from handlers.outcome import SHOWING_PIECES
from handlers.ports.readers import ReaderCommands
from handlers.reporter.questions import open_question
from handlers.sending.cleaning import ENDING
from handlers.sending.questions import render_question
from handlers.sending.rendering import render
from store.model.accounts import Account
from store.model.outbox import OutboxMessage


@dataclass(frozen=True, slots=True)
class MessageRenderer:
    """Renders messages for one platform, with its buttons."""

    snapshots: SnapshotReader
    readers: ReaderCommands
    buttons: ButtonTokens | None
    """None on a platform without buttons."""

    async def render(self, view: View, message: OutboxMessage) -> Reply | None:
        """Render a message; return None if there is nothing to say any more.

        Where a text shows pieces that the view does not hold, load them first.
        """
        sentence = message.text.sentence
        if sentence in SHOWING_PIECES and not view.snapshot.pieces:
            view = await self.snapshots.read(message.to, pieces=True)
        if view.platform.leaves and sentence in ENDING:
            stays = await self.readers.is_reader(message.to)
            view = replace(view, platform=replace(view.platform, leaves=not stays))
        reply = render(view, message.text)
        return self._with_buttons(reply, message.to, view) if reply else None

    def render_selection(self, effect: UpdateSelection) -> Reply | None:
        """Render the open question with other ticks."""
        shown = render_question(effect.view)
        if shown is None:
            return None
        ticked = replace(shown, offers=effect.offers)
        return self._with_buttons(ticked, effect.account, effect.view)

    def _with_buttons(self, reply: Reply, account: Account, view: View) -> Reply:
        if self.buttons is None or not (reply.offers or reply.commands):
            return reply
        return self.buttons.bind(reply, account, view, open_question(view))
