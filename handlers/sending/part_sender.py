"""Sending of one reply in as many messages as its words and its platform need."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from handlers.messages import Reply
from handlers.ports.messenger import MessageRefused, Messenger, RecipientGone
from handlers.ports.stores import OutboxStore
from handlers.sending.short_messages import in_short_messages
from handlers.shown_questions import ShownQuestions
from store.model.accounts import Account
from store.model.failpoint import failpoint
from store.model.outbox import SentMessages


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far a message got. Of its words only hashes are kept, which the process alone knows."""

    parts: tuple[int, ...] = field(default=(), repr=False)
    """What its parts said when it was tried last."""
    sent: int = 0
    """So many of them went."""
    renderings: int = -1
    """How many times it said something else than at the attempt before."""

    def of(self, parts: Sequence[Reply]) -> "_Progress":
        """Return the progress of these parts: what went counts only where they begin with it."""
        said = tuple(hash(part.text) for part in parts)
        if said == self.parts:
            return self
        goes_on = self.sent < len(said) and said[: self.sent] == self.parts[: self.sent]
        return _Progress(said, self.sent if goes_on else 0, self.renderings + 1)


@dataclass(frozen=True, slots=True)
class PartSender:
    """Sends replies in parts, and does not repeat a part that was sent before a failure."""

    messenger: Messenger
    outbox: OutboxStore
    questions: ShownQuestions
    """Is told of what was asked, and in which message."""
    progress: dict[bytes, _Progress] = field(default_factory=dict, repr=False)
    """By the id of each message that was begun and still waits."""

    async def send(
        self, account: Account, reply: Reply, message_id: bytes = b"", *, deletable: bool = True
    ) -> tuple[SentMessages, ...]:
        """Send every part that is left, and return what the last one became.

        The others are remembered as deletable at once. A message that says something else than
        when it was tried before is sent whole. ``deletable``: False for what stays in the chat.
        Raise ``SendError`` at the first part that the platform does not take.
        """
        try:
            sent = await self._send_parts(account, reply, message_id, deletable=deletable)
        except (RecipientGone, MessageRefused):
            self.progress.pop(message_id, None)
            raise
        self.progress.pop(message_id, None)
        return sent if deletable else ()

    async def _send_parts(
        self, account: Account, reply: Reply, message_id: bytes, *, deletable: bool
    ) -> tuple[SentMessages, ...]:
        shown = (part for each in in_short_messages(reply) for part in self.messenger.parts(each))
        parts = tuple(shown)
        progress = self.progress.get(message_id, _Progress()).of(parts)
        self._note(message_id, progress)
        keyed = _with_keys(parts, message_id, progress.renderings)
        *before, last = keyed[progress.sent :]
        for number, part in enumerate(before, progress.sent + 1):
            sent = await self._send_part(account, part)
            await self.remember(sent if deletable else ())
            self._note(message_id, replace(progress, sent=number))
        return await self._send_part(account, last)

    def _note(self, message_id: bytes, progress: _Progress) -> None:
        if message_id:
            self.progress[message_id] = progress

    async def remember(self, sent: tuple[SentMessages, ...]) -> None:
        """Remember messages that can be deleted later."""
        if any(each.ids and each.deletable for each in sent):
            await self.outbox.confirm((), sent)

    async def _send_part(self, account: Account, part: Reply) -> tuple[SentMessages, ...]:
        failpoint("send")
        ids = await self.messenger.send(account, part)
        failpoint("sent")
        if self.messenger.platform.ordered_ids:
            self.questions.note(account, part, ids)
        sent = SentMessages(account, ids, part.lasting, part.traced, part.hold)
        return (sent,) if ids else ()


def _with_keys(parts: Sequence[Reply], message_id: bytes, renderings: int) -> list[Reply]:
    """Give each part an idempotency key that is the same as long as the message says the same."""
    if not message_id:
        return list(parts)
    begin = f"{message_id.hex()}.{renderings}" if renderings else message_id.hex()
    return [replace(part, once=f"{begin}.{number}") for number, part in enumerate(parts)]
