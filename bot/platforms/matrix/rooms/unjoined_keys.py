"""Delete keys to rooms that the bot is not in: anybody can send any number of them."""

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
    """Notes since when there are keys to rooms that the bot is not in."""

    crypto: DeviceCrypto
    rooms: RoomDirectory
    pending: Container[str]
    """Rooms to which the bot is invited: their keys make place for none of others."""
    monotonic: Callable[[], float]
    since: dict[str, float] = field(default_factory=dict, repr=False)

    def drop(self) -> None:
        """Delete the keys that were kept for long enough, or are too many."""
        if not self.rooms.complete:
            return
        now = self.monotonic()
        unjoined = [r for r in self.crypto.rooms_with_keys() if self._is_unjoined(r)]
        self.since = {room_id: self.since.get(room_id, now) for room_id in unjoined}
        newest = sorted(unjoined, key=self.since.__getitem__, reverse=True)[:MOST_ROOMS]
        kept = {room_id for room_id in newest if now - self.since[room_id] < KEPT_SECONDS}
        if dropped := [room_id for room_id in unjoined if room_id not in kept]:
            self.crypto.forget_rooms(dropped)

    def _is_unjoined(self, room_id: str) -> bool:
        return self.rooms.get(room_id) is None and room_id not in self.pending
