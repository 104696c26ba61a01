"""Sending of one reply in as many messages as its words and its platform need."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from handlers.messages import Reply
from handlers.ports.messenger import Messenger
from handlers.ports.stores import OutboxStore
from handlers.sending.short_messages import in_short_messages
from store.model.accounts import Account
from store.model.failpoint import failpoint
from store.model.outbox import SentMessages


@dataclass(frozen=True, slots=True)
class PartSender:
    """Sends replies in parts, and does not repeat a part that was sent before a failure."""

    messenger: Messenger
    outbox: OutboxStore
    parts_sent: dict[bytes, int] = field(default_factory=dict, repr=False)
    """How many parts of a message went, by the id of the message."""

    async def send(
        self, account: Account, reply: Reply, message_id: bytes = b"", *, deletable: bool = True
    ) -> tuple[SentMessages, ...]:
        """Send every part that is left, and return what the last one became.

        The others are remembered as deletable at once. ``deletable``: False for what stays in the
        chat. Raise ``SendError`` at the first part that the platform does not take.
        """
        done = self.parts_sent.get(message_id, 0)
        shown = (part for each in in_short_messages(reply) for part in self.messenger.parts(each))
        parts = _with_keys(tuple(shown), message_id)
        *before, last = parts[done:]
        for part in before:
            sent = await self._send_part(account, part)
            await self.remember(sent if deletable else ())
            if message_id:
                self.parts_sent[message_id] = self.parts_sent.get(message_id, 0) + 1
        sent = await self._send_part(account, last)
        self.parts_sent.pop(message_id, None)
        return sent if deletable else ()

    async def remember(self, sent: tuple[SentMessages, ...]) -> None:
        """Remember messages that can be deleted later."""
        if any(each.ids and each.deletable for each in sent):
            await self.outbox.confirm((), sent)

    async def _send_part(self, account: Account, part: Reply) -> tuple[SentMessages, ...]:
        failpoint("send")
        ids = await self.messenger.send(account, part)
        failpoint("sent")
        sent = SentMessages(account, ids, part.lasting, part.traced, part.hold)
        return (sent,) if ids else ()


def _with_keys(parts: Sequence[Reply], message_id: bytes) -> list[Reply]:
    """Give each part an idempotency key that is the same at every attempt."""
    if not message_id:
        return list(parts)
    return [
        replace(part, once=f"{message_id.hex()}.{number}") for number, part in enumerate(parts)
    ]
