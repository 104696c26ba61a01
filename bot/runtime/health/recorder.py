"""Record the state of the running bot whenever it changes, and once a minute."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.runtime.health.file import HealthFile
from bot.runtime.health.record import Health, PlatformHealth, WaitingMessages, to_minute
from bot.runtime.health.upkeep_rounds import UpkeepRounds
from bot.runtime.logs import Event, event

_log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""How often the platforms are looked at; a change is recorded at once."""

RECORD_EVERY = timedelta(seconds=60)


class ObservedPlatform(Protocol):
    """A platform whose connection can be looked at."""

    @property
    def title(self) -> str:
        """The platform's name as people write it."""
        ...

    @property
    def is_connected(self) -> bool:
        """Tells whether the bot receives messages there now."""
        ...

    @property
    def problem(self) -> str:
        """What was last reported to the operator and is not over; else empty."""
        ...


class Backlog(Protocol):
    """The messages that have come in and wait to be handled."""

    async def count(self) -> int:
        """Return how many messages wait."""
        ...

    async def oldest_since(self) -> datetime | None:
        """Return when the oldest of them came in; None if none waits."""
        ...


class NoBacklog:
    """The backlog of a program that handles each message as it comes."""

    async def count(self) -> int:
        """Return zero."""
        return 0

    async def oldest_since(self) -> datetime | None:
        """Return None: nothing waits."""
        return None


@dataclass(slots=True)
class HealthRecorder:
    """Keeps the record of one bot up to date while it runs."""

    file: HealthFile
    platforms: Sequence[ObservedPlatform]
    upkeep: UpkeepRounds
    clock: Callable[[], datetime]
    backlog: Backlog = field(default_factory=NoBacklog)
    last: Health | None = None
    """What was recorded last."""
    _fails: bool = False
    _writing: "asyncio.Task[None] | None" = None

    async def run(self) -> None:
        """Record until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Record the state if it changed, or if the last record is a minute old.

        What cannot be recorded is logged once; the bot goes on without.
        """
        try:
            now = self.clock()
            health = self._look(now, self.last)
            last = self.last
            if last is None or now - last.recorded >= RECORD_EVERY:
                health = replace(health, waiting=await self._waiting())
            elif replace(health, recorded=last.recorded, upkeep=last.upkeep) == last:
                return
            await self._write(health)
        except Exception as error:  # noqa: BLE001 - the edge: the next look tries again
            if not self._fails:
                event(_log, Event.STATUS_FAILED, error=error)
            self._fails = True
        else:
            self._fails = False

    async def end(self) -> None:
        """Record that the bot ended as it was told to."""
        try:
            now = to_minute(self.clock())
            health = self._look(now, self.last)
            platforms = tuple(
                PlatformHealth(each.title, connected=False, since=now) for each in self.platforms
            )
            await self._write(replace(health, platforms=platforms, ended=now))
        except Exception as error:  # noqa: BLE001 - the edge: the program ends anyway
            event(_log, Event.STATUS_FAILED, error=error)

    def _look(self, now: datetime, last: Health | None) -> Health:
        minute = to_minute(now)
        before = {each.title: each for each in last.platforms} if last else {}
        return Health(
            started=last.started if last else minute,
            recorded=minute,
            upkeep=to_minute(self.upkeep.succeeded_at),
            platforms=tuple(
                _look_at(each, before.get(each.title), minute) for each in self.platforms
            ),
            waiting=last.waiting if last else WaitingMessages(),
        )

    async def _waiting(self) -> WaitingMessages:
        oldest = await self.backlog.oldest_since()
        return WaitingMessages(await self.backlog.count(), to_minute(oldest) if oldest else None)

    async def _write(self, health: Health) -> None:
        """Write behind the record under way: its thread goes on when its look is cancelled."""
        if self._writing is not None:
            await asyncio.wait({self._writing})
            self._writing.exception()  # whoever began it has heard of it, or is gone
        self._writing = asyncio.create_task(asyncio.to_thread(self.file.write, health))
        await asyncio.shield(self._writing)
        self.last = health


def _look_at(
    platform: ObservedPlatform, before: PlatformHealth | None, now: datetime
) -> PlatformHealth:
    """Return how a platform is, and since when: since ``now`` if it was otherwise before."""
    problem = platform.problem
    connected = platform.is_connected and not problem
    unchanged = before is not None and before.connected == connected and before.problem == problem
    since = before.since if before is not None and unchanged else now
    return PlatformHealth(platform.title, connected, since, problem)
