"""What a sync brings, in the form that the rest relies on (client-server API, "Syncing").

Servers, and through them people, can put anything anywhere. What has not the right form is left
out here, so that nothing of it stops the loop or takes others' messages along.
"""

from typing import Any

from bot.platforms.matrix.http_client import Json, ServerUnreachable

COUNTS, UNUSED = "device_one_time_keys_count", "device_unused_fallback_key_types"


def sound(said: Json) -> Json:
    """Drop what is malformed; raise ``ServerUnreachable`` if ``next_batch`` is missing."""
    place = said.get("next_batch")
    if not isinstance(place, str) or not place:
        raise ServerUnreachable("A sync came without a place to go on from.")
    rooms = mapping(said.get("rooms"))
    return {
        "next_batch": place,
        "to_device": {"events": events(said.get("to_device"))},
        "device_lists": {"changed": _names(mapping(said.get("device_lists")).get("changed"))},
        **_keys(said),
        "rooms": {
            "join": {name: _joined(shown) for name, shown in _rooms(rooms.get("join"))},
            "invite": {name: _invited(shown) for name, shown in _rooms(rooms.get("invite"))},
            "leave": dict(_rooms(rooms.get("leave"))),
        },
    }


def mapping(value: Any) -> Json:
    """An object; an empty one in the place of anything else."""
    return value if isinstance(value, dict) else {}


def events(of: Any) -> list[Json]:
    """The events of a part of a sync that have at least a type and a content."""
    listed = mapping(of).get("events")
    return [e for e in (listed if isinstance(listed, list) else ()) if is_event(e)]


def is_event(value: Any) -> bool:
    """Whether all that look at it can."""
    if not isinstance(value, dict) or not isinstance(value.get("content"), dict):
        return False
    return isinstance(value.get("type"), str) and isinstance(value.get("sender"), str)


def _rooms(value: Any) -> list[tuple[str, Json]]:
    return [(name, shown) for name, shown in mapping(value).items() if isinstance(shown, dict)]


def _joined(shown: Json) -> Json:
    timeline = mapping(shown.get("timeline"))
    before = timeline.get("prev_batch")
    return {
        "state": {"events": events(shown.get("state"))},
        "timeline": {
            "events": events(timeline),
            "limited": bool(timeline.get("limited")),
            "prev_batch": before if isinstance(before, str) else "",
        },
    }


def _invited(shown: Json) -> Json:
    return {"invite_state": {"events": events(shown.get("invite_state"))}}


def _names(value: Any) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _keys(said: Json) -> Json:
    """How many one-time keys are left, and which fallback keys; only where that is told."""
    found: Json = {}
    if isinstance(said.get(COUNTS), dict):
        told = said[COUNTS].items()
        found[COUNTS] = {k: v for k, v in told if isinstance(v, int)}
    if isinstance(said.get(UNUSED), list):
        found[UNUSED] = _names(said[UNUSED])
    return found
