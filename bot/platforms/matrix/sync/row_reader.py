"""Read what waits in the inbox of Matrix: an event, a gap, or a message in place of them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.platforms.matrix.events import incoming_message
from bot.platforms.matrix.sync.decryptor import Decryptor
from bot.platforms.matrix.sync.gap_reader import GapReader
from bot.platforms.matrix.sync.stored_events import Gap, StoredEvent, decode_stored
from bot.runtime.help_sender import HelpSender
from bot.runtime.inbox_worker import Decoded, OneOfMany
from bot.runtime.scheduler import Pause
from handlers.messages import IncomingMessage
from store.inbox.watermarks import Watermark
from store.model.inbox import WaitingMessage

LONGEST_WAIT, LONGEST_WAIT_IF_FULL = timedelta(minutes=20), timedelta(minutes=1)
"""What cannot be read by then is answered with the request to repeat it."""


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows when their turn comes, and waits for nothing."""

    decryptor: Decryptor
    gaps: GapReader
    help_sender: HelpSender
    watermark: Watermark

    def read(self, waiting: WaitingMessage) -> Decoded:
        """Return the message that a row stands for; see ``Decoded`` for what else there can be.

        It says who is behind its account. Until that was asked for once, the row waits.
        """
        decoded = self._read(waiting)
        if isinstance(decoded, OneOfMany):
            return self._unless_unseen(
                replace(decoded, incoming=self._identified(decoded.incoming)), decoded.incoming
            )
        if isinstance(decoded, IncomingMessage):
            return self._unless_unseen(self._identified(decoded), decoded)
        return decoded

    def _identified(self, incoming: IncomingMessage) -> IncomingMessage:
        return replace(incoming, who=self.decryptor.crypto.devices.identify(incoming.who))

    def _unless_unseen(self, decoded: Decoded, incoming: IncomingMessage) -> Decoded:
        user, refresher = incoming.who.name, self.decryptor.refresher
        devices = self.decryptor.crypto.devices
        unseen = devices.is_outdated(user) and not devices.identity_of(user)
        return refresher.refresh(user) if unseen and not refresher.has_failed(user) else decoded

    def _read(self, waiting: WaitingMessage) -> Decoded:
        stored = decode_stored(waiting)
        if isinstance(stored, Gap):
            return self.gaps.read(waiting, stored, may_wait=self._may_wait(stored))
        if not isinstance(stored, StoredEvent):
            return stored
        may_wait = self._may_wait(stored)
        content = self.decryptor.read(stored.room_id, stored.event, may_wait=may_wait)
        if content is None or isinstance(content, Pause):
            return content
        incoming = incoming_message(stored.event, stored.room_id, content)
        return replace(incoming, helped=self.help_sender.helps(incoming.id), row=waiting.row)

    def _may_wait(self, stored: StoredEvent | Gap) -> bool:
        """Return whether a row may wait for servers and keys any longer.

        While it waits no held hand-over is released, as it may be a word that stops one. So it may
        wait for less than the grace after an outage, of the time in which people were heard;
        and for a minute when so much waits that nobody is heard.
        """
        came = datetime.fromtimestamp(stored.came, UTC)
        longest = LONGEST_WAIT_IF_FULL if self.watermark.is_held_back else LONGEST_WAIT
        return self.watermark.heard_since(came) < longest

    def preview(self, waiting: WaitingMessage) -> Decoded:
        """Return the message that a row stands for, if nothing need be done for that."""
        stored = decode_stored(waiting)
        if not isinstance(stored, StoredEvent):
            return None if isinstance(stored, Gap) else stored
        content = self.decryptor.peek(stored.room_id, stored.event)
        if content is None:
            return None
        return incoming_message(stored.event, stored.room_id, content)
