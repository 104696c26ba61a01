"""Leave rooms whose conversation is over, and rooms that nobody uses."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.platforms.matrix.crypto.store import CryptoStore
from bot.platforms.matrix.facts import PLATFORM
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.platforms.matrix.rooms.directory import Room, RoomDirectory
from bot.platforms.matrix.rooms.membership import RoomMembership
from bot.platforms.matrix.rooms.tasks import BackgroundTasks
from bot.platforms.matrix.rooms.usage import RoomUsage
from store.model.accounts import Account


@dataclass(slots=True)
class RoomRetention:
    """Leave rooms that no account needs any more."""

    rooms: RoomDirectory
    membership: RoomMembership
    store: CryptoStore
    usage: RoomUsage
    tasks: BackgroundTasks
    delays: MembershipDelays
    monotonic: Callable[[], float]

    def end_conversation(self, account: Account) -> None:
        """Leave the room of a finished conversation once it is quiet."""
        room = self.rooms.get(account.address)
        if room is not None and room.partner == account.name:
            self.tasks.start(self._leave_when_quiet(room, account))

    async def keep_up(self) -> None:
        """Leave idle rooms, and finished ones that an earlier run did not leave."""
        finished = self.store.finished_rooms()
        for room in self.rooms:
            idle = self.monotonic() - room.last_activity > self.delays.idle
            if room.partner and (idle or room.id in finished):
                account = Account(PLATFORM, room.partner, room.id)
                if not await self.usage.is_needed(account):
                    self.membership.leave(room)

    async def _leave_when_quiet(self, room: Room, account: Account) -> None:
        """Wait, then leave, unless another conversation began.

        While something still waits to be sent, be it only to be confirmed, the room stays marked
        as finished, and a later round of upkeep leaves it.
        """
        while self.rooms.get(room.id) is room:
            before = room.last_activity
            await asyncio.sleep(self.delays.linger)
            if room.last_activity != before:
                continue
            if await self.usage.is_open(account):
                self.store.remove_finished_room(room.id)
            elif not await self.usage.is_needed(account):
                self.membership.leave(room)
            return
