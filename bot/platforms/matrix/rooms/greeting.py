"""Greet people who open a chat and do not write."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from bot.platforms.matrix.facts import PLATFORM
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.platforms.matrix.rooms.directory import Room, RoomDirectory, RoomSuitability
from bot.platforms.matrix.rooms.tasks import BackgroundTasks
from store.model.accounts import Account


@dataclass(slots=True)
class Greeter:
    """Call ``greet`` once for each room in which nobody writes."""

    rooms: RoomDirectory
    greet: Callable[[Account], Awaitable[None]]
    tasks: BackgroundTasks
    delays: MembershipDelays
    handled: set[str] = field(default_factory=set, repr=False)
    """Rooms that are greeted, or need no greeting."""

    def skip(self, room_ids: Iterable[str]) -> None:
        """Never greet these rooms: the bot was in them before it started."""
        self.handled.update(room_ids)

    def welcome(self, room: Room) -> None:
        """Greet a room that became a conversation, unless it was handled before."""
        if room.id not in self.handled:
            self.handled.add(room.id)
            self.tasks.start(self._greet_when_silent(room))

    def forget(self, room_id: str) -> None:
        """Forget a room that the bot has left."""
        self.handled.discard(room_id)

    async def _greet_when_silent(self, room: Room) -> None:
        """Wait, then greet if nothing happened and the account has no other conversation."""
        began = room.last_activity
        await asyncio.sleep(self.delays.greet)
        if (
            room.last_activity == began
            and room.suitability() is RoomSuitability.CONVERSATION
            and len(self.rooms.conversations_with(room.partner)) == 1
        ):
            await self.greet(Account(PLATFORM, room.partner, room.id))
