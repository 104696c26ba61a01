"""A talk whose questionnaire is gone: what needs no question goes on working."""

from contextlib import suppress
from dataclasses import replace

import pytest

from bot.runtime.conversations import Conversations
from handlers.messages import PlatformFacts, UnresolvedPress
from handlers.reporter.markers import HOLD
from store.model.errors import UnknownRevision
from store.model.snapshot import Snapshot
from tests.rig import Rig
from tests.unit.handlers.chats import CHAT, Chat, Phone, buttons_of

NUMBERED = replace(CHAT, ordered_ids=True)


@pytest.fixture(name="anna", params=[CHAT, NUMBERED], ids=["ids", "ordered ids"])
def _anna(rig: Rig, request: pytest.FixtureRequest) -> Phone:
    platform: PlatformFacts = request.param
    return Phone(rig, Chat(platform))


def lose(conversations: Conversations) -> None:
    """No revision can be found any more, as if its files were taken away."""
    conversations.snapshots.settings.revisions.clear()


async def snapshot(anna: Phone) -> Snapshot:
    async with anna.running() as conversations:
        return (await conversations.snapshots.read(anna.who)).snapshot


async def hold(anna: Phone) -> None:
    """Let Oak read a story, not yet; the talk stands at the words that come after it."""
    await anna.begin("self", "told")
    await anna.share("Oak", keep=True, now=False)
    assert (await snapshot(anna)).holds


async def test_what_is_held_is_taken_back_by_command(anna: Phone) -> None:
    async with anna.staying() as conversations:
        await hold(anna)
        lose(conversations)
        await anna.type("/withdraw")
        assert not (await snapshot(anna)).holds


async def test_what_is_held_is_stopped_by_its_button(anna: Phone) -> None:
    async with anna.staying() as conversations:
        await hold(anna)
        tokens = [o.token for _, r in anna.shown() for o in buttons_of(r) if o.id == HOLD]
        lose(conversations)
        await anna.hear(anna.incoming(UnresolvedPress(tokens[-1])))
        assert not (await snapshot(anna)).holds


async def test_the_story_can_be_erased(anna: Phone) -> None:
    async with anna.staying() as conversations:
        await anna.begin("self", "told")
        lose(conversations)
        await anna.type("/erase", "yes")
        assert (await anna.rig.rows())["case_file"] == 0


@pytest.mark.parametrize("text", ["/pause", "/stop", "/help", "no"])
async def test_nothing_is_lost_by_what_is_typed(anna: Phone, text: str) -> None:
    async with anna.staying() as conversations:
        await anna.begin("self", "told")
        before = dict(conversations.snapshots.settings.revisions)
        await anna.type("/erase")
        lose(conversations)
        with suppress(UnknownRevision):  # of sending: what cannot be shown now waits
            await anna.type(text)
        conversations.snapshots.settings.revisions.update(before)
        assert await anna.pieces() == ["told"]
