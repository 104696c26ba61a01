"""Stay in conversations, leave every other room with one sentence, and keep nothing of it."""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto
from bot.platforms.matrix.rooms.directory import Room, RoomDirectory, RoomSuitability
from bot.platforms.matrix.rooms.farewell import Farewell
from bot.platforms.matrix.rooms.greeting import Greeter
from bot.platforms.matrix.rooms.invitations import Invitations
from bot.platforms.matrix.rooms.patience import Patience
from bot.platforms.matrix.rooms.requests import RoomRequests, repeat_request
from bot.platforms.matrix.rooms.tasks import BackgroundTasks
from bot.runtime.logs import Event, event

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class RoomMembership:
    """Decide for each room whether the bot stays in it."""

    requests: RoomRequests
    farewell: Farewell
    crypto: DeviceCrypto
    rooms: RoomDirectory
    invitations: Invitations
    greeter: Greeter
    tasks: BackgroundTasks
    patience: Patience
    leaving: set[str] = field(default_factory=set, repr=False)
    awaited: set[str] = field(default_factory=set, repr=False)
    """Rooms whose other person was invited and has not entered yet."""

    def review(self, room: Room) -> None:
        """Greet, leave or keep a room of which something is new."""
        self.invitations.settle(room.id)
        if room.id in self.leaving:
            return
        match room.suitability():
            case RoomSuitability.CONVERSATION:
                self.greeter.welcome(room)
            case RoomSuitability.EMPTY:
                self.tasks.start(self._leave_when_handled(room))
            case RoomSuitability.CROWDED:
                self.tasks.start(self._reject(room))
            case RoomSuitability.UNENCRYPTED:
                self.tasks.start(self._reject_after_grace(room))
            case RoomSuitability.PARTNER_INVITED:
                self._await_partner(room)
            case RoomSuitability.UNKNOWN:
                pass

    def leave(self, room: Room) -> None:
        """Leave a room without a word."""
        if room.id not in self.leaving:
            self.leaving.add(room.id)
            self.tasks.start(self._leave(room))

    def forget_room(self, room_id: str) -> None:
        """Delete everything of a room that the bot is not in any more, the keys included."""
        room = self.rooms.remove(room_id)
        self.invitations.forget(room_id)
        self.greeter.forget(room_id)
        self.crypto.forget_room(room_id)
        self._forget_strangers(room.past_members if room else ())

    def finish_load_state(self) -> None:
        """Note that the directory is complete, and forget rooms and accounts that are not in it.

        The server says nothing more of a room that an earlier run had it forget; only finished
        rooms are certain to be such: keys to any other may come before the bot joins.
        """
        self.rooms.complete = True
        for room_id in self.crypto.store.finished_rooms():
            if self.rooms.get(room_id) is None and room_id not in self.invitations.pending:
                self.crypto.forget_room(room_id)
        self._forget_strangers(self.crypto.store.users())

    def _forget_strangers(self, users: Iterable[str]) -> None:
        self.crypto.forget_users(self.rooms.strangers(users))

    def _await_partner(self, room: Room) -> None:
        if room.id not in self.awaited:
            self.awaited.add(room.id)
            self.tasks.start(self._leave_without_partner(room))

    async def _leave_without_partner(self, room: Room) -> None:
        """Leave a room that the other person was invited to, and did not enter for some time."""
        try:
            await asyncio.sleep(self.patience.delays.partner)
        finally:
            self.awaited.discard(room.id)
        if room.suitability() is RoomSuitability.PARTNER_INVITED:
            self.leave(room)

    async def _leave_when_handled(self, room: Room) -> None:
        """Leave a room that is empty: who was there may have written first."""
        with suppress(TimeoutError):
            await self.patience.until_handled(room.id)
        if room.suitability() is RoomSuitability.EMPTY and self.rooms.get(room.id) is room:
            self.leave(room)

    async def _reject_after_grace(self, room: Room) -> None:
        await asyncio.sleep(self.patience.delays.grace)
        if room.suitability() in {RoomSuitability.UNENCRYPTED, RoomSuitability.CROWDED}:
            await self._reject(room)

    async def _reject(self, room: Room) -> None:
        """Explain in one sentence, and leave."""
        if room.id in self.leaving:
            return
        self.leaving.add(room.id)
        try:
            await repeat_request(partial(self.farewell.send, room))
        except Exception as error:  # noqa: BLE001 - the edge: it is left without the sentence
            event(_log, Event.ROOM_FAILED, error=error)
        await self._leave(room)

    async def _leave(self, room: Room) -> None:
        """Leave and delete everything of the room; if that fails, the next start tries again."""
        try:
            await self.requests.leave(room.id)
            self.forget_room(room.id)
        finally:
            self.leaving.discard(room.id)
