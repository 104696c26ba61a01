"""Leave rooms whose conversation is over, and rooms that nobody uses."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.platforms.matrix.crypto.store import CryptoStore
from bot.platforms.matrix.events import PLATFORM
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.platforms.matrix.rooms.directory import Room, RoomDirectory
from bot.platforms.matrix.rooms.membership import RoomMembership
from bot.platforms.matrix.rooms.tasks import BackgroundTasks
from store.model.accounts import Account


@dataclass(slots=True)
class RoomRetention:
    """Leave rooms that no account needs any more."""

    rooms: RoomDirectory
    membership: RoomMembership
    store: CryptoStore
    is_needed: Callable[[Account], Awaitable[bool]]
    """Returns whether something would be missed if the chat with the account were left."""
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
                if not await self.is_needed(account):
                    self.membership.leave(room)

    async def _leave_when_quiet(self, room: Room, account: Account) -> None:
        while self.rooms.get(room.id) is room:
            before = room.last_activity
            await asyncio.sleep(self.delays.linger)
            if room.last_activity != before:
                continue
            if await self.is_needed(account):
                self.store.remove_finished_room(room.id)
            else:
                self.membership.leave(room)
            return
