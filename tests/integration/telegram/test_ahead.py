"""Answers that are sent ahead of their questions allow nothing on Telegram."""

import pytest

from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.faults import Fault
from tests.doubles.telegram.person import Person
from tests.integration.telegram.running import Running, begin, pieces, running
from tests.rig import Rig
from tests.talk_script import OAK_READS

FORK = "What would you like to do with your story?"
LATER = ENGLISH.refusals.asked_later
TO_THE_SHARING = (
    *("It was in spring.", "/done", *OAK_READS),
    *("No", "Yes, that's right", "Yes, send now"),
)
"""Whatever would come next, for somebody who knows the questions by heart."""


async def handed_to(bot: Running, number: int) -> int:
    """How many readers something lies ready for, or is held back from."""
    who = Account("telegram", str(number), str(number))
    found = await bot.house.stores.cases.snapshot(who, bot.rig.clock())
    return len(found.grants) + len(found.holds)


async def tell(person: Person) -> None:
    """From hello to the end of the story."""
    await begin(person)
    await person.say("It was in spring.")
    await person.wait("Saved. Carry on")


async def test_a_whole_talk_sent_ahead_hands_nothing_over(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        for text in TO_THE_SHARING:
            await robin.say(text)
        await bot.settled()
        assert await handed_to(bot, 77) == 0
        assert any(LATER in message.text for message in robin.received)
        await robin.wait(FORK)


async def test_an_answer_counts_that_was_written_below_its_question(
    rig: Rig, double: Double
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await tell(robin)
        await robin.say("/done")
        await robin.wait(FORK)
        await robin.say("Just keep it")
        await robin.wait("Is this right?")
        await bot.settled()
        assert not any(LATER in message.text for message in robin.received)


async def test_what_is_written_while_telegram_takes_no_question_allows_nothing(
    rig: Rig, double: Double
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await tell(robin)
        slow = double.faults.add(Fault.HELD, methods=["sendMessage"])
        await robin.say("/done")
        await bot.until(lambda: double.unconfirmed == 0 and bot.waiting == 0)
        await robin.say("Just keep it")
        await bot.until(lambda: double.unconfirmed == 0 and bot.waiting == 0)
        slow.gate.set()
        await robin.wait(LATER)


async def test_what_stands_between_two_questions_deletes_nothing(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await tell(robin)
        first = double.faults.add(Fault.HELD, methods=["sendMessage"], times=1)
        before = len(double.called("sendMessage"))
        for text in ("/done", "/erase"):
            await robin.say(text)
            await bot.until(lambda: double.unconfirmed == 0 and bot.waiting == 0)
        await bot.until(lambda: len(double.called("sendMessage")) > before)
        second = double.faults.add(Fault.HELD, methods=["sendMessage"], times=1)
        first.gate.set()
        await robin.wait(FORK)
        await robin.say("yes")
        await bot.until(lambda: double.unconfirmed == 0 and bot.waiting == 0)
        second.gate.set()
        await robin.wait(LATER)
        assert await pieces(bot, robin) == ["It was in spring."]


@pytest.mark.parametrize("first", ["jsut keeep it pls", "who can read this?", "ok"])
async def test_a_question_that_is_only_repeated_can_be_answered_meanwhile(
    rig: Rig, double: Double, first: str
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await tell(robin)
        await robin.say("/done")
        await robin.wait(FORK)
        await bot.settled()
        await robin.say(first)
        await robin.say("Just keep it")
        await bot.settled()
        assert not any(LATER in message.text for message in robin.received)
