"""What a sync answers (client-server API, "Syncing"), in the way of Synapse where it is free."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.doubles.matrix.homeserver.filters import SyncFilter
from tests.doubles.matrix.homeserver.shapes import Json
from tests.doubles.matrix.homeserver.world import MEMBER, Device, Event, Refused, Room, World

STRIPPED = (
    "m.room.create",
    "m.room.join_rules",
    "m.room.encryption",
    "m.room.name",
    "m.room.avatar",
    "m.room.topic",
)
"""State that whoever is invited is shown, besides the two members."""
MOST_REPEATS = 5
MOST_TO_DEVICE = 100
"""To-device messages in one answer, as at Synapse; the others come with the next."""
TOKEN = re.compile(r"[st](\d+)(?:_(\d+))?")
ALGORITHM = "signed_curve25519"


def position_of(token: str) -> int:
    """Return the position in rooms that a token stands for."""
    return positions_of(token)[0]


def positions_of(token: str) -> tuple[int, int]:
    """Return the positions that a token stands for: in rooms, and in to-device messages."""
    found = TOKEN.fullmatch(token)
    if found is None:
        raise Refused(400, "M_UNKNOWN", "no token of this server")
    return int(found[1]), int(found[2] or 0)


def shown(
    world: World, event: Event, device: Device, *, in_room: bool = False, as_state: bool = False
) -> Json:
    """Write an event as a device is shown it."""
    redacted = event.redacted_by is not None
    room = world.rooms[event.room]
    unsigned: Json = {"age": max(0, room.events[-1].at - event.at)}
    if not as_state:
        unsigned["membership"] = room.membership_at(device.user, event.position)
    told: Json = {
        "content": {} if redacted else event.content,
        "event_id": event.id,
        "origin_server_ts": event.at,
        "sender": event.sender,
        "type": event.type,
        "unsigned": unsigned,
    }
    if event.state_key is not None:
        told["state_key"] = event.state_key
        if event.before is not None:
            unsigned["prev_content"] = event.before.content
            unsigned["prev_sender"] = event.before.sender
            unsigned["replaces_state"] = event.before.id
    if event.redacts:
        told["redacts"] = event.redacts
    if event.redacted_by is not None:
        because = shown(world, event.redacted_by, device, in_room=in_room, as_state=True)
        unsigned["redacted_because"] = because
    if event.transaction and event.device is device:
        unsigned["transaction_id"] = event.transaction
    return {**told, "room_id": event.room} if in_room else told


def stripped(event: Event) -> Json:
    """Write state as those are shown it who are not in the room."""
    return {
        "content": event.content,
        "sender": event.sender,
        "state_key": event.state_key,
        "type": event.type,
    }


@dataclass(slots=True)
class Answer:
    """One answer that is being made; ``since`` is None in the first sync of a device."""

    world: World = field(repr=False)
    device: Device
    wanted: SyncFilter
    since: int | None
    joined: Json = field(default_factory=dict, repr=False)
    invited: Json = field(default_factory=dict, repr=False)
    left: Json = field(default_factory=dict, repr=False)
    changed: set[str] = field(default_factory=set, repr=False)
    gone: set[str] = field(default_factory=set, repr=False)

    @property
    def user(self) -> str:
        """Who asks."""
        return self.device.user

    @property
    def says_something(self) -> bool:
        """Whether there is anything that a poll ends for."""
        rooms = self.joined or self.invited or self.left
        return bool(self.device.inbox or self.changed or self.gone or rooms)

    def as_json(self) -> Json:
        """Write it; sections in which nothing is are left out, as Synapse does it."""
        messages = self.device.inbox[:MOST_TO_DEVICE]
        whole = len(messages) == len(self.device.inbox)
        heard = self.world.position if whole else messages[-1][0]
        told: Json = {
            "next_batch": f"s{self.world.position}_{heard}",
            "device_one_time_keys_count": {ALGORITHM: len(self.device.one_time)},
            "device_unused_fallback_key_types": (
                [ALGORITHM] if self.device.fallback and not self.device.fallback_used else []
            ),
        }
        if messages:
            told["to_device"] = {"events": [message for _, message in messages]}
        lists = {"changed": sorted(self.changed), "left": sorted(self.gone)}
        if named := {name: users for name, users in lists.items() if users}:
            told["device_lists"] = named
        rooms = {"join": self.joined, "invite": self.invited, "leave": self.left}
        if some := {name: found for name, found in rooms.items() if found}:
            told["rooms"] = some
        return told

    def read(self) -> None:
        """Collect everything."""
        for room in self.world.account(self.user).rooms.values():
            if self.since is None or room.last > self.since:
                self._read_room(room)
        if self.since is not None:
            self._read_devices(self.since)

    def _read_room(self, room: Room) -> None:
        membership = room.membership(self.user)
        own = room.state[MEMBER, self.user]
        if membership == "join":
            self._read_joined(room)
        elif membership == "invite":
            if own.position > (self.since or 0):
                self.invited[room.id] = {"invite_state": {"events": self._invite_state(room, own)}}
        elif self.since is not None and own.position > self.since:
            told = self._entry(room, self.since, own.position)
            self.left |= {room.id: told} if told else {}

    def _invite_state(self, room: Room, own: Event) -> list[Json]:
        state = [room.state[kind, ""] for kind in STRIPPED if (kind, "") in room.state]
        inviter = room.state.get((MEMBER, own.sender))
        return [stripped(event) for event in (*state, *((inviter,) if inviter else ()), own)]

    def _read_joined(self, room: Room) -> None:
        since = self.since
        if since is not None and room.membership_at(self.user, since) != "join":
            since = None
            self.changed.update(room.members("join"))
        if told := self._entry(room, since, self.world.position):
            self.joined[room.id] = {
                **told,
                "account_data": {"events": []},
                "ephemeral": {"events": []},
                "unread_notifications": {"notification_count": 0, "highlight_count": 0},
                "summary": {},
            }

    def _entry(self, room: Room, since: int | None, end: int) -> Json | None:
        """Write a room; ``since`` is None if all of it is new to whoever asks."""
        events, start, limited = self._timeline(room, since, end)
        if not events and since is not None:
            return None
        state = self._state(room, since, end, events, limited=limited)
        return {
            "timeline": {
                "events": [shown(self.world, event, self.device) for event in events],
                "prev_batch": f"s{start}",
                "limited": limited,
            },
            "state": {"events": [shown(self.world, e, self.device, as_state=True) for e in state]},
        }

    def _state(
        self, room: Room, since: int | None, end: int, events: list[Event], *, limited: bool
    ) -> list[Event]:
        """Return the state that the timeline does not show."""
        if since is not None and not limited:
            coming = self._visible(room, since, end)
            if events == coming[: len(events)]:
                return []  # so does Synapse, whatever follows that was not wanted
        before = () if since is None else room.state_at(since)
        skipped = {event.id for event in (*before, *events)}
        # Synapse shows one event for each state as well, and which one is left to chance.
        state = {
            (event.type, event.state_key): event
            for at in (events[0].position if events else end, end)
            for event in room.state_at(at)
            if event.id not in skipped and self.wanted.state.takes(event)
        }
        return list(state.values())

    def _visible(self, room: Room, since: int, end: int) -> list[Event]:
        """Return what happened and may be seen: before somebody is invited, nothing is."""
        events = room.between(since, end)
        if room.membership(self.user) == "join":
            return events
        inside = {"invite", "join"}
        return [
            e
            for e in events
            if room.membership_at(self.user, e.position) in inside
            or (e.type == MEMBER and e.state_key == self.user)
        ]

    def _timeline(self, room: Room, since: int | None, end: int) -> tuple[list[Event], int, bool]:
        """Return the newest events, where those before them begin, and whether there are such."""
        limit, everything = self.wanted.timeline.limit, self._visible(room, since or 0, end)
        if since is not None and len(everything) <= limit:
            found = [event for event in everything if self.wanted.timeline.takes(event)]
            return found, found[0].position - 1 if found else end, False
        found, more = [], len(everything)
        for _ in range(MOST_REPEATS):
            if len(found) >= limit or not more:
                break
            begin = max(0, more - max(2 * limit, 10))
            part = everything[begin:more]
            found = [event for event in part if self.wanted.timeline.takes(event)] + found
            more = begin
        start = everything[more].position - 1 if everything else end
        if cut := len(found) > limit:
            found = found[-limit:] if limit else []
            start = found[0].position - 1 if found else end
        return found, start, cut or bool(more) or self._is_new(since)

    def _is_new(self, since: int | None) -> bool:
        """Say whether a room was joined since; in a first sync none is."""
        return since is None and self.since is not None

    def _read_devices(self, since: int) -> None:
        share = self.world.share_room
        for position, user in reversed(self.world.changed):
            if position <= since:
                break
            if user == self.user or share(self.user, user):
                self.changed.add(user)
        for event in self._member_events(since):
            who = str(event.state_key)
            if who == self.user:
                others = self.world.rooms[event.room].members("join")
                self.gone.update(user for user in others if not share(self.user, user))
            elif share(self.user, who):
                self.changed.add(who)
            else:
                self.gone.add(who)
        self.gone.discard(self.user)

    def _member_events(self, since: int) -> Iterator[Event]:
        """Return who came and went in the rooms of whoever asks."""
        for room in self.world.account(self.user).rooms.values():
            if room.last > since and room.membership_at(self.user, since) == "join":
                events = room.between(since, self.world.position)
                yield from (event for event in events if event.type == MEMBER)


def acknowledge(device: Device, since: str) -> None:
    """Drop what a device has: it asks from there on."""
    rooms, messages = positions_of(since)
    device.heard = max(device.heard, rooms)
    device.inbox = [(position, told) for position, told in device.inbox if position > messages]


def page(
    world: World, device: Device, room: Room, query: dict[str, str], *, most: int = 1000
) -> Json:
    """Answer ``/messages``: events of a room from a place on, backwards."""
    if query["dir"] != "b":
        raise Refused(400, "M_UNKNOWN", "forwards: not implemented in the double")
    own = room.state.get((MEMBER, device.user))
    if own is None or room.id not in world.account(device.user).rooms:
        raise Refused(403, "M_FORBIDDEN", "not in this room")
    last = world.position if room.membership(device.user) == "join" else own.position
    start = min(position_of(query["from"]), last) if "from" in query else last
    stop = position_of(query["to"]) if "to" in query else 0
    events = room.between(stop, start)
    chunk = events[-min(int(query.get("limit", "10")), most) :][::-1]
    told: Json = {
        "chunk": [shown(world, event, device, in_room=True) for event in chunk],
        "start": query.get("from", f"s{start}"),
    }
    return {**told, "end": f"t{chunk[-1].position - 1}"} if chunk else told
