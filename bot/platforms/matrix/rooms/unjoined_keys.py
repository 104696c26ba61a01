"""Delete keys to rooms that the bot is not in, and sessions with devices of nobody who is known.

Anybody can send any number of them, and what comes late of somebody who was forgotten is no trace.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass, field

from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto
from bot.platforms.matrix.rooms.directory import RoomDirectory

KEPT_SECONDS = 600.0
"""A key may come before the invitation, or before the bot has joined."""
MOST_ROOMS = 500
"""Rooms that the bot is not in and for which keys are kept, the newest."""


@dataclass(slots=True)
class UnjoinedKeys:
    """Notes since when there are keys to rooms that the bot is not in, and unknown devices."""

    crypto: DeviceCrypto
    rooms: RoomDirectory
    pending: Container[str]
    """Rooms to which the bot is invited: their keys make place for none of others."""
    monotonic: Callable[[], float]
    since: dict[str, float] = field(default_factory=dict, repr=False)

    devices_since: dict[str, float] = field(default_factory=dict, repr=False)

    def drop(self) -> None:
        """Delete the keys and sessions that were kept for long enough, or are too many."""
        if self.rooms.complete:
            self._drop_keys(self.monotonic())
            self._drop_sessions(self.monotonic())

    def _drop_sessions(self, now: float) -> None:
        unknown = self.crypto.to_device.unknown_devices()
        self.devices_since = {device: self.devices_since.get(device, now) for device in unknown}
        old = [d for d, since in self.devices_since.items() if now - since >= KEPT_SECONDS]
        if old:
            self.crypto.to_device.forget_sessions_with(old)

    def _drop_keys(self, now: float) -> None:
        unjoined = [r for r in self.crypto.rooms_with_keys() if self._is_unjoined(r)]
        self.since = {room_id: self.since.get(room_id, now) for room_id in unjoined}
        newest = sorted(unjoined, key=self.since.__getitem__, reverse=True)[:MOST_ROOMS]
        kept = {room_id for room_id in newest if now - self.since[room_id] < KEPT_SECONDS}
        if dropped := [room_id for room_id in unjoined if room_id not in kept]:
            self.crypto.forget_rooms(dropped)

    def _is_unjoined(self, room_id: str) -> bool:
        return self.rooms.get(room_id) is None and room_id not in self.pending
