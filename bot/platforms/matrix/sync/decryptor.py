"""Read events of rooms: decrypt them, believe trusted devices only, and wait for late keys."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.platforms.matrix.crypto.device_crypto import DecryptedEvent, DeviceCrypto, Unreadable
from bot.platforms.matrix.crypto.to_device import ENCRYPTED
from bot.platforms.matrix.events import REACTION, RoomEvent, incoming_message, message_content
from bot.platforms.matrix.rooms.directory import Room, RoomDirectory
from bot.platforms.matrix.signals import IdentityReplaced, SignalQueue, UntrustedDeviceUsed
from bot.platforms.matrix.sync.batch import as_object
from bot.runtime.logs import Event, event
from handlers.messages import IncomingMessage, MessageContent, UnusableMessage

_log = logging.getLogger(__name__)

KEY_WAIT_SECONDS = 8.0
"""How long an event may wait for its key before the sender is asked to repeat it."""
KEY_MISSING, NOT_ENCRYPTED = UnusableMessage("key"), UnusableMessage("plain")


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An event that waits for its key until ``deadline``, in seconds of the monotonic clock."""

    room_id: str = field(repr=False)
    event: RoomEvent = field(repr=False)
    deadline: float


@dataclass(slots=True)
class Decryptor:
    """Read events as the content of messages; ``pending`` holds those without a key."""

    crypto: DeviceCrypto
    rooms: RoomDirectory
    signals: SignalQueue = field(repr=False)
    monotonic: Callable[[], float]
    pending: list[PendingEvent] = field(default_factory=list, repr=False)

    async def read(self, room: Room, room_event: RoomEvent) -> MessageContent | None:
        """Read an event; None if it says nothing, or if its key may still come.

        Raises ``HttpError`` if the devices of the sender must be queried and cannot be.
        """
        unsigned = as_object(room_event.source.get("unsigned"))
        if not room_event.content or "redacted_because" in unsigned:
            return None
        if room_event.type == REACTION:
            return message_content(REACTION, room_event.content)
        if room_event.type != ENCRYPTED:
            return NOT_ENCRYPTED
        try:
            return await self._decrypt(room, room_event)
        except Unreadable:
            if all(pending.event.id != room_event.id for pending in self.pending):
                deadline = self.monotonic() + KEY_WAIT_SECONDS
                self.pending.append(PendingEvent(room.id, room_event, deadline))
            return None

    async def retry_pending(self) -> list[IncomingMessage]:
        """Return the messages whose key came, and a notice for each whose time is over."""
        messages, still_pending = [], []
        for pending in self.pending:
            room = self.rooms.get(pending.room_id)
            try:
                content = await self._decrypt(room, pending.event) if room is not None else None
            except Unreadable:
                if self.monotonic() < pending.deadline:
                    still_pending.append(pending)
                    continue
                content = KEY_MISSING
            if content is not None:
                messages.append(incoming_message(pending.event, pending.room_id, content))
        self.pending = still_pending
        return messages

    async def _decrypt(self, room: Room, room_event: RoomEvent) -> MessageContent | None:
        """Decrypt an event; query the sender's devices once more before distrusting one."""
        if self.crypto.devices.is_outdated(room_event.sender):
            await self._refresh(room_event.sender)
        opened = self._open(room.id, room_event)
        if not opened.trusted:
            await self._refresh(room_event.sender)
            opened = self._open(room.id, room_event)
        if not opened.trusted:
            self.signals.put_nowait(UntrustedDeviceUsed(room.id, opened.device))
            return None
        return message_content(opened.type, opened.content)

    def _open(self, room_id: str, room_event: RoomEvent) -> DecryptedEvent:
        """Decrypt an event; any error makes it unreadable, so that it holds up no other."""
        try:
            return self.crypto.decrypt(room_id, room_event.source)
        except Unreadable:
            raise
        except Exception as error:  # noqa: BLE001 - the edge: one event must not stop the others
            event(_log, Event.UNREADABLE, error=error)
            raise Unreadable from None

    async def _refresh(self, user: str) -> None:
        for replaced in await self.crypto.devices.refresh((user,)):
            self.signals.put_nowait(IdentityReplaced(replaced))
