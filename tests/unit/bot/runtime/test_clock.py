from datetime import UTC, datetime, timedelta

from bot.runtime.clock import system_clock


def test_the_clock_returns_the_current_time_in_utc() -> None:
    now = system_clock()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
