"""Keep the rooms that the bot is in, and tell which of them are conversations.

A conversation is an encrypted room with exactly two people. Only what that needs is kept, and only
in memory: the server is asked again at each start.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from bot.platforms.matrix.events import is_id
from bot.platforms.matrix.http_client import Json

MEMBER = "m.room.member"
ENCRYPTION = "m.room.encryption"
INSIDE = frozenset({"join", "invite"})
STATE_TYPES = (MEMBER, ENCRYPTION)
"""The types of state that the bot asks for; it needs no names, topics or pictures."""


class RoomSuitability(Enum):
    """The reasons why a room is, or is not, a conversation."""

    CONVERSATION = "conversation"
    UNKNOWN = "unknown"
    """The server has not said yet who is in the room."""
    EMPTY = "empty"
    """Nobody else is there, or only somebody whose name is no id and could not be stored."""
    UNENCRYPTED = "unencrypted"
    CROWDED = "crowded"
    """More than two people are in the room or invited."""
    PARTNER_INVITED = "partner-invited"
    """The other person has not joined yet."""


@dataclass(slots=True)
class Room:
    """A room; ``members`` are the people who joined or are invited, with their membership."""

    id: str = field(repr=False)
    own: str = field(repr=False)
    encrypted: bool = False
    members: dict[str, str] = field(default_factory=dict, repr=False)
    past_members: set[str] = field(default_factory=set, repr=False)
    """Everybody else who was ever a member: what is stored of them goes with the room."""
    departed: set[str] = field(default_factory=set, repr=False)
    """Everybody else who went out of it, as far as the server says."""
    last_activity: float = 0.0
    """When something last happened here, in seconds of the monotonic clock."""
    is_latest: bool = False
    """The partner wrote here last, and in no other room since."""

    def apply(self, event: Json) -> bool:
        """Apply a state event; return whether the set of people who can read has changed.

        Encryption stays on once it was on, whatever the server says later.
        """
        content = event.get("content")
        content = content if isinstance(content, dict) else {}
        if event.get("type") == ENCRYPTION:
            self.encrypted = self.encrypted or bool(content.get("algorithm"))
            return False
        if event.get("type") != MEMBER or not isinstance(event.get("state_key"), str):
            return False
        return self._set_membership(event["state_key"], content.get("membership"))

    def _set_membership(self, user: str, membership: Any) -> bool:
        before = self.members.get(user)
        if isinstance(membership, str) and membership in INSIDE:
            self.members[user] = membership
            self.departed.discard(user)
            self.past_members.update({user} - {self.own})
        else:
            self.members.pop(user, None)
            self.departed.update({user} - {self.own})
        return (before is None) != (user not in self.members)

    @property
    def others(self) -> list[str]:
        """All members except the bot."""
        return [user for user in self.members if user != self.own]

    @property
    def partner(self) -> str:
        """The one other member; empty if there is not exactly one."""
        others = self.others
        return others[0] if len(others) == 1 else ""

    @property
    def last_partner(self) -> str:
        """The one other account that was ever here, if it is gone; else empty."""
        return next(iter(self.departed)) if len(self.departed) == 1 and not self.others else ""

    def suitability(self) -> RoomSuitability:
        """Judge the room as it is now."""
        if self.own not in self.members:
            return RoomSuitability.UNKNOWN
        if not self.others:
            return RoomSuitability.EMPTY
        if len(self.others) > 1:
            return RoomSuitability.CROWDED
        if not is_id(self.partner):
            return RoomSuitability.EMPTY
        if not self.encrypted:
            return RoomSuitability.UNENCRYPTED
        return (
            RoomSuitability.CONVERSATION
            if self.members[self.partner] == "join"
            else RoomSuitability.PARTNER_INVITED
        )


@dataclass(slots=True)
class RoomDirectory:
    """Hold all rooms by their ids."""

    own: str = field(repr=False)
    by_id: dict[str, Room] = field(default_factory=dict, repr=False)
    complete: bool = False
    """The server has listed all rooms; before that, no recipient counts as gone."""

    def __iter__(self) -> Iterator[Room]:
        return iter(list(self.by_id.values()))

    def get(self, room_id: str) -> Room | None:
        """Return the room; None if the bot is not in it."""
        return self.by_id.get(room_id)

    def add(self, room_id: str) -> Room:
        """Return the room, new if it was not in the directory."""
        return self.by_id.setdefault(room_id, Room(room_id, self.own))

    def remove(self, room_id: str) -> Room | None:
        """Remove the room and return it, if it was there."""
        return self.by_id.pop(room_id, None)

    def conversations_with(self, user: str) -> list[Room]:
        """Return the conversations with this account, the most recently active first."""
        found = [
            room
            for room in self
            if room.partner == user and room.suitability() is RoomSuitability.CONVERSATION
        ]
        return sorted(found, key=lambda room: room.last_activity, reverse=True)

    def set_latest(self, room: Room) -> None:
        """Note that the partner wrote in this room last."""
        for other in self:
            other.is_latest = other is room or (other.is_latest and other.partner != room.partner)

    def strangers(self, users: Iterable[str]) -> frozenset[str]:
        """Return those of these accounts that are in no room with the bot.

        Each room is visited once, however many accounts are asked for: a room can have thousands.
        """
        left = set(users)
        for room in self.by_id.values():
            left.difference_update(room.members)
        return frozenset(left)
