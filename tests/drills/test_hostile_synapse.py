"""Whatever a real homeserver is made to do, it changes nothing that a reporter allowed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot.platforms.matrix.crypto.message_indices import MessageIndices
from bot.platforms.matrix.sync import decryptor
from store.model.accounts import Account
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.proxy import Proxy
from tests.doubles.matrix.synapse import Synapse
from tests.drills.hostile_homeserver import Played, play_all, play_until_found
from tests.drills.hostile_synapse import HostileSynapse, SynapseStage
from tests.drills.matrix_process import shorten_pauses
from tests.rig import make_rig

SEQUENCES = 10
AT_ONCE = 3
SEED = 20261129
MOST_UNTIL_FOUND = 20


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decryptor, "KEY_WAIT_SECONDS", 0.2)
    shorten_pauses(monkeypatch)


@asynccontextmanager
async def stage_in(folder: Path, synapse: Synapse) -> AsyncIterator[SynapseStage]:
    """Set up a bot, a liar before it, and room for people."""
    await asyncio.to_thread(folder.mkdir)
    async with (
        Proxy(synapse.url) as to_bot,
        Proxy(synapse.url) as to_people,
        Clients(synapse, folder / "clients.log") as clients,
    ):
        bot, messenger = await synapse.register(), await synapse.register()
        server = HostileSynapse(synapse, clients, bot, messenger, to_bot, to_people)
        stage = SynapseStage(make_rig(folder / "organisation"), server)
        await stage.begin()
        try:
            yield stage
        finally:
            await stage.lives.aclose()


async def check(folder: Path, synapse: Synapse, seed: int) -> list[Played]:
    """Play ten sequences in front of several bots, and fail if anything was wrong."""
    print(f"the sequences are drawn from {seed}")
    async with AsyncExitStack() as open_stages:
        stages = [  # one after the other: each makes a database
            await open_stages.enter_async_context(stage_in(folder / f"{part}", synapse))
            for part in range(AT_ONCE)
        ]
        return await play_all(stages, [f"{seed} {number}" for number in range(SEQUENCES)])


@pytest.mark.timeout(300)
async def test_no_hostile_acts_change_what_a_reporter_allowed(
    tmp_path: Path, synapse: Synapse
) -> None:
    played = await check(tmp_path, synapse, SEED)
    assert any(one.delivered for one in played), "readers were given something"


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("broken", "seed"), [("no replay memory", f"{SEED} 1"), ("no pin", "77 0")]
)
async def test_a_bot_that_forgets_is_found_out(
    tmp_path: Path, synapse: Synapse, monkeypatch: pytest.MonkeyPatch, broken: str, seed: str
) -> None:
    if broken == "no replay memory":
        monkeypatch.setattr(MessageIndices, "take", lambda *_: True)
    else:
        monkeypatch.setattr(Account, "still_has", lambda *_: True)
    # The first of them has found it: each takes seconds.
    seeds = (seed if number == 0 else f"{seed} {number}" for number in range(MOST_UNTIL_FOUND))
    async with stage_in(tmp_path / "broken", synapse) as stage:
        assert await play_until_found(stage, seeds)
