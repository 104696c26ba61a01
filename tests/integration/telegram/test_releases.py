"""What stops a held hand-over in time stops it, wherever it waited, and whatever was away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.runtime.release_status import WAITING
from handlers.messages import IncomingMessage
from handlers.texts.english import ENGLISH
from handlers.turn import TurnProcessor
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.person import Person
from tests.integration.telegram.running import HURRIED, Running, begin, join, running
from tests.integration.telegram.test_service import STORY, hand_to_oak
from tests.rig import Rig

HOLD = "Yes, send in 12 hours"
TAKEN_BACK = ENGLISH.handover.hold_stopped.split("\n")[0]
STOP_IT = ENGLISH.labels["hold.stop"]
NOTICE = ENGLISH.readers.notice
GRACE_OVER = {"minutes": 31}
HOURS_TO_DUE = 13
"""The hold, rounded up to the full hour."""


@asynccontextmanager
async def holding(rig: Rig, double: Double, upkeep: float = HURRIED) -> AsyncIterator[Running]:
    """Robin's hand-over to Oak is held; both have an account."""
    async with running(rig, double, upkeep) as bot:
        await join(double.person(78, "Oak"), rig, "Oak")
        robin = double.person(77)
        await begin(robin)
        await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        await hand_to_oak(robin, HOLD, "I'll tell Oak in about")
        await bot.settled()
        yield bot


async def never_reaches(rig: Rig, double: Double, bot: Running) -> None:
    """However long everything is heard from now on, Oak has nothing and hears of nothing."""
    await bot.settled()
    bot.hear_for(hours=2)
    assert not await bot.run_upkeep(), "it is not held any more"
    await bot.settled()
    assert await rig.inbox("Oak") == {}
    assert not any(NOTICE in message.text for message in double.person(78).received)


async def test_it_is_released_when_everything_was_heard_until_its_hour(
    rig: Rig, double: Double
) -> None:
    oak = double.person(78, "Oak")
    async with holding(rig, double) as bot:
        bot.hear_for(hours=HOURS_TO_DUE)
        await oak.wait(NOTICE)
        assert len(await rig.inbox("Oak")) == 1
        assert bot.said == []


async def test_a_poll_after_the_hour_releases_it(rig: Rig, double: Double) -> None:
    """The bot itself finds out that nothing waits at Telegram."""
    oak, alex = double.person(78, "Oak"), double.person(79)
    async with holding(rig, double) as bot:
        bot.hear_for(hours=11)
        due = rig.clock().replace(hour=22, minute=0)
        assert rig.clock() < due
        while rig.clock() < due:
            bot.hear_for(minutes=1)
        rig.clock.forward(seconds=30)
        assert await bot.run_upkeep(), "what was asked for before the hour does not count"
        for number in range(3):  # each ends a poll
            await alex.say(f"/help {number}")
            await bot.settled()
        await oak.wait(NOTICE)


async def test_what_was_sent_in_an_outage_before_the_hour_stops_it(
    rig: Rig, double: Double
) -> None:
    robin = double.person(77)
    async with holding(rig, double) as bot:
        await double.go_dark()
        await robin.say("/withdraw")
        rig.clock.forward(hours=HOURS_TO_DUE + 1)
        await bot.until(lambda: WAITING.format(platforms="Telegram") in bot.said)
        assert await bot.run_upkeep(), "it is held"
        assert await rig.inbox("Oak") == {}
        await double.come_back()
        await robin.wait(TAKEN_BACK)
        await never_reaches(rig, double, bot)
    assert bot.said.count(WAITING.format(platforms="Telegram")) == 1


async def test_after_an_outage_there_is_half_an_hour_to_stop_it(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with holding(rig, double) as bot:
        await double.go_dark()
        rig.clock.forward(hours=HOURS_TO_DUE + 1)
        await double.come_back()
        await hear_again(bot, double.person(79))
        bot.hear_for(minutes=25)
        assert await bot.run_upkeep(), "it is held"
        await robin.say("/withdraw")
        await robin.wait(TAKEN_BACK)
        await never_reaches(rig, double, bot)


async def test_half_an_hour_after_an_outage_it_is_released(rig: Rig, double: Double) -> None:
    async with holding(rig, double) as bot:
        await double.go_dark()
        rig.clock.forward(hours=HOURS_TO_DUE + 1)
        await double.come_back()
        await hear_again(bot, double.person(79))
        assert await bot.run_upkeep(), "it is held"
        bot.hear_for(**GRACE_OVER)
        await double.person(78).wait(NOTICE)


async def test_what_was_sent_while_the_program_was_dead_at_the_hour_stops_it(
    rig: Rig, double: Double
) -> None:
    robin = double.person(77)
    async with holding(rig, double):
        pass
    await robin.say("/withdraw")
    rig.clock.forward(hours=HOURS_TO_DUE + 1)
    async with running(rig, double, HURRIED) as bot:
        await robin.wait(TAKEN_BACK)
        await never_reaches(rig, double, bot)


async def test_after_a_start_it_is_released_half_an_hour_later(rig: Rig, double: Double) -> None:
    async with holding(rig, double):
        pass
    rig.clock.forward(hours=HOURS_TO_DUE + 1)
    async with running(rig, double, HURRIED) as bot:
        await hear_again(bot, double.person(79))
        bot.hear_for(minutes=25)
        assert await bot.run_upkeep(), "it is held"
        bot.hear_for(**GRACE_OVER)
        await double.person(78).wait(NOTICE)


async def test_what_stands_behind_hundreds_of_the_same_chat_stops_it(
    rig: Rig, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hour comes while they wait, and nothing else is wrong."""
    robin, go_on = double.person(77), asyncio.Event()
    process = TurnProcessor.process

    async def wait_first(self: TurnProcessor, incoming: IncomingMessage) -> object:
        await go_on.wait()
        return await process(self, incoming)

    async with holding(rig, double) as bot:
        monkeypatch.setattr(TurnProcessor, "process", wait_first)
        for number in range(300):
            await robin.say(f"one more thing {number}")
        await robin.say("/withdraw")
        await bot.until(lambda: double.unconfirmed == 0)
        bot.hear_for(hours=HOURS_TO_DUE)
        assert await bot.run_upkeep(), "it is held"
        assert await rig.inbox("Oak") == {}
        go_on.set()
        await robin.wait(TAKEN_BACK, 60)
        await never_reaches(rig, double, bot)


async def test_another_platform_that_is_not_heard_holds_it_back(rig: Rig, double: Double) -> None:
    """Its section is wrong, and somebody may take back with the code there."""
    rig.config = rig.config.without(frozenset({"matrix"}))
    async with holding(rig, double) as bot:
        bot.hear_for(hours=HOURS_TO_DUE + 1)
        await bot.until(lambda: WAITING.format(platforms="Matrix") in bot.said)
        assert await bot.run_upkeep(), "it is held"


def offers_to_stop(person: Person) -> bool:
    return any(button.label == STOP_IT for m in person.screen for button in m.buttons)


async def test_one_tap_stops_it_also_after_a_restart(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with holding(rig, double):
        pass
    async with running(rig, double, HURRIED) as bot:
        rig.clock.forward(hours=3)
        await robin.press(STOP_IT)
        await robin.wait(TAKEN_BACK)
        assert not offers_to_stop(robin)
        await never_reaches(rig, double, bot)


async def test_long_after_the_goodbye_the_button_comes_with_every_answer(
    rig: Rig, double: Double
) -> None:
    robin = double.person(77)
    async with holding(rig, double) as bot:
        bot.hear_for(hours=6)
        asked = await robin.say("did you send it?")
        await robin.wait(lambda s: any(m.id > asked.id and m.buttons for m in s))
        await robin.press(STOP_IT, on=robin.screen[-1])
        await robin.wait(TAKEN_BACK)
        assert not offers_to_stop(robin)
        await never_reaches(rig, double, bot)


async def test_when_it_is_released_the_button_goes_and_a_late_press_hears_the_truth(
    rig: Rig, double: Double
) -> None:
    robin, oak = double.person(77), double.person(78, "Oak")
    async with holding(rig, double) as bot:
        shown = [(m, b) for m in robin.screen for b in m.buttons]
        ((message, button),) = [each for each in shown if each[1].label == STOP_IT]
        bot.hear_for(hours=HOURS_TO_DUE)
        await oak.wait(NOTICE)
        await robin.wait(lambda _: not offers_to_stop(robin))
        await robin.press_data(message.id, button.data)
        await robin.wait(ENGLISH.handover.hold_gone)
        assert len(await rig.inbox("Oak")) == 1
        await bot.settled()


async def hear_again(bot: Running, stranger: Person) -> None:
    """Until the bot has taken over what Telegram has now."""
    now, mark = bot.rig.clock(), bot.house.watermarks.of("telegram")
    while mark.until is None or mark.until < now:
        await stranger.say("/help")
        await bot.settled()
