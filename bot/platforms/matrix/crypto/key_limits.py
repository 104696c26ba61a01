"""Find the keys that are too many: anybody can send any number, also to rooms of others.

The keys of devices of people who share a room with the bot go last, so that nobody can push out
those of somebody else from a server full of made-up devices.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

MOST_OF_A_DEVICE = 100
"""Keys that one device has shared for one room, the newest; each opens a hundred messages."""
MOST_UNKNOWN_OF_A_ROOM = 100
"""Devices of nobody who is known whose keys are kept for one room, the newest."""
MOST_UNKNOWN = 10_000
"""Devices of nobody who is known with which sessions are kept, those that were used last."""

Keys = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Keys by room, by the device that shared them and by their own ids, the oldest first."""


def excess_keys(keys: Keys, known: Collection[str]) -> list[tuple[str, str, str]]:
    """Return room, device and id of each key that is too many; ``known`` are devices."""
    found = list[tuple[str, str, str]]()
    for room_id, by_device in keys.items():
        unknown = [device for device in by_device if device not in known]
        dropped = set(unknown[:-MOST_UNKNOWN_OF_A_ROOM])
        for device, by_id in by_device.items():
            excess = list(by_id) if device in dropped else list(by_id)[:-MOST_OF_A_DEVICE]
            found += ((room_id, device, session_id) for session_id in excess)
    return found


def excess_devices(sessions: Mapping[str, Sequence[Any]], known: Collection[str]) -> list[str]:
    """Return the devices whose sessions are too many; ``known`` are those that go last."""
    unknown = [device for device in sessions if device not in known]
    used = sorted(unknown, key=lambda device: max(s.use_time for s in sessions[device]))
    return used[:-MOST_UNKNOWN]
