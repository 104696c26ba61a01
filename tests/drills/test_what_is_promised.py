"""Every sentence that promises something is compared with the store in the moment it is said.

Who can read, what is deleted, how long, who has a copy: each sentence has its laws, or a reason
why it needs none (``promise_table``). Talks lead through all states, and after them come random
sequences of all acts on stories; whatever is said meanwhile is judged at once.
"""

import hashlib
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.platforms.matrix.facts import MATRIX
from bot.platforms.telegram.facts import TELEGRAM
from handlers.messages import PlatformFacts
from store.cases import erasure, takeback
from store.db.connection import Connection
from tests.drills.permission_acts import STORY_ACTS, WORLD_ACTS, fetch_to_disk, tell
from tests.drills.permission_world import Story
from tests.drills.promise_judge import Judge, Law, Listened
from tests.drills.promise_plays import ChatScreen, run
from tests.drills.promise_speech import all_texts
from tests.drills.promise_table import ELSEWHERE, IN_OTHERS, LAWS, NOTHING
from tests.drills.promise_talks import IN_A_CHAT, IN_A_ROOM, TALKS
from tests.kept_parts import shut_down_all
from tests.rig import Rig, founding, make_rig

pytestmark = pytest.mark.timeout(600)

MOST_FUTURES = 2
"""So often each sentence of the talks is followed into the future."""
BATCHES, SEQUENCES, STEPS = 6, 10, 8
OF_THE_WORLD = 0.25
MOST_STORIES = 3
FUTURES_OF_A_BATCH = 1


@pytest.fixture(autouse=True)
def fast_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slowness of a code is no part of what is promised."""

    def fast(password: bytes, salt: bytes, lanes: int) -> bytes:
        return hashlib.sha256(salt + bytes([lanes]) + password).digest()

    monkeypatch.setattr(takeback, "slow_hash", fast)


def listening(rig: Rig, judge: Judge, seed: str = "talks") -> Listened:
    """Make a world whose every sentence this judge hears."""
    keys, chain = founding(tuple(rig.keys))
    everybody = {name: [key] for name, key in keys.items()}
    chance = random.Random(seed)  # noqa: S311 - acts of a test
    return Listened(rig, chance, dict(keys), everybody, chain, judge=judge)


def talks() -> Iterator[tuple[str, str, PlatformFacts | None]]:
    """Give every talk with the platform on which it is had; None: on a terminal."""
    yield from ((name, talk, None) for name, talk in TALKS.items())
    yield from ((name, talk, TELEGRAM) for name, talk in IN_A_CHAT.items())
    yield from ((name, talk, MATRIX) for name, talk in (IN_A_CHAT | IN_A_ROOM).items())


async def play(
    folder: Path, judge: Judge, name: str, talk: str, platform: PlatformFacts | None
) -> None:
    """Play one talk in an organisation of its own."""
    rig = make_rig(folder)
    if platform is not None:
        rig.screen = ChatScreen(platform)
    world = listening(rig, judge)
    world.trail = [name]
    await world.start()
    await run(world, talk)
    await shut_down_all()


def folder_in(parent: Path, number: int) -> Path:
    """Make a folder for one of several organisations."""
    folder = parent / str(number)
    folder.mkdir()
    return folder


def told(judge: Judge) -> str:
    """Write down everything that was said and was false."""
    return "\n\n".join(f"{name}: {law}: {why}" for (name, law), why in judge.false.items())


def test_every_sentence_promises_something_or_nothing() -> None:
    """A new sentence fails here until ``promise_table`` says what it promises."""
    names = {name for name in all_texts() if not name.startswith(IN_OTHERS)}
    groups = (set(LAWS), set(NOTHING), set(ELSEWHERE))
    assert names == set().union(*groups)
    assert sum(map(len, groups)) == len(names), "a sentence stands in two groups"


async def test_whatever_is_said_in_any_state_is_true_in_the_store(tmp_path: Path) -> None:
    """And each sentence is said at least once, so that each law was held against something."""
    judge = Judge(LAWS, most_futures=MOST_FUTURES)
    for number, (name, talk, platform) in enumerate(talks()):
        await play(folder_in(tmp_path, number), judge, name, talk, platform)
    assert not judge.false, told(judge)
    assert LAWS.keys() - judge.said.keys() == set(), "no talk leads to these"
    laws = {law.__name__ for each in LAWS.values() for law in each}
    assert laws - judge.held.keys() == set(), "these laws were never held"


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_what_is_said_in_any_sequence_of_acts_is_true(rig: Rig, batch: int) -> None:
    judge = Judge(LAWS, most_futures=FUTURES_OF_A_BATCH)
    world = listening(rig, judge, f"promises {batch}")
    await world.start()
    for number in range(SEQUENCES):
        world.trail = [f"batch {batch}, sequence {number}"]
        world.stories = [story for story in world.stories if not story.gone]
        for _ in range(STEPS):
            await do_something(world)
    assert not judge.false, told(judge)


async def do_something(world: Listened) -> None:
    """Do one act by chance, and note who collected something by it."""
    while True:
        acts = WORLD_ACTS if world.chance.random() < OF_THE_WORLD else STORY_ACTS
        (act,) = world.chance.choices([a for a, _ in acts], [often for _, often in acts])
        open_stories = [story for story in world.stories if not story.gone][-MOST_STORIES:]
        new = Story(world.account("reporter"), "What happened was this.")
        story = new if act is tell or not open_stories else world.chance.choice(open_stories)
        world.trail.append(f"{act.__name__} {story.account.name}")
        before = await world.judge.look_at_all() if act is fetch_to_disk else {}
        if await act(world, story):
            after = await world.judge.look_at_all() if before else {}
            for locator in before:  # who collects the last copy leaves nothing behind
                if before[locator].there and not after[locator].there:
                    world.judge.notes[locator].had |= before[locator].names()
            return
        world.trail.pop()


# The judge itself


async def judged(tmp_path: Path, talk: str, laws: Mapping[str, tuple[Law, ...]] = LAWS) -> Judge:
    """Play one talk by itself."""
    judge = Judge(laws)
    await play(tmp_path, judge, talk, TALKS[talk], None)
    return judge


async def test_a_deletion_that_does_nothing_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(_connection: Connection, _locator: bytes) -> None:
        """Delete nothing."""

    for module in ("draft_changes", "revocation_changes", "expiry"):
        monkeypatch.setattr(f"store.cases.{module}.erase_case", leave)
    assert erasure.erase_case is not leave
    judge = await judged(tmp_path, "left alone")
    assert ("PAUSED", "gone_after_day") in judge.false


@pytest.mark.parametrize(
    ("talk", "said", "as_if", "law"),
    [
        ("only kept", "CLOSED", "ERASED", "is_gone"),
        ("left alone", "PAUSED", "PAUSED_SHARED", "something_is_allowed"),
        ("held until it is released", "CASE_SHARE_FETCHED", "WITHDRAWN", "never_released"),
    ],
)
async def test_a_sentence_in_the_wrong_state_is_found(
    tmp_path: Path, talk: str, said: str, as_if: str, law: str
) -> None:
    judge = await judged(tmp_path, talk, {**LAWS, said: LAWS[as_if]})
    assert (said, law) in judge.false
