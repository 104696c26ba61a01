"""In a chat, the button that stops what is held: where it stands, how long, what a tap does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.config.load import read_config
from handlers.messages import Reply, UnresolvedPress
from handlers.reporter.markers import HOLD
from handlers.texts.english import ENGLISH
from tests.rig import Rig
from tests.unit.handlers.chats import Phone

TEXTS = ENGLISH.handover


@pytest.fixture(name="anna")
def _anna(rig: Rig) -> Phone:
    return Phone(rig)


async def hand_over(anna: Phone, *, keep: bool = True, cleaning: str = "end") -> None:
    """Tell a story, have it held for Oak, and come to the goodbye."""
    await anna.begin(cleaning, "a story")
    await anna.share("Oak", keep=keep, now=False)
    await anna.press(*(("code",) if keep else ()), "have")


def buttons(anna: Phone) -> list[tuple[str, str]]:
    """Every button in the chat that stops something: its message, and its token."""
    return [(m, o.token) for m, reply in anna.shown() for o in reply.offers if o.id == HOLD]


async def tap(anna: Phone, token: str) -> list[Reply]:
    return await anna.hear(anna.incoming(UnresolvedPress(token)))


async def send_waiting(anna: Phone) -> None:
    """Have sent what waits, as the send queues do with every upkeep."""
    async with anna.running() as conversations:
        await conversations.sender.send_waiting(anna.who, quiet=True, late=True)


@asynccontextmanager
async def never_released(rig: Rig) -> AsyncIterator[None]:
    yield
    await rig.pass_time(hours=14)
    for reader in rig.keys:
        assert await rig.inbox(reader) == {}


@pytest.mark.parametrize("keep", [True, False])
async def test_beneath_the_goodbye_one_tap_stops_it(anna: Phone, *, keep: bool) -> None:
    async with never_released(anna.rig):
        await hand_over(anna, keep=keep)
        ((message, token),) = buttons(anna)
        assert message == anna.shown()[-1][0]
        (said,) = await tap(anna, token)
        expected = TEXTS.hold_stopped if keep else TEXTS.hold_stopped_deleted
        assert said.text.startswith(expected)
        assert buttons(anna) == []
        assert bool((await anna.rig.rows())["case_file"]) == keep


async def test_beneath_the_message_that_it_is_held_one_tap_stops_it(anna: Phone) -> None:
    async with never_released(anna.rig):
        await anna.begin("go", "a story")
        await anna.share("Oak", keep=True, now=False)
        ((_, token),) = buttons(anna)
        said = await tap(anna, token)
        assert said[0].text.startswith(TEXTS.withdrawn)
        assert anna.question == "fate"
        assert buttons(anna) == []


@pytest.mark.parametrize("cleaning", ["go", "end"])
async def test_the_button_outlives_the_cleaning_until_it_ends(anna: Phone, cleaning: str) -> None:
    await hand_over(anna, cleaning=cleaning)
    assert len(anna.shown()) == 1
    ((message, _),) = buttons(anna)
    await anna.begin("go", "another story")
    await anna.press("done", "keep")
    assert message in dict(anna.shown())
    await anna.rig.pass_time(hours=13)
    await send_waiting(anna)
    assert message not in dict(anna.shown())
    assert await anna.rig.inbox("Oak") != {}


async def test_whatever_is_written_later_is_answered_with_the_button(anna: Phone) -> None:
    async with never_released(anna.rig):
        await hand_over(anna)
        await anna.rig.pass_time(hours=6)
        await anna.type("hello?", "/skip")
        assert len(buttons(anna)) == 3
        (said,) = await tap(anna, buttons(anna)[-1][1])
        assert said.text.startswith(TEXTS.hold_stopped)
        assert buttons(anna) == []


async def test_a_button_that_came_too_late_says_so_and_changes_nothing(anna: Phone) -> None:
    await hand_over(anna)
    ((_, token),) = buttons(anna)
    await anna.rig.pass_time(hours=13)
    waiting = await anna.rig.inbox("Oak")
    assert [r.text for r in await tap(anna, token)] == [TEXTS.hold_gone]
    assert await anna.rig.inbox("Oak") == waiting != {}


async def test_a_second_tap_and_another_persons_stop_nothing_more(anna: Phone) -> None:
    await hand_over(anna)
    ((_, token),) = buttons(anna)
    berta = anna.another("berta")
    assert await tap(berta, token)
    assert len(buttons(anna)) == 1
    await tap(anna, token)
    assert [r.text for r in await tap(anna, token)] == [TEXTS.hold_gone]


async def test_of_two_the_button_stops_its_own(anna: Phone) -> None:
    await hand_over(anna)
    ((_, first),) = buttons(anna)
    await hand_over(anna)
    tokens = [token for _, token in buttons(anna)]
    assert first in tokens
    assert len({*tokens}) == 2
    said = await tap(anna, first)
    assert said[0].text.startswith(TEXTS.hold_stopped)
    assert first not in {token for _, token in buttons(anna)}
    await anna.rig.pass_time(hours=14)
    assert len(await anna.rig.inbox("Oak")) == 1


async def test_who_cleans_the_chat_alone_keeps_the_message(anna: Phone) -> None:
    await hand_over(anna, cleaning="self")
    message, _ = buttons(anna)[-1]
    await anna.rig.pass_time(hours=13)
    await send_waiting(anna)
    assert message in dict(anna.shown())


async def test_a_hold_that_outlasts_what_can_be_deleted_is_said_again(anna: Phone) -> None:
    config = anna.rig.folder / "config.toml"
    config.write_text(config.read_text() + "[handover]\nhold_hours = 72\n")
    anna.rig.config = read_config(config)
    await hand_over(anna)
    ((message, _),) = buttons(anna)
    await anna.rig.pass_time(hours=45)
    async with anna.running() as conversations:
        for effect in await conversations.cleaner.find_ageing():
            await conversations.dispatcher.dispatch(effect)
    await send_waiting(anna)
    ((anew, token),) = buttons(anna)
    assert anew != message
    (said,) = await tap(anna, token)
    assert said.text.startswith(TEXTS.hold_stopped)
