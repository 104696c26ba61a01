"""What a homeserver knows: accounts, devices, rooms, and everything that happened, in order."""

import base64
import secrets
import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.doubles.matrix.homeserver.shapes import Json
from tests.doubles.telegram.world import Pulse

SERVER_NAME = "holdfast.test"
MEMBER, ENCRYPTION, POWER = "m.room.member", "m.room.encryption", "m.room.power_levels"
REDACTION = "m.room.redaction"


class Refused(Exception):
    """A request that is answered with an error of the specification."""

    def __init__(self, status: int, code: str, error: str = "", **more: object) -> None:
        super().__init__(f"{status} {code}: {error}")
        self.status, self.code = status, code
        self.body: Json = {"errcode": code, "error": error, **more} if code else more


@dataclass(slots=True, eq=False)
class Event:
    """Something that happened in a room; ``before`` is the state that it replaced."""

    position: int
    id: str
    room: str
    type: str
    sender: str
    content: Json = field(repr=False)
    at: int
    """Milliseconds since 1970."""
    state_key: str | None = None
    before: "Event | None" = field(default=None, repr=False)
    redacted_by: "Event | None" = field(default=None, repr=False)
    redacts: str = ""
    device: "Device | None" = field(default=None, repr=False)
    """The device that sent it, which is shown its ``transaction``."""
    transaction: str = ""

    def at_position(self, position: int) -> "Event | None":
        """Return what this state was when the server had come so far."""
        found: Event | None = self
        while found is not None and found.position > position:
            found = found.before
        return found


@dataclass(slots=True, eq=False)
class Room:
    """A room; its events are in order."""

    id: str
    events: list[Event] = field(default_factory=list, repr=False)
    state: dict[tuple[str, str], Event] = field(default_factory=dict, repr=False)

    @property
    def last(self) -> int:
        """The position of what happened last."""
        return self.events[-1].position if self.events else 0

    def membership(self, user: str) -> str:
        """Say how somebody is in the room now."""
        event = self.state.get((MEMBER, user))
        return str(event.content.get("membership")) if event else "leave"

    def membership_at(self, user: str, position: int) -> str:
        """Say how somebody was in the room then."""
        now = self.state.get((MEMBER, user))
        event = now.at_position(position) if now else None
        return str(event.content.get("membership")) if event else "leave"

    def members(self, *memberships: str) -> list[str]:
        """Return who is in the room in one of these ways."""
        return [
            key
            for (kind, key), event in self.state.items()
            if kind == MEMBER and event.content.get("membership") in memberships
        ]

    def state_at(self, position: int) -> Iterator[Event]:
        """Return the state when the server had come so far."""
        found = (event.at_position(position) for event in self.state.values())
        return (event for event in found if event is not None)

    def between(self, after: int, until: int) -> list[Event]:
        """Return what happened after one position, until another one."""
        first, last = (bisect_right(self.events, p, key=_position) for p in (after, until))
        return self.events[first:last]

    def power(self, user: str) -> int:
        """Return the power of somebody."""
        levels = self.state[POWER, ""].content
        return int(levels["users"].get(user, levels["users_default"]))

    def needed(self, what: str, kind: str = "") -> int:
        """Return the power that something needs: ``redact``, or a type of state."""
        levels = self.state[POWER, ""].content
        return int(levels["events"].get(kind, levels[what]))


@dataclass(slots=True, eq=False)
class Device:
    """A device of an account, and what waits for it."""

    user: str
    id: str
    token: str = field(repr=False)
    name: str = ""
    keys: Json = field(default_factory=dict, repr=False)
    one_time: dict[str, Json] = field(default_factory=dict, repr=False)
    fallback: dict[str, Json] = field(default_factory=dict, repr=False)
    fallback_used: bool = False
    inbox: list[tuple[int, Json]] = field(default_factory=list, repr=False)
    """To-device messages that no sync has acknowledged yet."""
    heard: int = 0
    """The position from which it asked last: everything before has arrived."""
    transactions: dict[str, Json] = field(default_factory=dict, repr=False)
    """What was answered to requests that may be repeated."""


@dataclass(slots=True, eq=False)
class Account:
    """Somebody on the server."""

    id: str
    password: str = field(repr=False)
    devices: dict[str, Device] = field(default_factory=dict, repr=False)
    identity: dict[str, Json] = field(default_factory=dict, repr=False)
    """``master_key``, ``self_signing_key``, ``user_signing_key``."""
    rooms: dict[str, Room] = field(default_factory=dict, repr=False)
    """Every room in which they are or were, unless it is forgotten."""
    pulse: Pulse = field(default_factory=Pulse, repr=False)


@dataclass(slots=True)
class World:
    """All of it."""

    position: int = 1
    accounts: dict[str, Account] = field(default_factory=dict, repr=False)
    tokens: dict[str, Device] = field(default_factory=dict, repr=False)
    rooms: dict[str, Room] = field(default_factory=dict, repr=False)
    events: dict[str, Event] = field(default_factory=dict, repr=False)
    changed: list[tuple[int, str]] = field(default_factory=list, repr=False)
    """Whose devices changed, and when."""
    media: dict[str, bytes] = field(default_factory=dict, repr=False)
    withheld: dict[str, list[Event]] = field(default_factory=dict, repr=False)
    """By room, what was written there and is delivered to nobody for now."""
    sessions: set[str] = field(default_factory=set, repr=False)
    """Of authentications that want the password."""

    def step(self) -> int:
        """Go on by one position."""
        self.position += 1
        return self.position

    def account(self, user: str) -> Account:
        """Return an account; refuse if there is none."""
        if user not in self.accounts:
            raise Refused(404, "M_NOT_FOUND", "no such account")
        return self.accounts[user]

    def add_account(self, name: str, password: str) -> Account:
        """Make an account."""
        user = f"@{name}:{SERVER_NAME}"
        assert user not in self.accounts, "each account is made once"
        return self.accounts.setdefault(user, Account(user, password))

    def log_in(self, account: Account, device_id: str = "", name: str = "") -> Device:
        """Give an account a new token, for a new device unless one is named."""
        known = account.devices.get(device_id)
        token = f"token_{secrets.token_hex(12)}"
        if known is None:
            made = Device(account.id, device_id or secrets.token_hex(5).upper(), token, name)
            known = account.devices.setdefault(made.id, made)
            self.note_devices(account.id)
        else:
            known.token = token  # an earlier one stays valid, as at Synapse
        self.tokens[token] = known
        return known

    def log_out(self, device: Device) -> None:
        """Remove a device."""
        self.tokens = {t: other for t, other in self.tokens.items() if other is not device}
        del self.account(device.user).devices[device.id]
        self.note_devices(device.user)

    def note_devices(self, user: str) -> None:
        """Have everybody told that somebody's devices or identity changed."""
        self.changed.append((self.step(), user))
        account = self.account(user)
        account.pulse.ring()
        for room in account.rooms.values():
            for other in room.members("join"):
                self.accounts[other].pulse.ring()

    def room(self, room_id: str) -> Room:
        """Return a room; refuse if there is none."""
        if room_id not in self.rooms:
            raise Refused(403, "M_FORBIDDEN", "not in this room")
        return self.rooms[room_id]

    def add_event(
        self, room: Room, sender: str, kind: str, content: Json, state_key: str | None = None
    ) -> Event:
        """Have something happen in a room, and wake those who are in it."""
        event = Event(
            self.step(), new_id("$"), room.id, kind, sender, content, millis(), state_key
        )
        if state_key is None and room.id in self.withheld:
            self.withheld[room.id].append(event)
            return event
        if state_key is not None:
            event.before = room.state.get((kind, state_key))
            room.state[kind, state_key] = event
            if kind == MEMBER:
                self.account(state_key).rooms[room.id] = room
                self.accounts[state_key].pulse.ring()
        self._append(room, event)
        return event

    def deliver(self, room: Room, event: Event) -> None:
        """Have something happen now that was withheld."""
        event.position = self.step()
        self._append(room, event)

    def _append(self, room: Room, event: Event) -> None:
        room.events.append(event)
        self.events[event.id] = event
        for user in room.members("join"):
            self.accounts[user].pulse.ring()

    def put(self, device: Device, message: Json) -> None:
        """Have a to-device message wait for a device."""
        device.inbox.append((self.step(), message))
        self.accounts[device.user].pulse.ring()

    def share_room(self, one: str, other: str) -> bool:
        """Say whether two accounts are in any room together."""
        rooms = self.account(one).rooms.values()
        return any(
            room.membership(one) == "join" and room.membership(other) in {"join", "invite"}
            for room in rooms
        )

    def unheard(self, user: str) -> int:
        """Count the events of all rooms of an account that no sync of its has acknowledged."""
        account = self.account(user)
        heard = max(device.heard for device in account.devices.values())
        fresh = (room for room in account.rooms.values() if room.last > heard)
        return sum(len(room.between(heard, self.position)) for room in fresh)

    def undelivered(self, user: str) -> int:
        """Count the to-device messages that no sync of an account has acknowledged."""
        return sum(len(device.inbox) for device in self.account(user).devices.values())


def millis() -> int:
    """Return the time as the server writes it."""
    return int(time.time() * 1000)


def new_id(sigil: str) -> str:
    """Return an id as rooms of newer versions and their events have it."""
    return sigil + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")


def _position(event: Event) -> int:
    return event.position
