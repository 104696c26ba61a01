"""What is recorded of a running bot, as bytes: read as it was written, and nothing finer."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.runtime.health.record import (
    Health,
    HealthUnreadable,
    PlatformHealth,
    WaitingMessages,
    decode_health,
    encode_health,
    to_minute,
)

MINUTE = datetime(2026, 11, 29, 5, 24, tzinfo=UTC)
HEALTH = Health(
    started=MINUTE,
    recorded=MINUTE + timedelta(minutes=3),
    upkeep=MINUTE + timedelta(minutes=2),
    platforms=(
        PlatformHealth("Telegram", connected=True, since=MINUTE),
        PlatformHealth("Matrix", connected=False, since=MINUTE, problem="Rotter Draht"),
    ),
    waiting=WaitingMessages(3, MINUTE),
)


@pytest.mark.parametrize(
    "health", [HEALTH, Health(MINUTE, MINUTE, MINUTE, ended=MINUTE)], ids=["running", "ended"]
)
def test_a_record_is_read_as_it_was_written(health: Health) -> None:
    assert decode_health(encode_health(health)) == health


def test_times_are_cut_to_the_minute_in_utc() -> None:
    elsewhere = timezone(timedelta(hours=2))
    assert to_minute(datetime(2026, 11, 29, 7, 24, 59, 999, elsewhere)) == MINUTE
    late = MINUTE + timedelta(seconds=59)
    assert decode_health(encode_health(Health(late, late, late, ended=late))).ended == MINUTE


def test_nothing_but_these_values_is_recorded() -> None:
    values = json.loads(encode_health(HEALTH))
    assert values.keys() == {
        *("version", "started", "recorded", "upkeep", "ended", "waiting", "platforms")
    }
    assert values["waiting"].keys() == {"count", "oldest"}
    for platform in values["platforms"]:
        assert platform.keys() == {"title", "connected", "since", "problem"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b"7",
        b'{"version": 2}',
        encode_health(HEALTH)[:-40],
        encode_health(HEALTH).replace(b'"count": 3', b'"count": null'),
        encode_health(HEALTH).replace(b"2026-", b"once-"),
        encode_health(HEALTH).replace(b'"title"', b'"name"'),
        b"[" * 100_000,
    ],
)
def test_what_is_damaged_is_refused(data: bytes) -> None:
    with pytest.raises(HealthUnreadable):
        decode_health(data)
