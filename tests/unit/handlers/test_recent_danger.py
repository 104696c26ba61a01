"""Help lines that nobody asked for come once in a burst, and others always."""

from datetime import UTC, datetime, timedelta

from handlers.outcome import say
from handlers.recent_danger import BURST, DANGER, RecentDanger
from store.model.accounts import Account

NOW = datetime(2026, 11, 29, tzinfo=UTC)
ROBIN, OAK = Account("terminal", "robin", ""), Account("terminal", "oak", "")
ASKED = say("HELP_LINES")


def test_a_burst_is_answered_once() -> None:
    recent = RecentDanger()
    assert recent.without_repetition(ROBIN, (DANGER,), NOW) == (DANGER,)
    assert recent.without_repetition(ROBIN, (DANGER,), NOW + BURST / 2) == ()
    assert recent.without_repetition(OAK, (DANGER,), NOW) == (DANGER,)


def test_later_it_comes_again() -> None:
    recent = RecentDanger()
    recent.without_repetition(ROBIN, (DANGER,), NOW)
    assert recent.without_repetition(ROBIN, (DANGER,), NOW + BURST) == (DANGER,)


def test_help_that_is_asked_for_always_comes() -> None:
    recent = RecentDanger()
    for _ in range(3):
        assert recent.without_repetition(ROBIN, (ASKED,), NOW) == (ASKED,)


def test_a_clock_that_goes_back_silences_nobody() -> None:
    recent = RecentDanger()
    recent.without_repetition(ROBIN, (DANGER,), NOW)
    before = NOW - timedelta(hours=2)
    assert recent.without_repetition(ROBIN, (DANGER,), before) == (DANGER,)


def test_nobody_is_remembered_for_longer() -> None:
    recent = RecentDanger()
    recent.without_repetition(ROBIN, (DANGER,), NOW)
    recent.without_repetition(OAK, (), NOW + BURST)
    assert len(recent.shown) == 0
