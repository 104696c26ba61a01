"""Rendering of outbox messages: what the plain functions of ``rendering`` do not know."""

from dataclasses import dataclass, replace

from handlers.buttons import ButtonTokens
from handlers.context import SnapshotReader, View
from handlers.effects import UpdateSelection
from handlers.messages import Reply
from handlers.outcome import ASK
from handlers.ports.readers import ReaderSource
from handlers.reporter.questions import Question, open_question
from handlers.sending.cleaning import ends_chat
from handlers.sending.questions import render_open_question, render_question
from handlers.sending.rendering import ANSWERS, render, view_for
from store.model.accounts import Account
from store.model.errors import PiecesNotLoaded
from store.model.outbox import TextRef


@dataclass(frozen=True, slots=True)
class MessageRenderer:
    """Renders messages for one platform, with its buttons."""

    snapshots: SnapshotReader
    readers: ReaderSource
    buttons: ButtonTokens | None
    """None on a platform without buttons."""

    async def render(self, view: View, to: Account, text: TextRef) -> Reply | None:
        """Render a text; return None if there is nothing to say any more.

        Where a text shows pieces that the view does not hold, load them first.
        """
        try:
            return await self._render(view, to, text)
        except PiecesNotLoaded:
            return await self._render(await self.snapshots.read(to, pieces=True), to, text)

    async def _render(self, view: View, to: Account, text: TextRef) -> Reply | None:
        view = view_for(view, text)
        leaves = view.platform.leaves and ends_chat(view, text.sentence)
        if leaves or text.sentence in ANSWERS:
            reader = await self.readers.snapshot(to, self.snapshots.clock())
            facts = replace(view.platform, leaves=view.platform.leaves and not reader.linked)
            view = replace(view, platform=facts, reader=reader)
        if text.sentence == ASK.sentence:
            question = open_question(view)
            return self._with_buttons(render_open_question(view, question), to, view, question)
        reply = render(view, text)
        return self._with_buttons(reply, to, view) if reply else None

    def render_selection(self, effect: UpdateSelection) -> Reply | None:
        """Render the open question with other ticks."""
        shown = render_question(effect.view)
        if shown is None:
            return None
        ticked = replace(shown, offers=effect.offers)
        return self._with_buttons(ticked, effect.account, effect.view)

    def _with_buttons(
        self, reply: Reply, account: Account, view: View, question: Question | None = None
    ) -> Reply:
        """Add tokens to the buttons; they are bound to the question that is open."""
        if self.buttons is None or not (reply.offers or reply.commands):
            return reply
        return self.buttons.bind(reply, account, view, question or open_question(view))
