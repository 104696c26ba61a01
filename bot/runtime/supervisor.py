"""Run the platforms side by side, so that none depends on how another one fares."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from bot.app import Application
from bot.publishing.library import RELOAD_SECONDS
from bot.runtime.clock_status import ClockStatus
from bot.runtime.disk_status import DiskStatus
from bot.runtime.health.upkeep_rounds import UpkeepRounds
from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import backoff
from bot.runtime.release_status import ReleaseStatus
from bot.runtime.status import NotifyOperator
from bot.runtime.waiting import cancel_all, stopped_within, without_stray_cancellation

_log = logging.getLogger(__name__)

UPKEEP_SECONDS = 60.0
CODES_AT_ONCE = 2
"""Take-back codes that are made ready at once: as many as are ever stretched at once."""

BROKE = (
    "The part for {name} stopped by an error of the program and is started again. Nothing that "
    "was acknowledged is lost. If this comes again and again, update the program."
)


class SupervisedPlatform(Protocol):
    """The bot on one platform, as the supervisor sees it."""

    @property
    def title(self) -> str:
        """The platform's name as people write it."""
        ...

    @property
    def is_connected(self) -> bool:
        """Tells whether there is a connection to it now."""
        ...

    @property
    def problem(self) -> str:
        """The sentence that the operator was told last, if that is not over; else empty."""
        ...

    async def run(self) -> None:
        """Keep the bot on its platform until told to stop."""
        ...

    async def run_upkeep(self) -> None:
        """Do what is due there."""
        ...

    async def notify_recalled(self) -> None:
        """Tell those whose questions were recalled, once."""
        ...


async def serve(
    application: Application,
    platforms: Sequence[SupervisedPlatform],
    stop: asyncio.Event,
    notify_operator: NotifyOperator,
    upkeep_seconds: float = UPKEEP_SECONDS,
    look_seconds: float = RELOAD_SECONDS,
    codes_at_once: int = CODES_AT_ONCE,
    rounds: UpkeepRounds | None = None,
) -> None:
    """Run all platforms until told to stop, with the upkeep beside them.

    With ``codes_at_once`` 0 no take-back code is made ready: each is drawn when it is needed.
    ``rounds`` is told of each round of upkeep.
    """
    rounds = rounds or UpkeepRounds(application.clock.wall())
    beside = [
        asyncio.create_task(work)
        for work in (
            _run_upkeep(application, platforms, upkeep_seconds, rounds, notify_operator),
            _notify_recalled(platforms, look_seconds),
            *(_prepare_codes(application) for _ in range(codes_at_once)),
        )
    ]
    try:
        async with asyncio.TaskGroup() as running:
            for platform in platforms:
                running.create_task(_run_platform(platform, stop, notify_operator))
    finally:
        await cancel_all(*beside)


async def _run_platform(
    platform: SupervisedPlatform, stop: asyncio.Event, notify_operator: NotifyOperator
) -> None:
    """Run one platform, and start it again after an error that nobody foresaw."""
    failures = 0
    while not stop.is_set():
        try:
            await without_stray_cancellation(platform.run())
        except Exception as error:  # noqa: BLE001 - the edge: the other platforms go on
            event(_log, Event.UNEXPECTED, error=error, platform=platform.title.casefold())
            notify_operator(BROKE.format(name=platform.title))
            await stopped_within(stop, backoff(failures))
            failures += 1


async def _prepare_codes(application: Application) -> None:
    """Make take-back codes ready for those who are about to hand over."""
    while True:
        try:
            await without_stray_cancellation(application.prepare_code())
        except Exception as error:  # noqa: BLE001 - the edge: codes are drawn when they are needed
            event(_log, Event.UPKEEP_FAILED, error=error)
            await asyncio.sleep(UPKEEP_SECONDS)


async def _notify_recalled(platforms: Sequence[SupervisedPlatform], seconds: float) -> None:
    """Look every few seconds whether somebody answers questions that were recalled since.

    After a failure the next look waits for a minute, so that the log stays readable.
    """
    pause = seconds
    while True:
        await asyncio.sleep(pause)
        pause = seconds
        for platform in platforms:
            try:
                await without_stray_cancellation(platform.notify_recalled())
            except Exception as error:  # noqa: BLE001 - the edge: the next round tries again
                event(_log, Event.UPKEEP_FAILED, error=error)
                pause = UPKEEP_SECONDS


async def _run_upkeep(
    application: Application,
    platforms: Sequence[SupervisedPlatform],
    seconds: float,
    rounds: UpkeepRounds,
    notify_operator: NotifyOperator,
) -> None:
    """Release, end and delete what is due, also while a platform cannot be reached."""
    releases = ReleaseStatus(application.watermarks, notify_operator)
    disk = DiskStatus(application.limits.disk, notify_operator)
    clock = ClockStatus(application.clock, notify_operator)
    while True:
        clock.report()
        await asyncio.sleep(seconds)
        try:
            waiting = await without_stray_cancellation(application.run_upkeep())
            releases.report(waiting=waiting)
        except Exception as error:  # noqa: BLE001 - the edge: the next round tries again
            event(_log, Event.UPKEEP_FAILED, error=error)
            rounds.failed()
            disk.disk.failed(error)
        else:
            rounds.succeeded(application.clock.wall())
        disk.report()
        for platform in platforms:
            try:
                await without_stray_cancellation(platform.run_upkeep())
            except Exception as error:  # noqa: BLE001 - as above, and for the other platforms
                event(_log, Event.UPKEEP_FAILED, error=error)
