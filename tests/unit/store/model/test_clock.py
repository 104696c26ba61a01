from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from store.model.clock import (
    day_of,
    hour_of,
    last_week_of_month,
    minute_of,
    month_of_week,
    week_of,
    weeks_later,
)

MOMENTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.sampled_from(
        [UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))]
    ),
)


def test_the_hours_of_the_specification() -> None:
    assert day_of(datetime(2026, 11, 22, 6, tzinfo=UTC)) == 20_779
    assert hour_of(datetime(2026, 11, 22, 6, 59, 59, tzinfo=UTC)) == 20_779 * 24 + 6
    assert minute_of(datetime(1970, 1, 1, 1, 1, 59, tzinfo=UTC)) == 61


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), 202647),
        (datetime(2026, 11, 23, tzinfo=UTC), 202648),
        (datetime(2021, 1, 3, tzinfo=UTC), 202053),
        (datetime(2024, 12, 30, tzinfo=UTC), 202501),
        (datetime(2026, 11, 23, 1, tzinfo=timezone(timedelta(hours=2))), 202647),
    ],
)
def test_weeks_are_iso_weeks_of_utc(moment: datetime, week: int) -> None:
    assert week_of(moment) == week


def test_a_week_later_may_be_another_year() -> None:
    assert weeks_later(datetime(2026, 12, 28, tzinfo=UTC), 7) == 202701


@given(MOMENTS)
def test_days_and_minutes_and_hours_agree(moment: datetime) -> None:
    assert hour_of(moment) == minute_of(moment) // 60
    assert day_of(moment) == hour_of(moment) // 24


@given(MOMENTS)
def test_an_hour_begins_within_an_hour_before(moment: datetime) -> None:
    begun = datetime.fromtimestamp(hour_of(moment) * 3600, tz=UTC)
    assert timedelta(0) <= moment - begun < timedelta(hours=1)


@given(MOMENTS, MOMENTS)
def test_later_is_never_an_earlier_week(one: datetime, two: datetime) -> None:
    assert (week_of(one) <= week_of(two)) or two < one


def test_a_story_ends_with_the_last_day_of_a_month() -> None:
    begun = datetime(2026, 11, 29, 23, 59, tzinfo=UTC)
    assert last_week_of_month(begun, 120) == week_of(datetime(2036, 11, 30, tzinfo=UTC))
    assert last_week_of_month(begun, 1) == week_of(datetime(2026, 12, 31, tzinfo=UTC))
    assert month_of_week(last_week_of_month(begun, 120)) == date(2036, 11, 1)


@given(MOMENTS, st.integers(6, 240))
def test_what_is_said_of_a_month_holds_until_it_is_over(moment: datetime, months: int) -> None:
    assume(moment.year < 2500)
    last = last_week_of_month(moment, months)
    today = moment.astimezone(UTC)
    said = month_of_week(last)
    assert (said.year * 12 + said.month) - (today.year * 12 + today.month) == months
    next_month = (said.replace(day=28) + timedelta(days=4)).replace(day=1)
    assert week_of(datetime(next_month.year, next_month.month, next_month.day, tzinfo=UTC)) >= last
