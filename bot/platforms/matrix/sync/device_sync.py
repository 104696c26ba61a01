"""Take over what a batch says of devices and keys."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto
from bot.platforms.matrix.http_client import HttpError
from bot.platforms.matrix.rooms.directory import RoomDirectory
from bot.platforms.matrix.sync.batch import SyncBatch
from bot.runtime.logs import Event, event

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class DeviceSync:
    """Apply what a batch says of devices and keys, and keep up the keys at the server."""

    crypto: DeviceCrypto
    rooms: RoomDirectory
    verify_identity: Callable[[], Awaitable[None]]
    """Raises if the bot's identity at the server is not its own any more."""
    upkeep: asyncio.Task[None] | None = field(default=None, repr=False)

    async def apply(self, batch: SyncBatch) -> None:
        """Take over keys and changed devices; verify the identity if the bot's own changed.

        Raises what ``verify_identity`` raises.
        """
        self.receive_keys(batch)
        self.update_key_counts(batch)
        changed = (user for user in batch.changed_devices if self.rooms.shares_room_with(user))
        self.crypto.devices.invalidate(changed)
        if self.rooms.own in batch.changed_devices:
            await self.verify_identity()

    def receive_keys(self, batch: SyncBatch) -> None:
        """Process the to-device events, which carry keys, unless that was done before."""
        self.crypto.receive(batch.take_to_device())

    def update_key_counts(self, batch: SyncBatch) -> None:
        """Take over how many keys the server has."""
        self.crypto.one_time_keys.update(batch.key_counts)

    def start_upkeep(self) -> None:
        """Refill keys in a task of its own, unless one is running: no message waits for it."""
        if self.upkeep is None or self.upkeep.done():
            self.upkeep = asyncio.create_task(self._keep_up())

    async def close(self) -> None:
        """Cancel the upkeep."""
        if self.upkeep is not None:
            self.upkeep.cancel()
            await asyncio.gather(self.upkeep, return_exceptions=True)

    async def _keep_up(self) -> None:
        try:
            await self.crypto.keep_up()
        except HttpError:
            return  # the next batch tries again
        except Exception as error:  # noqa: BLE001 - the edge: the keys there are still serve
            event(_log, Event.KEYS_FAILED, error=error)
