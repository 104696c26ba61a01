"""Accept or decline invitations, without delaying conversations."""

from dataclasses import dataclass, field

from bot.platforms.matrix.events import is_id
from bot.platforms.matrix.rooms.directory import RoomDirectory
from bot.platforms.matrix.rooms.requests import RoomRequests
from bot.platforms.matrix.rooms.tasks import BackgroundTasks

MAX_ROOMS_PER_ACCOUNT = 3
"""Further invitations of the same account are declined."""


@dataclass(slots=True)
class Invitations:
    """Accept or decline; ``pending`` maps rooms to the accounts that invited."""

    requests: RoomRequests
    rooms: RoomDirectory
    tasks: BackgroundTasks
    pending: dict[str, str] = field(default_factory=dict, repr=False)

    def receive(self, room_id: str, inviter: str) -> None:
        """Answer an invitation, unless that is under way or the bot is in the room."""
        if room_id in self.pending or self.rooms.get(room_id) is not None:
            return
        shared = sum(inviter in room.members for room in self.rooms)
        invited = sum(other == inviter for other in self.pending.values())
        self.pending[room_id] = inviter
        acceptable = shared + invited < MAX_ROOMS_PER_ACCOUNT and is_id(inviter)
        self.tasks.start(self._join(room_id) if acceptable else self._decline(room_id))

    def settle(self, room_id: str) -> None:
        """Note that a sync has said what became of the invitation."""
        self.pending.pop(room_id, None)

    async def _join(self, room_id: str) -> None:
        """Join; the invitation stays pending until the next sync shows the room."""
        joined = False
        try:
            joined = await self.requests.join(room_id)
        finally:
            if not joined:
                self.settle(room_id)

    async def _decline(self, room_id: str) -> None:
        try:
            await self.requests.leave(room_id)
        finally:
            self.settle(room_id)
