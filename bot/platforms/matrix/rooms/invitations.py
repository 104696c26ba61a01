"""Accept or decline invitations, without delaying conversations."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from bot.platforms.matrix.events import is_id
from bot.platforms.matrix.http_client import HttpError
from bot.platforms.matrix.rooms.directory import RoomDirectory
from bot.platforms.matrix.rooms.requests import RoomRequests
from bot.platforms.matrix.rooms.tasks import BackgroundTasks

INTRODUCTION_SECONDS = 2.0
"""A room is joined after that, however long the other person's server takes."""
MAX_ROOMS_PER_ACCOUNT = 3
"""Further invitations of the same account are declined."""


class Acquaintance(Protocol):
    """Makes devices of others know the bot's, and forgets them."""

    async def introduce(self, user: str) -> None:
        """Begin a session with each trusted device that has none. Raises ``HttpError``."""
        ...

    def forget_users(self, users: Collection[str]) -> None:
        """Delete everything of accounts."""
        ...


@dataclass(slots=True)
class Invitations:
    """Accept or decline; ``pending`` maps rooms to the accounts that invited.

    Rooms count for the account that invited, and for those who have joined; so nobody can use up
    the rooms of somebody else by inviting them too.
    """

    requests: RoomRequests
    rooms: RoomDirectory
    tasks: BackgroundTasks
    acquaintance: Acquaintance
    pending: dict[str, str] = field(default_factory=dict, repr=False)
    inviters: dict[str, str] = field(default_factory=dict, repr=False)
    """Who invited the bot into the rooms that it is in, as far as this run has seen it."""

    def receive(self, room_id: str, inviter: str) -> None:
        """Answer an invitation, unless that is under way or the bot is in the room."""
        if room_id in self.pending or self.rooms.get(room_id) is not None:
            return
        acceptable = self._count(inviter) < MAX_ROOMS_PER_ACCOUNT and is_id(inviter)
        self.pending[room_id] = inviter
        self.tasks.start(self._join(room_id, inviter) if acceptable else self._decline(room_id))

    def settle(self, room_id: str) -> None:
        """Note that a sync has said what became of the invitation."""
        inviter = self.pending.pop(room_id, None)
        if inviter is not None and self.rooms.get(room_id) is not None:
            self.inviters[room_id] = inviter

    def forget(self, room_id: str) -> None:
        """Forget a room that the bot has left."""
        self.settle(room_id)
        self.inviters.pop(room_id, None)

    def _count(self, account: str) -> int:
        """Count the rooms into which an account invited the bot, or in which it is."""
        invited = sum(inviter == account for inviter in self.pending.values())
        return invited + sum(
            room.members.get(account) == "join" or self.inviters.get(room.id) == account
            for room in self.rooms
        )

    async def _join(self, room_id: str, inviter: str) -> None:
        """Join; the invitation stays pending until the next sync shows the room.

        Before that the devices of whoever invited get to know this one: they may go on with a
        session that was forgotten, and then the first message would be unreadable.
        """
        joined = False
        try:
            with suppress(HttpError, TimeoutError):
                async with asyncio.timeout(INTRODUCTION_SECONDS):
                    await self.acquaintance.introduce(inviter)
            joined = await self.requests.join(room_id)
        finally:
            if not joined:
                self.settle(room_id)
                self.acquaintance.forget_users(self.rooms.strangers([inviter]))

    async def _decline(self, room_id: str) -> None:
        try:
            await self.requests.leave(room_id)
        finally:
            self.settle(room_id)
