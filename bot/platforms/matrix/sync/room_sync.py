"""Take over what a batch says of rooms, and collect the messages in it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto
from bot.platforms.matrix.events import ANSWER_TYPES, RoomEvent, incoming_message, parse_event
from bot.platforms.matrix.http_client import Json
from bot.platforms.matrix.rooms.directory import MEMBER, Room, RoomDirectory, RoomSuitability
from bot.platforms.matrix.rooms.membership import RoomMembership
from bot.platforms.matrix.sync.backfill import Backfill
from bot.platforms.matrix.sync.batch import JoinedRoom, SyncBatch
from bot.platforms.matrix.sync.decryptor import Decryptor
from bot.platforms.matrix.sync.source import SyncSource
from handlers.messages import IncomingMessage, UnusableMessage

CURSOR_LOST = UnusableMessage("missed")


@dataclass(frozen=True, slots=True)
class RoomSync:
    """Keep the directory of rooms up to date, and read the messages in conversations."""

    source: SyncSource
    rooms: RoomDirectory
    membership: RoomMembership
    crypto: DeviceCrypto
    backfill: Backfill
    decryptor: Decryptor
    monotonic: Callable[[], float]

    def load(self, state: SyncBatch) -> None:
        """Fill the directory with the rooms as they are at the start; greet in none of them."""
        self.membership.greeter.skip(state.joined)
        self._update_rooms(state)
        self.membership.finish_load_state()

    def last_messages(self, state: SyncBatch) -> list[IncomingMessage]:
        """Return a request to repeat for each room in which somebody else wrote last.

        Without a cursor nobody knows whether that message was answered.
        """
        messages: list[IncomingMessage] = []
        for room_id, joined in state.joined.items():
            events = _parsed(joined.timeline)
            if events and events[-1].sender != self.rooms.own:
                messages.append(incoming_message(events[-1], room_id, CURSOR_LOST))
        return messages

    async def apply(self, batch: SyncBatch) -> frozenset[str]:
        """Update the directory; return the rooms that are new in it. Raises ``HttpError``.

        If the members of a room are unknown the server is asked, before the room is judged.
        """
        new_rooms = self._update_rooms(batch)
        if any(room.suitability() is RoomSuitability.UNKNOWN for room in self.rooms):
            self._update_rooms(await self.source.current_state())
        return new_rooms

    async def messages(
        self, batch: SyncBatch, new_rooms: frozenset[str], since: str
    ) -> list[IncomingMessage]:
        """Read the messages in conversations, in order, earlier ones fetched if left out.

        Raises ``HttpError``.
        """
        messages: list[IncomingMessage] = []
        for room_id, joined in batch.joined.items():
            room = self.rooms.get(room_id)
            if room is None or room.suitability() is not RoomSuitability.CONVERSATION:
                continue
            events = await self._answers(room, joined, since, is_new=room_id in new_rooms)
            if events:
                room.last_activity = self.monotonic()
            for event in events:
                content = await self.decryptor.read(room, event)
                if content is not None:
                    messages.append(incoming_message(event, room_id, content))
        return messages

    async def _answers(
        self, room: Room, joined: JoinedRoom, since: str, *, is_new: bool
    ) -> list[RoomEvent]:
        timeline = await self.backfill.timeline(room.id, joined, since, is_new=is_new)
        return [
            event
            for event in _parsed(timeline)
            if event.sender == room.partner and event.type in ANSWER_TYPES
        ]

    def _update_rooms(self, batch: SyncBatch) -> frozenset[str]:
        """Update the directory; return the rooms that are new in it."""
        for room_id in batch.left:
            self.membership.forget_room(room_id)
        for room_id, state in batch.invited.items():
            self.membership.invitations.receive(room_id, _inviter(state, self.rooms.own))
        new_rooms = frozenset(r for r in batch.joined if self.rooms.get(r) is None)
        for room_id, joined in batch.joined.items():
            self._update_room(self.rooms.add(room_id), joined)
        return new_rooms

    def _update_room(self, room: Room, joined: JoinedRoom) -> None:
        before = set(room.others)
        changes = [room.apply(event) for event in joined.state_events()]
        if any(changes):
            self.crypto.rotate_key(room.id)
        self.crypto.devices.invalidate(set(room.others) - before)
        if not room.last_activity:
            room.last_activity = self.monotonic()
        self.membership.review(room)


def _parsed(timeline: list[Json] | tuple[Json, ...]) -> list[RoomEvent]:
    return [event for event in map(parse_event, timeline) if event is not None]


def _inviter(state: tuple[Json, ...], own: str) -> str:
    """Return the sender of the bot's invitation; empty if the state does not show it."""
    mine = (e for e in state if e.get("type") == MEMBER and e.get("state_key") == own)
    return next((str(e.get("sender", "")) for e in mine), "")
