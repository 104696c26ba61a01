"""When upkeep counts as overdue: with a clock that only the test moves."""

from datetime import UTC, datetime

from bot.runtime.health.upkeep_rounds import OVERDUE_SECONDS, UpkeepRounds

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
LATER = NOON.replace(hour=13)


def test_a_round_that_does_not_end_is_overdue_and_one_that_fails_is_not() -> None:
    now = [0.0]
    rounds = UpkeepRounds(NOON, lambda: now[0])
    assert not rounds.are_overdue()
    now[0] += OVERDUE_SECONDS
    assert not rounds.are_overdue()
    now[0] += 1
    assert rounds.are_overdue()
    rounds.failed()
    assert not rounds.are_overdue()
    assert rounds.succeeded_at == NOON
    now[0] += OVERDUE_SECONDS + 1
    assert rounds.are_overdue()
    rounds.succeeded(LATER)
    assert not rounds.are_overdue()
    assert rounds.succeeded_at == LATER
