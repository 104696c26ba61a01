"""Time that does not jump: what is due follows the time that has really passed.

A machine's clock can be wrong at a start, be set while the program runs, or be right beside a
database that was restored from long ago. Whatever follows it would then erase and hand over too
early. So the latest hour that was seen is remembered, and a clock that does not fit it is not
believed: time goes on from there as fast as it really passes, until a person confirms the clock.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from store.db.connection import Connection
from store.db.schema import installation
from store.db.upsert import upsert
from store.model.clock import HOUR_SECONDS, hour_of

LEAP = timedelta(minutes=5)
"""A clock that differs by no more was corrected, and is believed."""

LEAP_SECONDS = LEAP.total_seconds()

DRIFT = 0.002
"""The part by which a clock may be faster or slower than real time and still be believed."""

COMPARED = timedelta(hours=1)
"""A clock is compared with what it showed so long ago as well: the part that it may differ by adds
up, to hours within months, and nobody may have it jump by all of that at once."""

COMPARED_SECONDS = COMPARED.total_seconds()

OUTAGE = timedelta(hours=2)
"""After so long without the program a clock is believed. It is the most by which a clock that
jumps while the program is away can make something come too early."""

_NAME = "clock"
_STORED = select(installation.c.value).where(installation.c.name == _NAME)


@dataclass(frozen=True, slots=True)
class LatestHour:
    """The latest hour that was seen, and how often a person has confirmed the clock."""

    hour: int
    confirmations: int = 0

    @property
    def begins(self) -> datetime:
        """Return when the hour began."""
        return datetime.fromtimestamp(self.hour * HOUR_SECONDS, UTC)

    def fits(self, moment: datetime) -> bool:
        """Check whether a clock may show this moment, if the program was away for a while."""
        return self.begins - LEAP <= moment < self.begins + timedelta(hours=1) + OUTAGE


def latest_hour(connection: Connection) -> LatestHour | None:
    """Read the latest hour that was seen; None before the first."""
    stored = connection.scalar(_STORED)
    if stored is None:
        return None
    hour, confirmations = stored.split()
    return LatestHour(int(hour), int(confirmations))


def record_hour(connection: Connection, now: datetime) -> None:
    """Remember the hour, unless a later one was seen. Writes once an hour."""
    latest = latest_hour(connection)
    if latest is None:
        _write(connection, LatestHour(hour_of(now)))
    elif hour_of(now) > latest.hour:
        _write(connection, LatestHour(hour_of(now), latest.confirmations))


def confirm_clock(connection: Connection, now: datetime) -> None:
    """Record that a person has confirmed what the machine's clock shows, earlier or later."""
    latest = latest_hour(connection)
    confirmed = 0 if latest is None else latest.confirmations
    _write(connection, LatestHour(hour_of(now), confirmed + 1))


def _write(connection: Connection, latest: LatestHour) -> None:
    value = b"%d %d" % (latest.hour, latest.confirmations)
    connection.execute(upsert(connection, installation, {"name": _NAME, "value": value}))


@dataclass(frozen=True, slots=True)
class Anchor:
    """A time that was told, and the seconds of real time then."""

    told: datetime
    elapsed: float
    ahead: float
    """By how many seconds the time that was told is ahead of real time."""

    @classmethod
    def at(cls, told: datetime, elapsed: float) -> "Anchor":
        """Anchor a time to the seconds of real time at which it is told."""
        return cls(told, elapsed, told.timestamp() - elapsed)

    def counted(self, elapsed: float) -> datetime:
        """Return the time now, as real time has passed since."""
        return self.told + timedelta(seconds=elapsed - self.elapsed)

    def is_near(self, ahead: float, elapsed: float) -> bool:
        """Check whether a clock that is so far ahead shows about what has really passed since."""
        return abs(ahead - self.ahead) <= LEAP_SECONDS + (elapsed - self.elapsed) * DRIFT


@dataclass(slots=True)
class SteadyClock:
    """Tell the time by the machine's clock, or without it while that cannot be believed."""

    wall: Callable[[], datetime]
    """The machine's clock, which may jump."""
    elapsed: Callable[[], float]
    """Seconds of real time since some moment; this does not jump."""
    latest: LatestHour | None
    """What was remembered when the program started."""
    _start: Anchor = field(init=False)
    _last: Anchor = field(init=False)
    """The time that was told about ``COMPARED`` ago."""

    def __post_init__(self) -> None:
        """Begin with the machine's clock if it fits, else with the latest hour."""
        wall = self.wall()
        fits = self.latest is None or self.latest.fits(wall)
        begins = wall if self.latest is None or fits else self.latest.begins
        self._start = self._last = Anchor.at(begins, self.elapsed())

    def __call__(self) -> datetime:
        """Return the time now, in UTC."""
        wall, elapsed = self.wall(), self.elapsed()
        ahead = wall.timestamp() - elapsed
        is_near = self._start.is_near(ahead, elapsed) and self._last.is_near(ahead, elapsed)
        told = wall if is_near else self._last.counted(elapsed)
        if elapsed - self._last.elapsed >= COMPARED_SECONDS:
            self._last = Anchor.at(told, elapsed)
        return told

    def difference(self) -> timedelta:
        """Return by how much the machine's clock is ahead; nothing while it is believed."""
        told = self()
        wall = self.wall()
        return wall - told if abs(wall - told) > LEAP else timedelta(0)

    def follow(self, latest: LatestHour | None) -> None:
        """Begin anew if a person has confirmed the clock since."""
        before = 0 if self.latest is None else self.latest.confirmations
        if latest is not None and latest.confirmations != before:
            self.latest = latest
            self.__post_init__()
