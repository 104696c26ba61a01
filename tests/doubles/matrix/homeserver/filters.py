"""Filters of events (client-server API, "Filtering"), as far as anybody here uses them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.doubles.matrix.homeserver.shapes import Json, ListOf, Maybe, differences
from tests.doubles.matrix.homeserver.world import Event

DEFAULT_LIMIT = 10
NAMES = Maybe(ListOf(str))
EVENTS: Mapping[str, Any] = {
    "types": NAMES,
    "not_types": NAMES,
    "senders": NAMES,
    "not_senders": NAMES,
    "limit": Maybe(int),
}
SHAPE: Mapping[str, Any] = {
    "presence": Maybe(EVENTS),
    "account_data": Maybe(EVENTS),
    "room": Maybe(
        {
            "timeline": Maybe(EVENTS),
            "state": Maybe(EVENTS),
            "ephemeral": Maybe(EVENTS),
            "account_data": Maybe(EVENTS),
        }
    ),
}


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted of a room; None allows all."""

    types: frozenset[str] | None = None
    not_types: frozenset[str] = frozenset()
    senders: frozenset[str] | None = None
    not_senders: frozenset[str] = frozenset()
    limit: int = DEFAULT_LIMIT

    def takes(self, event: Event) -> bool:
        """Say whether an event is wanted."""
        if event.type in self.not_types or event.sender in self.not_senders:
            return False
        if self.types is not None and event.type not in self.types:
            return False
        return self.senders is None or event.sender in self.senders


@dataclass(frozen=True, slots=True)
class SyncFilter:
    """What is wanted of the rooms in a sync."""

    timeline: EventFilter = field(default_factory=EventFilter)
    state: EventFilter = field(default_factory=EventFilter)


@cache
def parse_filter(text: str) -> tuple[SyncFilter, tuple[str, ...]]:
    """Read a filter that stands in the query, and say what the specification does not know."""
    if not text:
        return SyncFilter(), ()
    if not text.startswith("{"):
        return SyncFilter(), ("a filter that was stored before: not implemented in the double",)
    try:
        value = json.loads(text)
    except ValueError:
        return SyncFilter(), ("the filter is no JSON",)
    wrong = tuple(differences(value, SHAPE, "filter"))
    room = {} if wrong else value.get("room", {})
    return SyncFilter(_events(room.get("timeline", {})), _events(room.get("state", {}))), wrong


def _events(value: Json) -> EventFilter:
    named = {
        name: frozenset(value[name])
        for name in ("types", "not_types", "senders", "not_senders")
        if name in value
    }
    return EventFilter(**named, limit=value.get("limit", DEFAULT_LIMIT))
