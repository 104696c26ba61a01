"""Platforms side by side: what breaks one leaves the others, and upkeep goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.runtime import rate_limits as patience
from bot.runtime.supervisor import BROKE, serve

SECRET = "what somebody told"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.02)
    monkeypatch.setattr(patience, "LONGEST_SECONDS", 0.1)


@dataclass
class Platform:
    """One that does as it is told."""

    title: str
    stop: asyncio.Event
    fails: int = 0
    runs: int = 0
    upkeep_runs: int = 0
    upkeep_fails: bool = False
    ended: bool = False

    async def run(self) -> None:
        self.runs += 1
        if self.fails:
            self.fails -= 1
            raise KeyError(SECRET)
        try:
            await self.stop.wait()
        finally:
            self.ended = True

    async def run_upkeep(self) -> None:
        self.upkeep_runs += 1
        if self.upkeep_fails:
            raise RuntimeError(SECRET)

    async def notify_recalled(self) -> None:
        """Nobody's questions were taken back."""


@dataclass
class Upkeep:
    ran: int = 0
    fails: bool = False

    async def run(self, _now: datetime) -> None:
        self.ran += 1
        if self.fails:
            raise RuntimeError(SECRET)


@dataclass
class FakeHouse:
    """As much of it as is used."""

    upkeep: Upkeep = field(default_factory=Upkeep)

    def clock(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC)


@dataclass
class Stage:
    house: FakeHouse = field(default_factory=FakeHouse)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    said: list[str] = field(default_factory=list)

    async def serve(self, *platforms: Platform, until: Callable[[], bool]) -> None:
        """Until it is so, and then as by a signal."""
        house = cast("Any", self.house)
        serving = asyncio.create_task(serve(house, platforms, self.stop, self.said.append, 0.01))
        try:
            async with asyncio.timeout(5):
                while not until():  # noqa: ASYNC110 - what it is about has no event
                    await asyncio.sleep(0.005)
            self.stop.set()
            await asyncio.wait_for(serving, 2)
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving


@pytest.fixture(name="stage")
def _stage() -> Stage:
    return Stage()


async def test_all_run_at_once_and_end_together(stage: Stage) -> None:
    one, other = Platform("Telegram", stage.stop), Platform("Matrix", stage.stop)
    await stage.serve(one, other, until=lambda: one.runs + other.runs == 2)
    assert one.ended
    assert other.ended
    assert stage.said == []


async def test_one_that_breaks_is_started_again_and_the_other_does_not_notice(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = Platform("Telegram", stage.stop, fails=3), Platform("Matrix", stage.stop)
    await stage.serve(one, other, until=lambda: one.runs == 4)
    assert other.runs == 1
    assert stage.said == [BROKE.format(name="Telegram")] * 3
    lines = [getattr(record, "holdfast", "") for record in caplog.records]
    assert [line for line in lines if "platform=telegram" in line and "KeyError" in line]
    assert SECRET not in "".join([*stage.said, *lines]) + caplog.text


async def test_one_that_goes_on_breaking_waits_longer_each_time_and_stops_at_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.05)
    monkeypatch.setattr(patience, "LONGEST_SECONDS", 30.0)
    began = asyncio.get_running_loop().time()
    one = Platform("Telegram", stage.stop, fails=99)
    await stage.serve(one, until=lambda: one.runs == 4)
    assert asyncio.get_running_loop().time() - began >= 0.05 + 0.1 + 0.2
    assert one.runs == 4


async def test_upkeep_goes_on_whatever_fails_of_it(stage: Stage) -> None:
    stage.house.upkeep.fails = True
    one = Platform("Telegram", stage.stop, upkeep_fails=True)
    other = Platform("Matrix", stage.stop)
    await stage.serve(one, other, until=lambda: other.upkeep_runs >= 3)
    assert stage.house.upkeep.ran >= 3
    assert one.upkeep_runs >= 3


async def test_upkeep_goes_on_while_a_platform_is_away(stage: Stage) -> None:
    one = Platform("Telegram", stage.stop, fails=10**6)
    await stage.serve(one, until=lambda: stage.house.upkeep.ran >= 3)


async def test_without_a_platform_it_ends(stage: Stage) -> None:
    await stage.serve(until=lambda: True)


async def test_a_cancelled_program_leaves_nothing_running(stage: Stage) -> None:
    one = Platform("Telegram", stage.stop)
    work: Awaitable[None] = serve(cast("Any", stage.house), [one], stage.stop, print, 0.01)
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    ran = stage.house.upkeep.ran
    await asyncio.sleep(0.05)
    assert stage.house.upkeep.ran == ran
    assert one.ended
