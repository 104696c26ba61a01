"""Tell people that what they sent waits, before they wonder; past everything that waits."""

import logging
from dataclasses import dataclass

from bot.runtime.inbox_worker import Decode, OneOfMany
from bot.runtime.logs import Event, event
from bot.runtime.send_queues import SendQueues
from handlers.context import SnapshotReader
from handlers.effects import SendDirect
from handlers.messages import IncomingMessage
from handlers.outcome import say
from handlers.turn_language import in_language
from store.inbox.inbox_store import InboxStore
from store.model.inbox import InboxRow, WaitingMessage
from store.model.snapshot import Snapshot

_log = logging.getLogger(__name__)

STILL_READING = "reading"
"""The sentence, as it is called among those about what is not taken, or not yet."""


@dataclass(frozen=True, slots=True)
class WaitNotice:
    """Sends one sentence, which is not stored, to whoever sent a message that waits."""

    inbox: InboxStore
    decode: Decode
    """Reads without any effect."""
    send_queues: SendQueues
    snapshots: SnapshotReader

    async def send(self, waiting: WaitingMessage | InboxRow) -> None:
        """Say that it takes a little longer; say nothing if it cannot be told to whom."""
        try:
            message = await self.inbox.read(waiting) if isinstance(waiting, InboxRow) else waiting
            decoded = None if message is None else self.decode(message)
        except Exception as error:  # noqa: BLE001 - the edge: the message waits all the same
            event(_log, Event.SEND_FAILED, error=error)
            return
        incoming = decoded.incoming if isinstance(decoded, OneOfMany) else decoded
        if isinstance(incoming, IncomingMessage):
            view = self.snapshots.view_of(Snapshot(), incoming.who)
            (text,) = in_language((say("UNUSABLE", STILL_READING),), view.language)
            effect = SendDirect(incoming.who, text, view)
            self.send_queues.send_result(incoming.who, (effect,))
