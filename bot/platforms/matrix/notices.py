"""Warn people in their chat about a device or an identity that nobody vouches for."""

from dataclasses import dataclass, field

from bot.platforms.matrix.effects import SendToAllDevices
from bot.platforms.matrix.facts import PLATFORM
from bot.platforms.matrix.rooms.directory import Room, RoomDirectory
from bot.runtime.send_queues import SendQueues
from handlers.texts.platform_catalogue import MatrixTexts
from store.model.accounts import Account

MOST_REMEMBERED = 10_000
"""Devices that are remembered; anybody can have any number."""


@dataclass(slots=True)
class SecurityNotices:
    """Send warnings, encrypted to every device, because anybody may read them."""

    rooms: RoomDirectory
    send_queues: SendQueues
    texts: MatrixTexts
    reported_devices: dict[str, None] = field(default_factory=dict, repr=False)
    """Devices of which people were warned, the newest."""

    def warn_of_device(self, room_id: str, device_key: str) -> None:
        """Say once that a message came from a device that nobody vouches for."""
        room = self.rooms.get(room_id)
        if room is not None and device_key not in self.reported_devices:
            self.reported_devices[device_key] = None
            if len(self.reported_devices) > MOST_REMEMBERED:
                del self.reported_devices[next(iter(self.reported_devices))]
            self._queue(room, self.texts.device)

    def warn_of_identity(self, user: str) -> None:
        """Say in every conversation with an account that its identity was replaced."""
        for room in self.rooms.conversations_with(user):
            self._queue(room, self.texts.replaced)

    def _queue(self, room: Room, text: str) -> None:
        account = Account(PLATFORM, room.partner, room.id)
        effect = SendToAllDevices(room.id, room.partner, text)
        self.send_queues.add_effect(account, effect)
