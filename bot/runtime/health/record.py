"""The state of a running bot as its operator may see it: no account, no name, times to the minute.

What is recorded is written by the bot and read by ``holdfast status``, as JSON.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

VERSION = 1
MINUTE = "%Y-%m-%dT%H:%MZ"


class HealthUnreadable(Exception):
    """Raised for a record that is damaged, or of a later version; the message says nothing."""


@dataclass(frozen=True, slots=True)
class PlatformHealth:
    """How the bot's connection to one platform is."""

    title: str
    """The platform's name as people write it."""
    connected: bool
    since: datetime
    """When it was first seen like this."""
    problem: str = ""
    """Tells the operator what is wrong and what to do about it; empty if nothing is known."""


@dataclass(frozen=True, slots=True)
class WaitingMessages:
    """How many messages have come in and are not handled yet, and how old the oldest is."""

    count: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the bot at one minute."""

    started: datetime
    recorded: datetime
    upkeep: datetime
    """When upkeep last succeeded."""
    platforms: tuple[PlatformHealth, ...] = ()
    waiting: WaitingMessages = WaitingMessages()
    ended: datetime | None = None
    """When the bot ended as it was told to; None while it runs, and after a crash."""


def to_minute(moment: datetime) -> datetime:
    """Cut a time to the minute: finer times would betray who wrote when."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def encode_health(health: Health) -> bytes:
    """Encode a record."""
    values = {
        "version": VERSION,
        "started": _text(health.started),
        "recorded": _text(health.recorded),
        "upkeep": _text(health.upkeep),
        "ended": _text(health.ended),
        "waiting": {"count": health.waiting.count, "oldest": _text(health.waiting.oldest)},
        "platforms": [
            {
                "title": each.title,
                "connected": each.connected,
                "since": _text(each.since),
                "problem": each.problem,
            }
            for each in health.platforms
        ],
    }
    return json.dumps(values, indent=1, ensure_ascii=False).encode() + b"\n"


def decode_health(data: bytes) -> Health:
    """Decode a record; raise ``HealthUnreadable``."""
    try:
        values = json.loads(data)
        if values["version"] != VERSION:
            raise HealthUnreadable
        waiting = values["waiting"]
        return Health(
            _moment(values["started"]),
            _moment(values["recorded"]),
            _moment(values["upkeep"]),
            tuple(_platform(each) for each in values["platforms"]),
            WaitingMessages(int(waiting["count"]), _moment_or_none(waiting["oldest"])),
            _moment_or_none(values["ended"]),
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise HealthUnreadable from error


def _platform(values: Mapping[str, Any]) -> PlatformHealth:
    return PlatformHealth(
        str(values["title"]),
        values["connected"] is True,
        _moment(values["since"]),
        str(values["problem"]),
    )


def _text(moment: datetime | None) -> str | None:
    return to_minute(moment).strftime(MINUTE) if moment else None


def _moment(text: str) -> datetime:
    return datetime.strptime(text, MINUTE).replace(tzinfo=UTC)


def _moment_or_none(text: str | None) -> datetime | None:
    return None if text is None else _moment(text)
