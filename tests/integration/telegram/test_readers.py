"""Readers on Telegram: answers and files through the outbox, whatever becomes of their chat."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from handlers.texts.english import ENGLISH
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.faults import Fault
from tests.doubles.telegram.person import Person
from tests.integration.telegram.running import Running, join, running
from tests.rig import Rig

SEND = ("sendDocument",)


@asynccontextmanager
async def waiting(rig: Rig, double: Double) -> AsyncIterator[tuple[Running, Person, str]]:
    """A bot, a reader on Telegram, and the code of a delivery that waits for them."""
    oak = double.person(78, "Oak")
    await rig.tell("a story of mine")
    await rig.share("Oak", keep=True)
    (code,) = await rig.inbox("Oak")
    async with running(rig, double) as bot:
        await join(oak, rig, "Oak")
        yield bot, oak, code


def files(oak: Person, code: str) -> list[bool]:
    """Whether each file of the delivery that came was silent."""
    return [m.silent for m in oak.screen if m.name == f"{code}.holdfast"]


@pytest.mark.parametrize("fault", [Fault.FLOOD, Fault.BROKEN, Fault.ERROR, Fault.DROP_BEFORE])
async def test_a_file_that_telegram_did_not_take_comes_once(
    rig: Rig, double: Double, fault: Fault
) -> None:
    async with waiting(rig, double) as (bot, oak, code):
        double.faults.add(fault, methods=SEND, times=1)
        await oak.say(f"/fetch {code}")
        await oak.wait(lambda _: bool(files(oak, code)))
        await bot.settled()
        # Whatever a server answers, the file may have come: the second attempt makes no sound.
        assert files(oak, code) == [True]
    assert await rig.inbox("Oak") == {code: True}


async def test_a_file_whose_answer_was_lost_comes_again_without_a_sound(
    rig: Rig, double: Double
) -> None:
    async with waiting(rig, double) as (bot, oak, code):
        double.faults.add(Fault.DROP_AFTER, methods=SEND, times=1)
        await oak.say(f"/fetch {code}")
        await oak.wait(lambda _: len(files(oak, code)) > 1)
        await oak.say("/inbox")
        await oak.wait(f"{code}  {ENGLISH.readers.old}")
        await bot.settled()
        assert files(oak, code) == [False, True]


async def test_a_reader_who_blocks_the_bot_finds_the_file_waiting(
    rig: Rig, double: Double
) -> None:
    async with waiting(rig, double) as (bot, oak, code):
        double.faults.add(Fault.FLOOD, methods=SEND, times=1, seconds=600)
        await oak.say(f"/fetch {code}")
        await bot.until(lambda: double.faults.struck[Fault.FLOOD] == 1)
        await oak.block()
        await bot.until(lambda: not bot.conversations.send_queues.queues)
        await bot.settled()
        assert (await rig.rows())["outbox"] == 0
        assert await rig.inbox("Oak") == {code: False}
        await oak.unblock()
        bot.conversations.send_queues.rate_limiter.chats.clear()
        await oak.say(f"/fetch {code}")
        await oak.wait(lambda _: files(oak, code) == [False])


async def test_an_account_that_is_gone_leaves_the_file_waiting(rig: Rig, double: Double) -> None:
    async with waiting(rig, double) as (bot, oak, code):
        await oak.deactivate()
        oak.chat.refusal, gone = "", oak.chat.refusal
        await oak.say(f"/fetch {code}")
        oak.chat.refusal = gone
        await bot.settled()
        assert (await rig.rows())["outbox"] == 0
    assert await rig.inbox("Oak") == {code: False}
    assert await rig.fetch("Oak", code)


async def test_a_file_that_is_too_large_is_said_and_still_waits(
    rig: Rig, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with waiting(rig, double) as (bot, oak, code):
        monkeypatch.setattr("tests.doubles.telegram.methods.MOST_BYTES", 100)
        await oak.say(f"/fetch {code}")
        await oak.wait("too large for this chat")
        await bot.settled()
        assert files(oak, code) == []
        assert double.counted["sendDocument"] == 2  # the invitation before
    assert await rig.inbox("Oak") == {code: False}
    assert await rig.fetch("Oak", code)
