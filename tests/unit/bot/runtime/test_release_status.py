"""The operator hears once that hand-overs wait for a platform, and on which."""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.runtime.release_status import WAITING, ReleaseStatus
from store.inbox.watermarks import LONGEST_GAP, Watermarks


@dataclass
class Bot:
    """A bot on two platforms, with a clock."""

    now: datetime = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    reported: list[str] = field(default_factory=list)
    status: ReleaseStatus = field(init=False)

    def __post_init__(self) -> None:
        platforms = frozenset({"telegram", "matrix"})
        watermarks = Watermarks(platforms, lambda: self.now)
        self.status = ReleaseStatus(watermarks, self.reported.append)

    def go_on(self, *hearing: str) -> None:
        """Put the clock forward by more than a gap, while some platforms are heard."""
        self.now += LONGEST_GAP + timedelta(seconds=1)
        for platform in hearing:
            mark = self.status.watermarks.of(platform)
            mark.asking()
            mark.caught_up()


def test_it_is_said_once_which_platforms_are_not_heard(caplog: pytest.LogCaptureFixture) -> None:
    bot = Bot()
    with caplog.at_level(logging.INFO):
        bot.go_on("matrix")
        for _ in range(3):
            bot.status.report(waiting=True)
    assert bot.reported == [WAITING.format(platforms="Telegram")]
    assert [record.args for record in caplog.records] == [("releases-wait",)]


def test_nothing_is_said_while_everything_is_heard_or_nothing_waits() -> None:
    bot = Bot()
    bot.status.report(waiting=True)
    bot.go_on("matrix", "telegram")
    bot.status.report(waiting=True)
    bot.go_on()
    bot.status.report(waiting=False)
    assert bot.reported == []


def test_it_is_said_again_when_it_happens_again() -> None:
    bot = Bot()
    bot.go_on()
    bot.status.report(waiting=True)
    bot.go_on("matrix", "telegram")
    bot.status.report(waiting=True)
    bot.status.report(waiting=False)
    bot.go_on("telegram")
    bot.status.report(waiting=True)
    both, one = (WAITING.format(platforms=names) for names in ("Matrix and Telegram", "Matrix"))
    assert bot.reported == [both, one]
