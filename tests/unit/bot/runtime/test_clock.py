from datetime import UTC, datetime, timedelta

from bot.runtime.clock import system_clock


def test_it_is_now_and_says_so_in_utc() -> None:
    now = system_clock()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
