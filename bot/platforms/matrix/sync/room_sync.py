"""Take over what a batch says of rooms, and collect the messages in it."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto
from bot.platforms.matrix.events import RoomEvent, answers_of, is_id, parse_event
from bot.platforms.matrix.http_client import Json
from bot.platforms.matrix.rooms.directory import MEMBER, Room, RoomDirectory, RoomSuitability
from bot.platforms.matrix.rooms.membership import RoomMembership
from bot.platforms.matrix.sync.batch import JoinedRoom, SyncBatch
from bot.platforms.matrix.sync.gap_reader import after_invitation
from bot.platforms.matrix.sync.receiver import MessageReceiver
from bot.platforms.matrix.sync.source import SyncSource
from bot.platforms.matrix.sync.stored_events import Gap
from bot.runtime.admission import Arrival
from bot.runtime.logs import Event, event
from bot.runtime.waiting import Breaks
from handlers.messages import UnusableMessage

_log = logging.getLogger(__name__)

EVENTS_AT_ONCE = 8
"""Events that are looked at before others have their turn: a look costs a decryption."""
CURSOR_LOST, BROKEN = UnusableMessage("missed"), UnusableMessage("key")


@dataclass(frozen=True, slots=True)
class RoomSync:
    """Keep the directory of rooms up to date, and read the messages in conversations."""

    source: SyncSource
    rooms: RoomDirectory
    membership: RoomMembership
    crypto: DeviceCrypto
    receiver: MessageReceiver
    monotonic: Callable[[], float]

    def load(self, state: SyncBatch) -> None:
        """Fill the directory with the rooms as they are at the start; greet in none of them."""
        self.membership.greeter.skip(state.joined)
        self._update_rooms(state)
        self.membership.finish_load_state()

    def last_messages(self, state: SyncBatch) -> list[Arrival]:
        """Return a request to repeat for each room in which somebody else wrote last.

        Without a cursor nobody knows whether that message was answered.
        """
        arrivals: list[Arrival] = []
        for room_id, joined in state.joined.items():
            events = _parsed(joined.timeline)
            if events and events[-1].sender != self.rooms.own:
                arrivals.append(self.receiver.message(events[-1], room_id, CURSOR_LOST))
        return arrivals

    async def apply(self, batch: SyncBatch) -> frozenset[str]:
        """Update the directory; return the rooms that are new in it. Raises ``HttpError``.

        If the members of a room are unknown the server is asked, before the room is judged.
        """
        new_rooms = self._update_rooms(batch)
        if any(room.suitability() is RoomSuitability.UNKNOWN for room in self.rooms):
            self._update_rooms(await self.source.current_state())
        return new_rooms

    async def arrivals(
        self, batch: SyncBatch, new_rooms: frozenset[str], since: str
    ) -> list[Arrival]:
        """Prepare what was written in conversations, in order; what was left out waits before it.

        What is read of a room that the bot has just entered begins with its invitation, which may
        be older than the last batch. The directory may know the room already: a start, or a second
        look at the state, can come between the join and the batch that shows it.
        """
        arrivals, breaks = list[Arrival](), Breaks(EVENTS_AT_ONCE)
        for room, partner, joined in self._conversations(batch):
            is_new = room.id in new_rooms or joined.is_entered_by(self.rooms.own)
            timeline = joined.timeline
            begins = after_invitation(timeline, self.rooms.own) if is_new else 0
            left_out = joined.limited and joined.prev_batch and not begins
            events = answers_of(timeline[begins:], partner)
            if left_out:
                end = "" if is_new else since
                gap = Gap(room.id, partner, joined.prev_batch, end)
                arrivals.append(self.receiver.gap(gap))
            for answer in events:
                arrivals.append(self._arrival(answer, room.id))
                await breaks.step()
            if events or left_out:
                room.last_activity = self.monotonic()
        return arrivals

    def _arrival(self, room_event: RoomEvent, room_id: str) -> Arrival:
        """Prepare an event; one that breaks this holds up no other, and its sender is told."""
        try:
            return self.receiver.event(room_event, room_id)
        except Exception as error:  # noqa: BLE001 - the edge: the batch is everybody's
            event(_log, Event.UNREADABLE, error=error)
            return self.receiver.message(room_event, room_id, BROKEN)

    async def look(self, batch: SyncBatch) -> None:
        """Send help for messages that cannot be stored yet; do nothing else with them."""
        breaks = Breaks(EVENTS_AT_ONCE)
        for room, partner, joined in self._conversations(batch):
            for answer in answers_of(joined.timeline, partner):
                self._arrival(answer, room.id)
                await breaks.step()

    def _conversations(self, batch: SyncBatch) -> Iterator[tuple[Room, str, JoinedRoom]]:
        """Yield rooms with the other person, also if they have left since: to stop something."""
        for room_id, joined in batch.joined.items():
            room = self.rooms.get(room_id)
            if room is None:
                continue
            suitability, partner = room.suitability(), room.partner
            if suitability is RoomSuitability.EMPTY and room.encrypted:
                partner = joined.departed(self.rooms.own) or room.last_partner
            elif suitability is not RoomSuitability.CONVERSATION:
                continue
            if is_id(partner):
                yield room, partner, joined

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
        changes = [room.apply(state) for state in joined.state_events()]
        if any(changes):
            self.crypto.rotate_key(room.id)
        self.crypto.devices.invalidate(set(room.others) - before)
        if not room.last_activity:
            room.last_activity = self.monotonic()
        self.membership.review(room)


def _parsed(timeline: Sequence[Json]) -> list[RoomEvent]:
    return [found for found in map(parse_event, timeline) if found is not None]


def _inviter(state: tuple[Json, ...], own: str) -> str:
    """Return the sender of the bot's invitation; empty if the state does not show it."""
    mine = (e for e in state if e.get("type") == MEMBER and e.get("state_key") == own)
    return next((str(e.get("sender", "")) for e in mine), "")
