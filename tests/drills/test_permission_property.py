"""The permission property: over random sequences of all acts, the laws of permissions hold.

No key of a reader's opens anything without a live permission that names them; *never* always
holds; *keep* ends only by its own word or time; every live permission can be used.
"""

import hashlib
from collections import Counter

import pytest

from store.cases import takeback
from tests.databases import POSTGRESQL
from tests.drills.permission_acts import STORY_ACTS, WORLD_ACTS, tell
from tests.drills.permission_laws import check_laws, check_use
from tests.drills.permission_world import Story, World, make_world
from tests.rig import Rig

TOGETHER = 10
"""Sequences of one organisation, one after the other: what came before must not matter."""
ON_SQLITE, ON_POSTGRESQL = 20, 10
"""So many times ten sequences; the soak runs ten thousand."""
STEPS = 12
OF_THE_WORLD = 0.25
"""The part of the acts that happen to all stories at once."""
MOST_STORIES = 3
"""So many of the last stories are acted on; earlier ones only have to keep to the laws."""
SEED = "permissions"


@pytest.fixture(autouse=True)
def fast_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slowness of a code is no part of the property."""

    def fast(password: bytes, salt: bytes, lanes: int) -> bytes:
        return hashlib.sha256(salt + bytes([lanes]) + password).digest()

    monkeypatch.setattr(takeback, "slow_hash", fast)


async def run_sequences(rig: Rig, seed: str, sequences: int = TOGETHER) -> Counter[str]:
    """Run sequences of acts in one organisation, and hold all laws after each act.

    Return how often each act was done.
    """
    world, done = make_world(rig, seed), Counter[str]()
    await world.start()
    for number in range(sequences):
        world.trail = [f"seed {seed}, sequence {number}"]
        world.stories = [story for story in world.stories if not story.gone]
        for _ in range(STEPS):
            done[await _do_something(world)] += 1
            await check_laws(world)
        await check_use(world)
    return done


async def _do_something(world: World) -> str:
    """Do one act by chance; return its name."""
    while True:
        acts = WORLD_ACTS if world.chance.random() < OF_THE_WORLD else STORY_ACTS
        (act,) = world.chance.choices([a for a, _ in acts], [often for _, often in acts])
        story = _new_story(world) if act is tell else _some_story(world)
        world.trail.append(f"{act.__name__} {story.account.name}")
        if await act(world, story):
            return act.__name__
        world.trail.pop()


def _some_story(world: World) -> Story:
    """Choose one of the stories of now; mostly one of the last."""
    stories = [story for story in world.stories if not story.gone][-MOST_STORIES:]
    return world.chance.choice(stories) if stories else Story(world.account("nobody"), "")


def _new_story(world: World) -> Story:
    who = world.account("reporter")
    return Story(who, f"What {who.name} has told.")


@pytest.mark.parametrize("batch", range(ON_SQLITE))
async def test_no_sequence_of_acts_breaks_a_law_of_permissions(rig: Rig, batch: int) -> None:
    await run_sequences(rig, f"{SEED} {batch}")


@pytest.mark.postgresql
@pytest.mark.parametrize("store_url", [POSTGRESQL], indirect=True)
@pytest.mark.parametrize("batch", range(ON_SQLITE, ON_SQLITE + ON_POSTGRESQL))
async def test_none_breaks_one_on_postgresql(rig: Rig, batch: int) -> None:
    await run_sequences(rig, f"{SEED} {batch}")
