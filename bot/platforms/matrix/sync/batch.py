"""Read the answer to a sync into values that the other modules can rely on.

Servers, and through them people, can put anything anywhere in it (client-server API, "Syncing").
What is malformed is left out here, so that none of it stops the loop or hides other messages.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.matrix.crypto.one_time_keys import KeyCounts, key_counts
from bot.platforms.matrix.events import is_id
from bot.platforms.matrix.http_client import Json, ServerUnreachable
from bot.platforms.matrix.rooms.directory import MEMBER


@dataclass(frozen=True, slots=True)
class JoinedRoom:
    """A room that the bot is in, as a batch shows it."""

    state: tuple[Json, ...] = field(default=(), repr=False)
    timeline: tuple[Json, ...] = field(default=(), repr=False)
    limited: bool = False
    """Earlier events were left out; ``prev_batch`` leads to them."""
    prev_batch: str = field(default="", repr=False)

    def state_events(self) -> Iterator[Json]:
        """Yield the state events in order: those before the timeline, then those in it."""
        return (event for event in (*self.state, *self.timeline) if "state_key" in event)

    def is_entered_by(self, user: str) -> bool:
        """Return whether this account came into the room, by an invitation, in this batch.

        The account's own join is left out of a filtered timeline, and may be in the state only.
        """
        own = (e for e in self.state_events() if e["type"] == MEMBER and e["state_key"] == user)
        return any("invite" in memberships_of(event) for event in own)

    def departed(self, own: str) -> str:
        """Return the one other account that was in the room and left it in this batch."""
        members = (e for e in self.state_events() if e["type"] == MEMBER)
        gone = {
            event["state_key"]
            for event in members
            if isinstance(event["state_key"], str)
            and memberships_of(event) in [("leave", "join"), ("ban", "join")]
        } - {own}
        return gone.pop() if len(gone) == 1 else ""


@dataclass(slots=True)
class SyncBatch:
    """One batch; rooms are keyed by their ids, invited ones with their stripped state."""

    next_batch: str = field(repr=False)
    to_device: tuple[Json, ...] = field(default=(), repr=False)
    changed_devices: tuple[str, ...] = field(default=(), repr=False)
    """Accounts whose devices changed."""
    key_counts: KeyCounts = field(default_factory=KeyCounts)
    joined: dict[str, JoinedRoom] = field(default_factory=dict, repr=False)
    invited: dict[str, tuple[Json, ...]] = field(default_factory=dict, repr=False)
    left: tuple[str, ...] = field(default=(), repr=False)

    def take_to_device(self) -> tuple[Json, ...]:
        """Return the to-device events once: a batch that is handled again brings none."""
        events, self.to_device = self.to_device, ()
        return events


def parse_batch(answer: Json) -> SyncBatch:
    """Parse an answer, dropping what is malformed.

    Raises ``ServerUnreachable`` if ``next_batch`` is missing.
    """
    next_batch = answer.get("next_batch")
    if not isinstance(next_batch, str) or not next_batch:
        raise ServerUnreachable("A sync came without a place to go on from.")
    rooms = as_object(answer.get("rooms"))
    changed = as_object(answer.get("device_lists")).get("changed")
    return SyncBatch(
        next_batch=next_batch,
        to_device=events_of(answer.get("to_device")),
        changed_devices=tuple(
            user
            for user in (changed if isinstance(changed, list) else ())
            if isinstance(user, str)
        ),
        key_counts=key_counts(answer),
        joined={room_id: _joined(room) for room_id, room in _rooms(rooms.get("join"))},
        invited={
            room_id: events_of(room.get("invite_state"))
            for room_id, room in _rooms(rooms.get("invite"))
        },
        left=tuple(room_id for room_id, _ in _rooms(rooms.get("leave"))),
    )


def as_object(value: Any) -> Json:
    """Return the value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def memberships_of(event: Json) -> tuple[Any, Any]:
    """Return the membership that an event sets, and the one before it if the server says it."""
    before = as_object(as_object(event.get("unsigned")).get("prev_content"))
    return event["content"].get("membership"), before.get("membership")


def events_of(section: Any) -> tuple[Json, ...]:
    """Return the well-formed events of a section of a sync."""
    listed = as_object(section).get("events")
    return tuple(e for e in (listed if isinstance(listed, list) else ()) if is_event(e))


def is_event(value: Any) -> bool:
    """Return whether the value has the type, sender and content of an event."""
    if not isinstance(value, dict) or not isinstance(value.get("content"), dict):
        return False
    return isinstance(value.get("type"), str) and isinstance(value.get("sender"), str)


def _rooms(value: Any) -> list[tuple[str, Json]]:
    """Return the rooms whose names are ids: others could not be stored, nor asked for."""
    rooms = as_object(value).items()
    return [(name, room) for name, room in rooms if is_id(name) and isinstance(room, dict)]


def _joined(room: Json) -> JoinedRoom:
    timeline = as_object(room.get("timeline"))
    prev_batch = timeline.get("prev_batch")
    return JoinedRoom(
        state=events_of(room.get("state")),
        timeline=events_of(timeline),
        limited=bool(timeline.get("limited")),
        prev_batch=prev_batch if isinstance(prev_batch, str) else "",
    )
