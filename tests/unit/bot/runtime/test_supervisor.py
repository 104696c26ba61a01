"""Platforms run side by side: a failure of one does not affect the others or the upkeep."""

import asyncio
import errno
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from bot.runtime import rate_limits
from bot.runtime.admission import AdmissionLimits
from bot.runtime.clock_status import doubt_of
from bot.runtime.disk_space import DiskSpace
from bot.runtime.disk_status import FULL, ROOM
from bot.runtime.release_status import WAITING
from bot.runtime.supervisor import BROKE, serve
from store.inbox.watermarks import Watermarks
from store.model.clock import hour_of
from store.steady_clock import LatestHour, SteadyClock

SECRET = "what somebody told"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "FIRST_SECONDS", 0.02)
    monkeypatch.setattr(rate_limits, "LONGEST_SECONDS", 0.1)


def _disk() -> DiskSpace:
    return DiskSpace(None, 0, lambda: 1000.0)


@dataclass
class Platform:
    """A platform that fails as often as it was made to."""

    title: str
    stop: asyncio.Event
    fails: int = 0
    error: BaseException = field(default_factory=lambda: KeyError(SECRET))
    runs: int = 0
    upkeep_runs: int = 0
    upkeep_fails: bool = False
    ended: bool = False
    is_connected: bool = True
    problem: str = ""

    async def run(self) -> None:
        self.runs += 1
        if self.fails:
            self.fails -= 1
            raise self.error
        try:
            await self.stop.wait()
        finally:
            self.ended = True

    async def run_upkeep(self) -> None:
        self.upkeep_runs += 1
        if self.upkeep_fails:
            raise RuntimeError(SECRET)

    async def notify_recalled(self) -> None:
        """Do nothing: no questions were recalled."""


@dataclass
class Upkeep:
    ran: int = 0
    fails: bool = False
    error: Exception = field(default_factory=lambda: RuntimeError(SECRET))
    waits: bool = False
    """Hand-overs wait although their hour has come."""

    async def run(self, _now: datetime) -> bool:
        self.ran += 1
        if self.fails:
            raise self.error
        return self.waits


@dataclass
class FakeApplication:
    """The part of an application that the supervisor uses."""

    upkeep: Upkeep = field(default_factory=Upkeep)
    watermarks: Watermarks = field(
        default_factory=lambda: Watermarks(frozenset({"telegram"}), lambda: NOW)
    )
    limits: AdmissionLimits = field(default_factory=lambda: AdmissionLimits(1, 1, _disk()))
    codes: int = 2
    """How many codes are wanted."""
    fails: bool = False
    clock: SteadyClock = field(default_factory=lambda: SteadyClock(lambda: NOW, lambda: 0.0, None))

    async def prepare_code(self) -> None:
        if self.fails:
            raise RuntimeError(SECRET)
        if not self.codes:
            await asyncio.Event().wait()
        self.codes -= 1

    async def run_upkeep(self) -> bool:
        return await self.upkeep.run(self.clock())


@dataclass
class Stage:
    application: FakeApplication = field(default_factory=FakeApplication)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    reported: list[str] = field(default_factory=list)

    async def serve(self, *platforms: Platform, until: Callable[[], bool]) -> None:
        """Serve until something holds, then stop as by a signal."""
        application = cast("Any", self.application)
        serving = asyncio.create_task(
            serve(application, platforms, self.stop, self.reported.append, 0.01)
        )
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


async def test_all_platforms_run_at_once_and_end_together(stage: Stage) -> None:
    one, other = Platform("Telegram", stage.stop), Platform("Matrix", stage.stop)
    await stage.serve(one, other, until=lambda: one.runs + other.runs == 2)
    assert one.ended
    assert other.ended
    assert stage.reported == []


async def test_a_platform_that_fails_is_restarted_and_the_other_is_unaffected(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = Platform("Telegram", stage.stop, fails=3), Platform("Matrix", stage.stop)
    await stage.serve(one, other, until=lambda: one.runs == 4)
    assert other.runs == 1
    assert stage.reported == [BROKE.format(name="Telegram")] * 3
    lines = [getattr(record, "holdfast", "") for record in caplog.records]
    assert [line for line in lines if "platform=telegram" in line and "KeyError" in line]
    assert SECRET not in "".join([*stage.reported, *lines]) + caplog.text


async def test_a_platform_that_ends_by_a_stray_cancellation_is_restarted(stage: Stage) -> None:
    platform = Platform("Telegram", stage.stop, fails=1, error=asyncio.CancelledError())
    await stage.serve(platform, until=lambda: platform.runs == 2)
    assert stage.reported == [BROKE.format(name="Telegram")]
    assert platform.ended


async def test_a_platform_that_keeps_failing_is_restarted_ever_later_and_stops_at_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "FIRST_SECONDS", 0.05)
    monkeypatch.setattr(rate_limits, "LONGEST_SECONDS", 30.0)
    began = asyncio.get_running_loop().time()
    one = Platform("Telegram", stage.stop, fails=99)
    await stage.serve(one, until=lambda: one.runs == 4)
    assert asyncio.get_running_loop().time() - began >= 0.05 + 0.1 + 0.2
    assert one.runs == 4


async def test_upkeep_goes_on_after_a_part_of_it_failed(stage: Stage) -> None:
    stage.application.upkeep.fails = True
    one = Platform("Telegram", stage.stop, upkeep_fails=True)
    other = Platform("Matrix", stage.stop)
    await stage.serve(one, other, until=lambda: other.upkeep_runs >= 3)
    assert stage.application.upkeep.ran >= 3
    assert one.upkeep_runs >= 3


async def test_upkeep_goes_on_while_a_platform_keeps_failing(stage: Stage) -> None:
    one = Platform("Telegram", stage.stop, fails=10**6)
    await stage.serve(one, until=lambda: stage.application.upkeep.ran >= 3)


async def test_the_operator_hears_that_handovers_wait_for_a_platform(stage: Stage) -> None:
    times = iter([NOW - timedelta(hours=1)])
    stage.application.watermarks = Watermarks(frozenset({"telegram"}), lambda: next(times, NOW))
    stage.application.upkeep.waits = True
    one = Platform("Telegram", stage.stop)
    await stage.serve(one, until=lambda: stage.application.upkeep.ran >= 3)
    assert stage.reported == [WAITING.format(platforms="Telegram")]


async def test_the_operator_hears_at_once_that_the_clock_jumped(stage: Stage) -> None:
    long_ago = LatestHour(hour_of(NOW) - 500)
    stage.application.clock = SteadyClock(lambda: NOW, lambda: 0.0, long_ago)
    one = Platform("Telegram", stage.stop)
    await stage.serve(one, until=lambda: stage.application.upkeep.ran >= 3)
    assert stage.reported == [doubt_of(NOW, long_ago.begins)]


async def test_serving_no_platform_ends_when_stopped(stage: Stage) -> None:
    await stage.serve(until=lambda: True)


async def test_what_runs_beside_the_platforms_has_ended_before_it_ends(stage: Stage) -> None:
    ended = []

    async def in_a_transaction() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)  # a transaction is finished before its task ends
            ended.append(True)

    stage.application.prepare_code = in_a_transaction  # type: ignore[method-assign]
    one = Platform("Telegram", stage.stop)
    await stage.serve(one, until=lambda: bool(one.upkeep_runs))
    assert ended == [True, True]


async def test_a_cancelled_program_leaves_nothing_running(stage: Stage) -> None:
    one = Platform("Telegram", stage.stop)
    work: Awaitable[None] = serve(cast("Any", stage.application), [one], stage.stop, print, 0.01)
    task = asyncio.ensure_future(work)
    async with asyncio.timeout(5):
        while not (one.runs and stage.application.upkeep.ran):  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert one.ended


# --- codes


async def test_codes_are_made_ready_as_long_as_some_are_wanted(stage: Stage) -> None:
    one = Platform("Telegram", stage.stop)
    await stage.serve(one, until=lambda: not stage.application.codes)


async def test_a_failure_to_make_a_code_ready_stops_nothing_else(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.application.fails = True
    one = Platform("Telegram", stage.stop)
    await stage.serve(one, until=lambda: one.upkeep_runs > 1)
    assert SECRET not in caplog.text


async def test_the_operator_hears_that_the_disk_is_full_and_when_it_is_over(stage: Stage) -> None:
    platform, upkeep = Platform("Telegram", stage.stop), stage.application.upkeep
    upkeep.fails, upkeep.error = True, OSError(errno.ENOSPC, SECRET)
    disk = stage.application.limits.disk

    def is_over() -> bool:
        if stage.reported == [FULL] and upkeep.fails:
            upkeep.fails = False
            disk.succeeded()
        return len(stage.reported) > 1

    await stage.serve(platform, until=is_over)
    assert stage.reported == [FULL, ROOM]
