"""Watermarks: until when everything that people sent is known to have been taken over.

A hand-over is released only when its hour is behind the watermark of every platform: somebody may
have stopped it in time, while their message still waits at the platform. Watermarks are known in
memory only, so the time before a start counts as an outage.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from store.model.clock import HOUR_SECONDS

LONGEST_GAP = timedelta(minutes=2)
"""A platform is heard without interruption while its watermark moves at least this often."""

GRACE = timedelta(minutes=30)
"""How long a platform must be heard after an outage before it counts that it was away: people
whose message did not get through can send it again."""

UNDER_WAY = timedelta(seconds=10)
"""How long a message may be under way inside of a platform before the bot is given it."""

_BEGINNING = datetime.fromtimestamp(0, UTC)


@dataclass(slots=True)
class Watermark:
    """The watermark of one platform, which its connections move."""

    clock: Callable[[], datetime]
    asked: datetime | None = None
    """When the platform was asked for what is taken over at the moment."""
    since: datetime | None = None
    """Since when the platform is heard without interruption."""
    until: datetime | None = None
    """The watermark: what the platform had then was taken over."""
    is_held_back: bool = False
    """The platform is not asked, because too much of it waits: that is no outage."""

    def asking(self) -> None:
        """Record that the platform is asked for what came.

        As long as the answer is not complete, the first time counts: the answer to a request that
        is repeated may be an old one.
        """
        if self.asked is None:
            self.asked = self.clock()

    def caught_up(self) -> None:
        """Record that everything was stored that the platform had when it was asked.

        Do not call this after an answer that may have left something out.
        """
        asked, self.asked = self.asked, None
        if asked is None:
            return
        if self.until is None or self._clock_was_set_back() or asked - self.until > LONGEST_GAP:
            self.since = self.until = asked
        else:
            self.until = max(self.until, asked)

    def passed(self, moment: datetime) -> bool:
        """Return whether everything was taken over that was sent before this moment.

        A moment in an outage is passed when the platform was heard for ``GRACE`` since then.
        """
        if self.since is None or self.until is None or self._clock_was_set_back():
            return False
        is_heard = self.since < moment or self.until - self.since >= GRACE
        return is_heard and self.until >= moment + UNDER_WAY

    def heard_since(self, moment: datetime) -> timedelta:
        """Return for how long the platform has been heard without interruption since then."""
        if self.since is None or self.until is None:
            return timedelta(0)
        until = self.clock() if self.is_held_back else self.until
        return max(until - max(self.since, moment), timedelta(0))

    def earliest(self) -> datetime:
        """Return the earliest moment at which what the platform gives now can have been sent."""
        return _BEGINNING if self.until is None else self.until - UNDER_WAY

    def _clock_was_set_back(self) -> bool:
        return self.until is not None and self.until > self.clock()


@dataclass(slots=True)
class Watermarks:
    """The watermarks of all platforms on which somebody may stop a hand-over."""

    platforms: frozenset[str]
    """The platforms that must be heard: those that the config names."""
    clock: Callable[[], datetime]
    _started: datetime = field(init=False)
    _marks: dict[str, Watermark] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Remember since when nothing was heard."""
        self._started = self.clock()

    def of(self, platform: str) -> Watermark:
        """Return the watermark of a platform."""
        return self._marks.setdefault(platform, Watermark(self.clock))

    def passed(self, hour: int) -> bool:
        """Return whether everything sent before this hour was taken over, on every platform."""
        begins = datetime.fromtimestamp(hour * HOUR_SECONDS, UTC)
        return all(self.of(platform).passed(begins) for platform in self.platforms)

    def unheard(self) -> tuple[str, ...]:
        """Name the platforms that are not heard at the moment."""
        now = self.clock()
        heard = {platform: self.of(platform).until or self._started for platform in self.platforms}
        return tuple(p for p in sorted(heard) if now - heard[p] > LONGEST_GAP)
