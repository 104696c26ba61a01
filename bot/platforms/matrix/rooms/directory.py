"""The rooms that the bot is in, and which of them are a talk: encrypted, with exactly two people.

Only what that needs is remembered, and only in memory: at each start the server is asked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from bot.platforms.matrix.http_client import Json

MEMBER = "m.room.member"
ENCRYPTION = "m.room.encryption"
INSIDE = frozenset({"join", "invite"})
STATE = (MEMBER, ENCRYPTION)
"""The state that is asked for; names, topics and pictures are nobody's business."""


class RoomSuitability(Enum):
    """What a room is good for."""

    TALK = "talk"
    UNKNOWN = "unknown"
    """The server has not said yet who is in it."""
    EMPTY = "empty"
    OPEN = "open"
    """Not encrypted."""
    CROWD = "crowd"
    """More than two people, or invitations to more."""
    WAITING = "waiting"
    """The other one is only invited so far."""


@dataclass(slots=True)
class Room:
    """One room; ``members`` are those inside or invited."""

    id: str = field(repr=False)
    own: str = field(repr=False)
    encrypted: bool = False
    members: dict[str, str] = field(default_factory=dict, repr=False)
    met: set[str] = field(default_factory=set, repr=False)
    """Everybody else who was ever inside: what is known of them goes with the room."""
    moved: float = 0.0
    """When something last happened here, by the monotonic clock."""
    newest: bool = False
    """Its partner wrote here last, and not in another room."""

    def apply(self, event: Json) -> bool:
        """A state event; whether who can read here is different now.

        What was encrypted once stays so, whatever the server says later.
        """
        content = event.get("content")
        content = content if isinstance(content, dict) else {}
        if event.get("type") == ENCRYPTION:
            self.encrypted = self.encrypted or bool(content.get("algorithm"))
            return False
        if event.get("type") != MEMBER or not isinstance(event.get("state_key"), str):
            return False
        return self._member(event["state_key"], content.get("membership"))

    def _member(self, user: str, membership: Any) -> bool:
        before = self.members.get(user)
        if isinstance(membership, str) and membership in INSIDE:
            self.members[user] = membership
            self.met.update({user} - {self.own})
        else:
            self.members.pop(user, None)
        return (before is None) != (user not in self.members)

    @property
    def others(self) -> list[str]:
        """Everybody else."""
        return [user for user in self.members if user != self.own]

    @property
    def partner(self) -> str:
        """The one other person; empty if it is not exactly one."""
        others = self.others
        return others[0] if len(others) == 1 else ""

    def fit(self) -> RoomSuitability:
        """What it is good for now."""
        if self.own not in self.members:
            return RoomSuitability.UNKNOWN
        if not self.others:
            return RoomSuitability.EMPTY
        if len(self.others) > 1:
            return RoomSuitability.CROWD
        if not self.encrypted:
            return RoomSuitability.OPEN
        return (
            RoomSuitability.TALK
            if self.members[self.partner] == "join"
            else RoomSuitability.WAITING
        )


@dataclass(slots=True)
class RoomDirectory:
    """All of them, by their ids."""

    own: str = field(repr=False)
    by_id: dict[str, Room] = field(default_factory=dict, repr=False)
    surveyed: bool = False
    """The server has said where the bot is; before that, nobody is known to be gone."""

    def __iter__(self) -> Iterator[Room]:
        return iter(list(self.by_id.values()))

    def get(self, room: str) -> Room | None:
        """The room, if the bot is in it."""
        return self.by_id.get(room)

    def joined(self, room: str) -> Room:
        """The room, from now on."""
        return self.by_id.setdefault(room, Room(room, self.own))

    def left(self, room: str) -> Room | None:
        """Not any more."""
        return self.by_id.pop(room, None)

    def of(self, user: str) -> list[Room]:
        """The talks with this account, the one in which something last happened first."""
        found = [r for r in self if r.partner == user and r.fit() is RoomSuitability.TALK]
        return sorted(found, key=lambda room: room.moved, reverse=True)

    def wrote_in(self, room: Room) -> None:
        """The partner wrote there, and in no other room since."""
        for other in self:
            other.newest = other is room or (other.newest and other.partner != room.partner)

    def shares(self, user: str) -> bool:
        """Whether the account is in any room with the bot."""
        return any(user in room.members for room in self)


def state_of(room: Json) -> Iterable[Json]:
    """The state events of a room in a sync, in order: those before the timeline, those in it."""
    before = room.get("state", {}).get("events", [])
    within = room.get("timeline", {}).get("events", [])
    return [e for e in (*before, *within) if isinstance(e, dict) and "state_key" in e]
