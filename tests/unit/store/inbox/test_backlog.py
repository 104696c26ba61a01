"""How many messages wait and how old the oldest is, by numbers of rows alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from store.inbox import backlog as module
from store.inbox.backlog import InboxBacklog
from store.model.inbox import AcceptedMessage, InboxRow
from tests.unit.store.organisation import START, Organisation

MINUTE = timedelta(minutes=1)


@dataclass
class Stage:
    """An inbox that is looked at each minute."""

    org: Organisation
    backlog: InboxBacklog
    now: datetime = START
    accepted: int = 0

    async def accept(self, count: int = 1, platform: str = "telegram") -> None:
        """Let so many messages come in."""
        numbers = range(self.accepted + 1, self.accepted + count + 1)
        self.accepted += count
        messages = [AcceptedMessage(str(n), "77", b"words", START) for n in numbers]
        assert len(await self.org.stores.inbox.accept(platform, messages)) == count

    async def handle(self, *numbers: int) -> None:
        for number in numbers:
            assert await self.org.stores.inbox.remove(InboxRow(number))

    async def look(self) -> tuple[int, float | None]:
        """How many wait, and for how many minutes the oldest does; a minute later it is."""
        oldest, count = await self.backlog.oldest_since(), await self.backlog.count()
        minutes = None if oldest is None else (self.now - oldest) / MINUTE
        self.now += MINUTE
        return count, minutes


@pytest.fixture(name="stage")
def _stage(org: Organisation) -> Stage:
    stage = Stage(org, InboxBacklog(org.stores.inbox.database, lambda: stage.now))
    return stage


async def test_nothing_waits_at_first(stage: Stage) -> None:
    assert await stage.look() == (0, None)


async def test_the_oldest_is_as_old_as_the_first_look_at_it(stage: Stage) -> None:
    await stage.accept(2)
    await stage.accept(1, "matrix")
    assert await stage.look() == (3, 0)
    await stage.accept()
    assert await stage.look() == (4, 1)
    await stage.handle(1)
    assert await stage.look() == (3, 2)
    await stage.handle(2, 3)
    assert await stage.look() == (1, 2), "the fourth was there at the second look"
    await stage.handle(4)
    assert await stage.look() == (0, None)
    await stage.accept()
    assert await stage.look() == (1, 0)


async def test_a_long_queue_that_moves_shows_how_long_each_waits(stage: Stage) -> None:
    for _ in range(5):
        await stage.accept(2)
        await stage.look()
    minutes: float | None = None
    for number in range(1, 6):
        await stage.handle(number)
        await stage.accept(1)
        _, minutes = await stage.look()
    assert minutes == 7, "the sixth came at the third of ten looks"


async def test_a_day_is_remembered(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SAMPLES", 3)
    for minutes in range(9):
        await stage.accept()
        assert await stage.look() == (minutes + 1, minutes)
    assert len(stage.backlog._samples) == 3
