"""Make arrivals of what is heard in rooms, and send help at once where it is asked for."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from bot.platforms.arrivals import encode_marker, make_arrival
from bot.platforms.matrix.events import RoomEvent, incoming_message
from bot.platforms.matrix.facts import PLATFORM
from bot.platforms.matrix.sync.decryptor import Decryptor
from bot.platforms.matrix.sync.stored_events import (
    Gap,
    StoredEvent,
    encode_event,
    encode_gap,
    gap_name,
)
from bot.runtime.admission import Arrival
from bot.runtime.help_sender import HelpSender
from handlers.context import Clock
from handlers.messages import IncomingMessage, MessageContent, TextMessage, UnusableMessage
from handlers.reporter.typed_text import may_stop, stopping_words
from store.model.accounts import Account
from store.model.inbox import AcceptedMessage

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOT_READ = UnusableMessage("")
"""Stands for what an event says, which is read when its turn comes."""


@dataclass(frozen=True, slots=True)
class MessageReceiver:
    """Prepares messages of rooms for the inbox, in which a chat is a room."""

    help_sender: HelpSender
    decryptor: Decryptor
    clock: Clock

    def event(self, event: RoomEvent, room_id: str) -> Arrival:
        """Prepare an event as it came, after sending help if it asks for it.

        Only a copy in memory is decrypted, and only with the keys that are there.
        """
        content = self.decryptor.peek(room_id, event)
        if content is not None:
            self.help_sender.notice(incoming_message(event, room_id, content))
        unread = incoming_message(event, room_id, NOT_READ)
        stored = encode_event(StoredEvent(room_id, event, int(self.clock().timestamp())))
        return Arrival(
            AcceptedMessage(event.id, room_id, stored, self._sent(event)),
            partial(encode_marker, unread),
            urgent=content is not None and may_stop(content),
            stopping="" if content is None else stopping_words(content),
        )

    def message(self, event: RoomEvent, room_id: str, content: MessageContent) -> Arrival:
        """Prepare a message that takes the place of an event."""
        incoming = incoming_message(event, room_id, content)
        return make_arrival(incoming, room_id, self._sent(event), self.clock())

    def gap(self, gap: Gap) -> Arrival:
        """Prepare what a batch left out of a room; it waits before what the batch has of it."""
        who = Account(PLATFORM, gap.partner, gap.room_id)
        name, now = gap_name(gap), self.clock()
        unread = IncomingMessage(name, who, NOT_READ)
        stored = encode_gap(replace(gap, came=int(now.timestamp())))
        message = AcceptedMessage(name, gap.room_id, stored, now)
        return Arrival(message, partial(encode_marker, unread))

    def greeting(self, who: Account) -> Arrival:
        """Stand in for a person who opened a chat and did not write: greet as for ``/start``."""
        incoming = IncomingMessage(f"greeting {who.address}", who, TextMessage("/start"))
        return make_arrival(incoming, who.address, None, self.clock())

    def _sent(self, event: RoomEvent) -> datetime:
        """Return when a server says that an event was sent; now, if that cannot be."""
        now = self.clock()
        try:
            sent = datetime.fromtimestamp(event.sent_millis / 1000, UTC)
        except (OverflowError, OSError, ValueError):
            return now
        return min(sent, now) if sent >= EPOCH else now
