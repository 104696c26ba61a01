"""Whatever a homeserver does, it changes nothing that a reporter allowed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot.platforms.matrix.crypto.message_indices import MessageIndices
from bot.platforms.matrix.sync import decryptor
from store.model.accounts import Account
from tests.doubles.matrix.homeserver.people import People
from tests.doubles.matrix.homeserver.server import Homeserver
from tests.drills.hostile_double import DoubleStage
from tests.drills.hostile_homeserver import play_all, play_until_found
from tests.rig import make_rig

SEQUENCES = 300
PARTS = 6
AT_ONCE = 3
"""Bots side by side, each with a server of its own: much of a sequence is waiting."""
SEED = 20261129
MOST_UNTIL_FOUND = 60


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decryptor, "KEY_WAIT_SECONDS", 0.2)


@asynccontextmanager
async def stage_in(folder: Path) -> AsyncIterator[DoubleStage]:
    """Set up a server, a bot, and room for people."""
    await asyncio.to_thread(folder.mkdir)
    async with Homeserver() as server, People(server) as people:
        server.remembers = False
        stage = DoubleStage(make_rig(folder), server, people, await server.register())
        await stage.begin()
        try:
            yield stage
        finally:
            await stage.lives.aclose()
            people.failed = None  # clients ask for what the server has taken from them
            server.violations.clear()


async def check(folder: Path, seed: int, numbers: range) -> None:
    """Play these sequences in front of several bots, and fail if anything was wrong."""
    async with AsyncExitStack() as open_stages:
        stages = [  # one after the other: each makes a database
            await open_stages.enter_async_context(stage_in(folder / f"{part}"))
            for part in range(AT_ONCE)
        ]
        played = await play_all(stages, [f"{seed} {number}" for number in numbers])
    assert any(one.delivered for one in played), "readers were given something"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
async def test_no_hostile_acts_change_what_a_reporter_allowed(tmp_path: Path, part: int) -> None:
    numbers = range(part * SEQUENCES // PARTS, (part + 1) * SEQUENCES // PARTS)
    await check(tmp_path, SEED, numbers)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("broken", ["no replay memory", "no memory in the file", "no pin"])
async def test_a_bot_that_forgets_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    if broken == "no replay memory":
        monkeypatch.setattr(MessageIndices, "take", lambda *_: True)
    elif broken == "no memory in the file":
        monkeypatch.setattr(MessageIndices, "restore", lambda *_: None)
        monkeypatch.setattr(MessageIndices, "write", lambda *_: None)
    else:
        monkeypatch.setattr(Account, "still_has", lambda *_: True)
    async with stage_in(tmp_path / "broken") as stage:
        seeds = (f"{SEED} {number}" for number in range(MOST_UNTIL_FOUND))
        assert await play_until_found(stage, seeds)
