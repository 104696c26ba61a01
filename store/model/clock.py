"""Time as it is written down: hours, days and ISO weeks; never finer, so that rows tell little."""

from datetime import UTC, date, datetime, timedelta

HOUR_SECONDS = 3600
DAY_SECONDS = 86_400
DAY_HOURS = 24
LAST_WEEK_OF_A_YEAR = 53
MONTHS_OF_A_YEAR = 12


def minute_of(now: datetime) -> int:
    """Count the minutes since 1970."""
    return int(now.timestamp()) // 60


def hour_of(now: datetime) -> int:
    """Count the hours since 1970."""
    return int(now.timestamp()) // HOUR_SECONDS


def day_of(now: datetime) -> int:
    """Count the days since 1970, in UTC."""
    return int(now.timestamp()) // DAY_SECONDS


def week_of(now: datetime) -> int:
    """Compute the ISO year times 100 plus the ISO week, for instance 202647."""
    year, week, _ = now.astimezone(UTC).isocalendar()
    return year * 100 + week


def is_week(number: int) -> bool:
    """Check whether a number is an ISO week as ``week_of`` writes it."""
    return 1 <= number % 100 <= LAST_WEEK_OF_A_YEAR and number // 100 in range(1970, 10_000)


def weeks_later(now: datetime, days: int) -> int:
    """Compute the ISO week in which ``now`` plus that many days falls."""
    return week_of(now + timedelta(days=days))


def last_week_of_month(now: datetime, months: int) -> int:
    """Compute the ISO week of the last day of the month that is so many months after this one.

    So all that is kept in one month ends together, and no end tells the week of its beginning.
    """
    today = now.astimezone(UTC)
    year, month = divmod(today.year * MONTHS_OF_A_YEAR + today.month + months, MONTHS_OF_A_YEAR)
    last = datetime(year, month + 1, 1, tzinfo=UTC) - timedelta(days=1)
    return week_of(last)


def month_of_week(week: int) -> date:
    """Return the first day of the month in which an ISO week begins."""
    return date.fromisocalendar(*divmod(week, 100), 1).replace(day=1)
