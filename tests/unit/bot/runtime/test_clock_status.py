"""The operator hears once that the machine's clock is not believed, and when it is again."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.runtime.clock_status import BELIEVED, ClockStatus
from store.steady_clock import SteadyClock

START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_a_jump_is_said_once_and_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    now, reported = [START], list[str]()
    status = ClockStatus(SteadyClock(lambda: now[0], lambda: 0.0, None), reported.append)
    status.report()
    assert reported == []
    with caplog.at_level(logging.INFO):
        now[0] += timedelta(days=3)
        status.report()
        status.report()
        now[0] = START
        status.report()
    doubted, believed = reported
    assert (
        "says 2026-11-26 09:30 UTC; by what the bot has seen of time it is 2026-11-23" in doubted
    )
    assert "holdfast clock --confirm" in doubted
    assert believed == BELIEVED
    assert [r.args for r in caplog.records] == [("clock-doubted",), ("clock-believed",)]
