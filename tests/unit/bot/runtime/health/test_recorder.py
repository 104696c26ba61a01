"""What is recorded of a running bot and when: with a clock that only the test moves."""

import asyncio
import errno
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from bot.runtime.health.file import HealthFile
from bot.runtime.health.record import Health, PlatformHealth, WaitingMessages
from bot.runtime.health.recorder import HealthRecorder
from bot.runtime.health.upkeep_rounds import UpkeepRounds

START = datetime(2026, 11, 29, 12, 0, 30, tzinfo=UTC)
NOON = START.replace(second=0)
AWAY = "Telegram cannot be reached."


@dataclass
class Platform:
    """A platform as it is seen."""

    title: str = "Telegram"
    is_connected: bool = True
    problem: str = ""


@dataclass
class Queue:
    """Messages that wait."""

    waiting: int = 0
    oldest: datetime | None = None
    asked: int = 0

    async def count(self) -> int:
        self.asked += 1
        return self.waiting

    async def oldest_since(self) -> datetime | None:
        return self.oldest


@dataclass(frozen=True)
class Disk(HealthFile):
    """A file that counts how often it is written, on a disk that can be full."""

    writes: list[Health] = field(default_factory=list)
    full: Event = field(default_factory=Event)
    begun: Event = field(default_factory=Event)
    free: Event = field(default_factory=Event)
    """Not set while a write takes its time."""

    def write(self, health: Health) -> None:
        self.begun.set()
        self.free.wait()
        if self.full.is_set():
            raise OSError(errno.ENOSPC, "full")
        self.writes.append(health)
        super().write(health)


@dataclass
class Stage:
    """A recorder, and all that it looks at."""

    file: Disk
    now: datetime = START
    platform: Platform = field(default_factory=Platform)
    queue: Queue = field(default_factory=Queue)
    rounds: UpkeepRounds = field(default_factory=lambda: UpkeepRounds(START))
    recorder: HealthRecorder = field(init=False)

    def __post_init__(self) -> None:
        self.file.free.set()
        self.recorder = HealthRecorder(
            self.file, [self.platform], self.rounds, lambda: self.now, self.queue
        )

    async def look(self, **later: float) -> Health:
        """Let time pass, look, and read what stands in the file."""
        self.now += timedelta(**later)
        await self.recorder.look()
        health = self.file.read()
        assert health is not None
        return health


@pytest.fixture(name="stage")
def _stage(tmp_path: Path) -> Stage:
    return Stage(Disk(tmp_path))


async def test_the_first_look_is_recorded(stage: Stage) -> None:
    connected = PlatformHealth("Telegram", connected=True, since=NOON)
    assert await stage.look() == Health(NOON, NOON, NOON, (connected,))


async def test_a_change_is_recorded_at_once_and_all_else_once_a_minute(stage: Stage) -> None:
    await stage.look()
    for _ in range(5):
        await stage.look(seconds=5)
    assert len(stage.file.writes) == 1
    stage.platform.problem = AWAY
    health = await stage.look(seconds=1)
    assert len(stage.file.writes) == 2
    assert health.platforms == (
        PlatformHealth("Telegram", connected=False, since=NOON, problem=AWAY),
    )
    await stage.look(minutes=1)
    assert len(stage.file.writes) == 3
    later = await stage.look(minutes=1)
    assert later.platforms == health.platforms, "it is like this since then"
    stage.platform.problem = ""
    again = await stage.look(seconds=5)
    assert again.platforms == (
        PlatformHealth("Telegram", connected=True, since=NOON + timedelta(minutes=3)),
    )
    assert again.started == NOON


async def test_a_platform_without_a_connection_is_not_connected(stage: Stage) -> None:
    stage.platform.is_connected = False
    assert (await stage.look()).platforms == (
        PlatformHealth("Telegram", connected=False, since=NOON),
    )


async def test_upkeep_and_what_waits_are_recorded_with_the_minute(stage: Stage) -> None:
    await stage.look()
    stage.queue.waiting, stage.queue.oldest = 7, START
    stage.rounds.succeeded(START + timedelta(minutes=1))
    assert (await stage.look(seconds=5)).waiting == WaitingMessages()
    assert stage.queue.asked == 1
    health = await stage.look(minutes=1)
    assert health.waiting == WaitingMessages(7, NOON)
    assert health.upkeep == NOON + timedelta(minutes=1)
    stage.platform.is_connected = False
    assert (await stage.look(seconds=1)).waiting == WaitingMessages(7, NOON)
    assert stage.queue.asked == 2


async def test_what_cannot_be_recorded_is_logged_once_and_recorded_when_it_can(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.look()
    stage.file.full.set()
    for _ in range(3):
        await stage.look(minutes=1)
    lines = [getattr(record, "holdfast", "") for record in caplog.records]
    assert [line.split()[0] for line in lines] == ["status-failed"]
    stage.file.full.clear()
    health = await stage.look(minutes=1)
    assert health.recorded == NOON + timedelta(minutes=4)
    stage.file.full.set()
    await stage.look(minutes=1)
    assert len(caplog.records) == 2


async def test_the_end_is_recorded(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    await stage.look()
    stage.now += timedelta(minutes=5)
    end = NOON + timedelta(minutes=5)
    await stage.recorder.end()
    closed = PlatformHealth("Telegram", connected=False, since=end)
    assert stage.file.read() == Health(NOON, end, NOON, (closed,), ended=end)
    stage.file.full.set()
    await stage.recorder.end()
    assert len(caplog.records) == 1


@pytest.mark.parametrize("full", [False, True], ids=["written", "not written"])
async def test_the_end_waits_for_a_record_that_is_still_being_written(
    stage: Stage, caplog: pytest.LogCaptureFixture, *, full: bool
) -> None:
    stage.file.free.clear()
    running = asyncio.create_task(stage.recorder.run())
    assert await asyncio.to_thread(stage.file.begun.wait, 10)
    running.cancel()
    await asyncio.wait({running})
    if full:
        stage.file.full.set()
    ending = asyncio.create_task(stage.recorder.end())
    await asyncio.sleep(0)
    assert stage.file.writes == []
    stage.file.free.set()
    await ending
    if full:
        assert "status-failed" in caplog.text
        return
    assert [bool(each.ended) for each in stage.file.writes] == [False, True]
    assert caplog.text == ""
