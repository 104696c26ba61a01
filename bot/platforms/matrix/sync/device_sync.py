"""Take over what a batch says of devices and keys."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto
from bot.platforms.matrix.crypto.to_device import ENCRYPTED
from bot.platforms.matrix.http_client import HttpError, Json
from bot.platforms.matrix.rooms.directory import RoomDirectory
from bot.platforms.matrix.sync.batch import SyncBatch
from bot.platforms.matrix.sync.decryptor import Decryptor
from bot.runtime.logs import Event, event
from bot.runtime.turn_budget import TurnBudget

_log = logging.getLogger(__name__)

RECEIVED_AT_ONCE = 10
"""To-device events of one transaction, which takes some 20 ms with them."""
KEYS_A_MINUTE = 15
"""Encrypted to-device events of one account that are opened in a minute, and at once after a
pause. Each opens a hundred messages; an app that sends more floods. What is left out may be a key,
and then its message is asked for again."""


@dataclass(slots=True)
class DeviceSync:
    """Apply what a batch says of devices and keys, and keep up the keys at the server."""

    crypto: DeviceCrypto
    rooms: RoomDirectory
    decryptor: Decryptor
    verify_identity: Callable[[], Awaitable[None]]
    """Raises if the bot's identity at the server is not its own any more."""
    budget: TurnBudget
    """What of each account is opened in a minute."""
    upkeep: asyncio.Task[None] | None = field(default=None, repr=False)

    async def apply(self, batch: SyncBatch) -> None:
        """Take over keys and changed devices; verify the identity if the bot's own changed.

        Raises what ``verify_identity`` raises.
        """
        await self.receive_keys(batch)
        self.update_key_counts(batch)
        changed = frozenset(batch.changed_devices)
        self.crypto.devices.invalidate(changed - self.rooms.strangers(changed))
        if self.rooms.own in batch.changed_devices:
            await self.verify_identity()

    async def receive_keys(self, batch: SyncBatch) -> None:
        """Process the to-device events, which carry keys, unless that was done before.

        What waits for one of the keys is read again. Between a few and the next few everything
        else has its turn: anybody can send thousands.
        """
        events = [e for e in batch.take_to_device() if self._is_affordable(e)]
        for begin in range(0, len(events), RECEIVED_AT_ONCE):
            some = events[begin : begin + RECEIVED_AT_ONCE]
            self.decryptor.keys_came(self.crypto.receive(some))
            await asyncio.sleep(0)

    def _is_affordable(self, event: Json) -> bool:
        """Count an event that has to be opened; return whether its sender may send it now."""
        if event["type"] != ENCRYPTED:
            return True
        if self.budget.left(event["sender"]):
            return False
        self.budget.count(event["sender"])
        return True

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
