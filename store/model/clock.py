"""Time as it is written down: hours, days and ISO weeks; never finer, so that rows tell little."""

from datetime import UTC, datetime, timedelta

HOUR_SECONDS = 3600
DAY_SECONDS = 86_400
DAY_HOURS = 24


def minute_of(now: datetime) -> int:
    """Minutes since 1970."""
    return int(now.timestamp()) // 60


def hour_of(now: datetime) -> int:
    """Hours since 1970."""
    return int(now.timestamp()) // HOUR_SECONDS


def day_of(now: datetime) -> int:
    """Days since 1970, in UTC."""
    return int(now.timestamp()) // DAY_SECONDS


def week_of(now: datetime) -> int:
    """ISO year times 100 plus ISO week, for instance 202647."""
    year, week, _ = now.astimezone(UTC).isocalendar()
    return year * 100 + week


def weeks_later(now: datetime, days: int) -> int:
    """The ISO week in which ``now`` plus that many days falls."""
    return week_of(now + timedelta(days=days))


def time_of_hour(hour: int) -> datetime:
    """The beginning of an hour since 1970, in UTC."""
    return datetime.fromtimestamp(hour * HOUR_SECONDS, tz=UTC)
