"""Runs the platforms side by side: what becomes of one is nothing to the other."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from bot.app import Application
from bot.publishing.library import LOOK_SECONDS
from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import backoff
from bot.runtime.status import Tell

_log = logging.getLogger(__name__)

UPKEEP_SECONDS = 60.0
BROKE = (
    "The part for {name} stopped by an error of the program and is started again. Nothing that "
    "was acknowledged is lost. If this comes again and again, update the program."
)


class PlatformAdapter(Protocol):
    """The bot on one platform."""

    @property
    def name(self) -> str:
        """The platform's, as people know it."""
        ...

    async def run(self) -> None:
        """Until told to stop; whatever is wrong with the platform is said and waited for."""
        ...

    async def keep_up(self) -> None:
        """What is due there."""
        ...

    async def tell_recalled(self) -> None:
        """Those whose questions were taken back hear of it, once."""
        ...


async def serve(
    house: Application,
    services: Sequence[PlatformAdapter],
    stop: asyncio.Event,
    tell: Tell,
    upkeep: float = UPKEEP_SECONDS,
    look: float = LOOK_SECONDS,
) -> None:
    """All of them, until told to stop."""
    keeping = asyncio.gather(_keep_up(house, services, upkeep), _watch(services, look))
    try:
        await asyncio.gather(*(_again_and_again(service, stop, tell) for service in services))
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _again_and_again(service: PlatformAdapter, stop: asyncio.Event, tell: Tell) -> None:
    """An error that nobody foresaw ends a connection, and not the program."""
    failures = 0
    while not stop.is_set():
        try:
            await service.run()
        except Exception as error:  # noqa: BLE001 - the edge: the other platform goes on
            event(_log, Event.UNEXPECTED, error=error, platform=service.name.casefold())
            tell(BROKE.format(name=service.name))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), backoff(failures))
            failures += 1


async def _watch(services: Sequence[PlatformAdapter], seconds: float) -> None:
    """Once a second: whoever talks in words that were just taken back is told at once.

    Where that fails it is tried again with the next upkeep, so that the log can be read.
    """
    pause = seconds
    while True:
        await asyncio.sleep(pause)
        pause = seconds
        for service in services:
            try:
                await service.tell_recalled()
            except Exception as error:  # noqa: BLE001 - the edge: the next round tries again
                event(_log, Event.UPKEEP_FAILED, error=error)
                pause = UPKEEP_SECONDS


async def _keep_up(
    house: Application, services: Sequence[PlatformAdapter], seconds: float
) -> None:
    """Once a minute, also while a platform is away: releases, ends, deletions."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await house.upkeep.run(house.clock())
        except Exception as error:  # noqa: BLE001 - the edge: the next round tries again
            event(_log, Event.UPKEEP_FAILED, error=error)
        for service in services:
            try:
                await service.keep_up()
            except Exception as error:  # noqa: BLE001 - as above, and for the other platform
                event(_log, Event.UPKEEP_FAILED, error=error)
