"""Stay in conversations, leave every other room with one sentence, and keep nothing of it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto, NoDevice
from bot.platforms.matrix.crypto.to_device import ENCRYPTED
from bot.platforms.matrix.event_sender import EventSender
from bot.platforms.matrix.events import MESSAGE
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.platforms.matrix.rooms.directory import Room, RoomDirectory, RoomSuitability
from bot.platforms.matrix.rooms.greeting import Greeter
from bot.platforms.matrix.rooms.invitations import Invitations
from bot.platforms.matrix.rooms.requests import RoomRequests, repeat_request
from bot.platforms.matrix.rooms.tasks import BackgroundTasks
from handlers.texts.english import ENGLISH

MAX_FAREWELL_MEMBERS = 20
"""Larger encrypted rooms are left without a sentence: it is encrypted to every device."""


@dataclass(slots=True)
class RoomMembership:
    """Decide for each room whether the bot stays in it."""

    requests: RoomRequests
    sender: EventSender
    crypto: DeviceCrypto
    rooms: RoomDirectory
    invitations: Invitations
    greeter: Greeter
    tasks: BackgroundTasks
    delays: MembershipDelays
    leaving: set[str] = field(default_factory=set, repr=False)

    def review(self, room: Room) -> None:
        """Greet, leave or keep a room of which something is new."""
        self.invitations.settle(room.id)
        if room.id in self.leaving:
            return
        match room.suitability():
            case RoomSuitability.CONVERSATION:
                self.greeter.welcome(room)
            case RoomSuitability.EMPTY:
                self.leave(room)
            case RoomSuitability.CROWDED:
                self.tasks.start(self._reject(room))
            case RoomSuitability.UNENCRYPTED:
                self.tasks.start(self._reject_after_grace(room))
            case RoomSuitability.PARTNER_INVITED | RoomSuitability.UNKNOWN:
                pass

    def leave(self, room: Room) -> None:
        """Leave a room without a word."""
        if room.id not in self.leaving:
            self.leaving.add(room.id)
            self.tasks.start(self._leave(room))

    def forget_room(self, room_id: str) -> None:
        """Delete everything of a room that the bot is not in any more, the keys included."""
        room = self.rooms.remove(room_id)
        self.invitations.settle(room_id)
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
        self.crypto.forget_users(u for u in users if not self.rooms.shares_room_with(u))

    async def _reject_after_grace(self, room: Room) -> None:
        await asyncio.sleep(self.delays.grace)
        if room.suitability() in {RoomSuitability.UNENCRYPTED, RoomSuitability.CROWDED}:
            await self._reject(room)

    async def _reject(self, room: Room) -> None:
        """Explain in one sentence, and leave."""
        if room.id in self.leaving:
            return
        self.leaving.add(room.id)
        await repeat_request(partial(self._explain, room))
        await self._leave(room)

    async def _explain(self, room: Room) -> None:
        """Send the sentence, encrypted if the room is: apps warn of anything else."""
        link = f"https://matrix.to/#/{self.rooms.own}"
        content = {"msgtype": "m.notice", "body": ENGLISH.matrix.wrong.format(link=link)}
        transaction_id = f"wrong.{room.id}"
        if not room.encrypted:
            await self.sender.send(room.id, MESSAGE, content, transaction_id)
        elif len(room.members) <= MAX_FAREWELL_MEMBERS:
            try:
                sealed = await self.crypto.encrypt_for_all(room.id, room.others, MESSAGE, content)
            except NoDevice:
                return  # nobody could read the sentence
            await self.sender.send(room.id, ENCRYPTED, sealed, transaction_id)

    async def _leave(self, room: Room) -> None:
        """Leave and delete everything of the room; if that fails, the next start tries again."""
        try:
            await self.requests.leave(room.id)
            self.forget_room(room.id)
        finally:
            self.leaving.discard(room.id)
