"""Run the platforms side by side, so that none depends on how another one fares."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from bot.app import Application
from bot.publishing.library import RELOAD_SECONDS
from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import backoff
from bot.runtime.status import NotifyOperator
from bot.runtime.waiting import stopped_within

_log = logging.getLogger(__name__)

UPKEEP_SECONDS = 60.0
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
) -> None:
    """Run all platforms until told to stop, with the upkeep beside them."""
    upkeep = asyncio.gather(
        _run_upkeep(application, platforms, upkeep_seconds),
        _notify_recalled(platforms, look_seconds),
    )
    try:
        await asyncio.gather(
            *(_run_platform(platform, stop, notify_operator) for platform in platforms)
        )
    finally:
        upkeep.cancel()
        await asyncio.gather(upkeep, return_exceptions=True)


async def _run_platform(
    platform: SupervisedPlatform, stop: asyncio.Event, notify_operator: NotifyOperator
) -> None:
    """Run one platform, and start it again after an error that nobody foresaw."""
    failures = 0
    while not stop.is_set():
        try:
            await platform.run()
        except Exception as error:  # noqa: BLE001 - the edge: the other platforms go on
            event(_log, Event.UNEXPECTED, error=error, platform=platform.title.casefold())
            notify_operator(BROKE.format(name=platform.title))
            await stopped_within(stop, backoff(failures))
            failures += 1


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
                await platform.notify_recalled()
            except Exception as error:  # noqa: BLE001 - the edge: the next round tries again
                event(_log, Event.UPKEEP_FAILED, error=error)
                pause = UPKEEP_SECONDS


async def _run_upkeep(
    application: Application, platforms: Sequence[SupervisedPlatform], seconds: float
) -> None:
    """Release, end and delete what is due, also while a platform cannot be reached."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await application.upkeep.run(application.clock())
        except Exception as error:  # noqa: BLE001 - the edge: the next round tries again
            event(_log, Event.UPKEEP_FAILED, error=error)
        for platform in platforms:
            try:
                await platform.run_upkeep()
            except Exception as error:  # noqa: BLE001 - as above, and for the other platforms
                event(_log, Event.UPKEEP_FAILED, error=error)
