"""Events and gaps as they wait in the inbox; an event is stored as it came, still encrypted."""

import json
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.matrix.events import RoomEvent, parse_event
from bot.platforms.stored_messages import decode_message
from handlers.messages import IncomingMessage
from store.crypto import cbor
from store.model.errors import Unreadable
from store.model.inbox import WaitingMessage

EVENT, GAP = "event", "gap"
KEPT = ("event_id", "sender", "type", "content", "origin_server_ts")
"""What handling an event needs of it."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event of a room."""

    room_id: str = field(repr=False)
    event: RoomEvent = field(repr=False)
    came: int = field(default=0, compare=False)
    """When the bot heard it, in seconds since 1970; 0 if that is not known."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Events of a room that a batch left out: those before ``start``, back to ``end``."""

    room_id: str = field(repr=False)
    partner: str = field(repr=False)
    start: str = field(repr=False)
    end: str = field(repr=False)
    """Where the batch before ended; empty in a room that was new, which is read back to the bot's
    invitation."""
    came: int = field(default=0, compare=False)
    """When the bot heard of it, in seconds since 1970; 0 if that is not known."""


Stored = StoredEvent | Gap | IncomingMessage


def encode_event(stored: StoredEvent) -> bytes:
    """Encode an event for its row of the inbox."""
    source = {name: stored.event.source[name] for name in KEPT}
    fields: dict[str, cbor.Value] = {
        "v": cbor.VERSION,
        "k": EVENT,
        "r": stored.room_id,
        "j": json.dumps(source).encode(),
        "a": stored.came,
    }
    return cbor.encode(fields)


def encode_gap(gap: Gap) -> bytes:
    """Encode a gap for its row of the inbox."""
    fields: dict[str, cbor.Value] = {
        "v": cbor.VERSION,
        "k": GAP,
        "r": gap.room_id,
        "n": gap.partner,
        "f": gap.start,
        "t": gap.end,
        "a": gap.came,
    }
    return cbor.encode(fields)


def gap_name(gap: Gap) -> str:
    """Name a gap as if it were a message, so that one that is heard of twice counts once."""
    return f"gap {gap.room_id} {gap.start}"


def decode_stored(waiting: WaitingMessage) -> Stored:
    """Decode a row; raise ``Unreadable`` if it is none of ours."""
    fields: dict[str, Any] = dict(cbor.decode_map(waiting.content, "A waiting event"))
    match fields["k"]:
        case "event":
            event = parse_event(json.loads(fields["j"]))
            if event is None:
                raise Unreadable
            return StoredEvent(fields["r"], event, fields.get("a", 0))
        case "gap":
            return Gap(fields["r"], fields["n"], fields["f"], fields["t"], fields.get("a", 0))
        case _:
            return decode_message(waiting)
