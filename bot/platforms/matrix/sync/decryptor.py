"""Read events of rooms: decrypt them, believe trusted devices only, and wait for late keys.

Nothing is waited for here. What cannot be read yet is served again after a pause, which ends as
soon as the key has come or the devices of the sender are known.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.platforms.matrix.crypto.device_crypto import (
    DecryptedEvent,
    DeviceCrypto,
    Replayed,
    Unreadable,
)
from bot.platforms.matrix.crypto.to_device import ENCRYPTED
from bot.platforms.matrix.events import REACTION, RoomEvent, message_content
from bot.platforms.matrix.rooms.directory import RoomDirectory
from bot.platforms.matrix.signals import SignalQueue, UntrustedDeviceUsed
from bot.platforms.matrix.sync.device_refresher import DeviceRefresher
from bot.runtime.logs import Event, event
from bot.runtime.scheduler import Pause
from handlers.messages import MessageContent, UnusableMessage

_log = logging.getLogger(__name__)

KEY_WAIT_SECONDS = 8.0
"""How long an event may wait for its key before the sender is asked to repeat it."""
MOST_REMEMBERED = 20_000
"""Events of which it is remembered since when they wait; the newest."""
KEY_MISSING, NOT_ENCRYPTED = UnusableMessage("key"), UnusableMessage("plain")


@dataclass(slots=True)
class Decryptor:
    """Read events as the content of messages."""

    crypto: DeviceCrypto
    rooms: RoomDirectory
    signals: SignalQueue = field(repr=False)
    refresher: DeviceRefresher
    monotonic: Callable[[], float]
    deadlines: "OrderedDict[str, float]" = field(default_factory=OrderedDict, repr=False)
    """Until when events without a key wait for it."""
    keys: "dict[str, asyncio.Future[None]]" = field(default_factory=dict, repr=False)
    """By room, what is done when a key for it has come."""
    checked: set[str] = field(default_factory=set, repr=False)
    """Events for whose device the sender's devices were queried once more."""

    def read(
        self, room_id: str, room_event: RoomEvent, *, may_wait: bool = True
    ) -> MessageContent | Pause | None:
        """Read an event; None if it says nothing, or the pause after which to try again.

        An event that may not wait any longer is read with the keys and devices that are known.
        """
        content = self._read(room_id, room_event, may_wait=may_wait)
        if not isinstance(content, Pause):
            self.deadlines.pop(room_event.id, None)
            self.checked.discard(room_event.id)
        return content

    def _read(
        self, room_id: str, room_event: RoomEvent, *, may_wait: bool
    ) -> MessageContent | Pause | None:
        if self.rooms.get(room_id) is None:
            self.keys.pop(room_id, None)
            return None
        if room_event.type == REACTION:
            return message_content(REACTION, room_event.content)
        if room_event.type != ENCRYPTED:
            return NOT_ENCRYPTED
        outdated = self.crypto.devices.is_outdated(room_event.sender)
        if outdated and may_wait:
            return self.refresher.refresh(room_event.sender)
        try:
            opened = self._open(room_id, room_event)
        except Replayed:
            return None
        except Unreadable:
            return self._wait_for_key(room_id, room_event.id) if may_wait else KEY_MISSING
        if opened.trusted:
            return _content(opened, room_event.sender)
        if outdated:
            return KEY_MISSING  # nobody can say whose device it is
        if may_wait and room_event.id not in self.checked:
            self.checked.add(room_event.id)
            return self.refresher.refresh(room_event.sender)
        self.signals.put_nowait(UntrustedDeviceUsed(room_id, opened.device))
        return None

    def peek(self, room_id: str, room_event: RoomEvent) -> MessageContent | None:
        """Read an encrypted event with the keys that are there; None if they do not suffice.

        That it was read is stored with the batch that it came in. An event without a key waits
        for it from now on.
        """
        if room_event.type != ENCRYPTED:
            return None
        try:
            opened = self._open(room_id, room_event, keep=False)
        except Replayed:
            return None
        except Unreadable:
            self._deadline(room_event.id)
            return None
        return _content(opened, room_event.sender) if opened.trusted else None

    @property
    def expects_keys(self) -> bool:
        """Whether the key of an event may still come; the newest event waits longest."""
        newest = next(reversed(self.deadlines.values()), 0.0)
        return newest > self.monotonic()

    def keys_came(self, room_ids: Iterable[str]) -> None:
        """Have what waits for a key in these rooms read again."""
        for room_id in room_ids:
            waiting = self.keys.pop(room_id, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(None)

    def _wait_for_key(self, room_id: str, event_id: str) -> MessageContent | Pause:
        left = self._deadline(event_id) - self.monotonic()
        if left <= 0:
            self.keys.pop(room_id, None)
            return KEY_MISSING
        future = self.keys.get(room_id) or asyncio.get_running_loop().create_future()
        self.keys[room_id] = future
        return Pause(left, future)

    def _deadline(self, event_id: str) -> float:
        deadline = self.deadlines.setdefault(event_id, self.monotonic() + KEY_WAIT_SECONDS)
        if len(self.deadlines) > MOST_REMEMBERED:
            self.deadlines.popitem(last=False)
        return deadline

    def _open(self, room_id: str, room_event: RoomEvent, *, keep: bool = True) -> DecryptedEvent:
        """Decrypt an event; any error makes it unreadable, so that it holds up no other."""
        try:
            return self.crypto.decrypt(room_id, room_event.source, keep=keep)
        except Unreadable:
            raise
        except Exception as error:  # noqa: BLE001 - the edge: one event must not stop the others
            event(_log, Event.UNREADABLE, error=error)
            raise Unreadable from None


def _content(opened: DecryptedEvent, sender: str) -> MessageContent | None:
    """Read what a trusted device wrote; what breaks the reading counts as no text."""
    try:
        return message_content(opened.type, opened.content, sender)
    except Exception as error:  # noqa: BLE001 - the edge: one event must not stop the others
        event(_log, Event.UNREADABLE, error=error)
        return UnusableMessage("")
