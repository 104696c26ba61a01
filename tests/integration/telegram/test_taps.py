"""Taps that are faster than Telegram: a picture changes only when its edit was taken."""

import pytest

from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.faults import Fault
from tests.doubles.telegram.person import Person
from tests.doubles.telegram.world import Message
from tests.integration.telegram.running import Running, answer, begin, running
from tests.rig import Rig

EDIT = "editMessageReplyMarkup"
NEEDS = "What would help you now?"
LISTENS, KNOW = "Someone who listens", "To know what can be done"


async def to_the_needs(robin: Person) -> Message:
    """To the first question that takes several choices: the message that asks it."""
    await begin(robin)
    await robin.say("It was in spring.")
    await robin.wait("Saved. Carry on")
    await robin.say("/done")
    await answer(robin, "Let someone read it", NEEDS)
    return next(m for m in reversed(robin.screen) if NEEDS in m.text)


async def answered(bot: Running, robin: Person, step: str) -> tuple[str, ...]:
    """What the draft has as the answer to a step."""
    who = Account("telegram", str(robin.id), str(robin.id))
    draft = (await bot.house.stores.cases.snapshot(who, bot.rig.clock())).draft
    assert draft is not None
    return next((a.choices for a in draft.answers if a.step == step), ())


def ticked(message: Message) -> list[str]:
    return [b.label.removeprefix("✓ ") for b in message.buttons if b.label.startswith("✓")]


@pytest.mark.parametrize("submitted", [True, False], ids=["with that is all", "ticks only"])
async def test_taps_within_one_edit_all_count(
    rig: Rig, double: Double, *, submitted: bool
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        asked = await to_the_needs(robin)
        slow = double.faults.add(Fault.HELD, methods=[EDIT])
        await robin.press(LISTENS, on=asked)
        await bot.until(lambda: bool(double.called(EDIT)))
        assert ticked(asked) == []  # the picture is as it was
        await robin.press(KNOW, on=asked)
        if submitted:
            await robin.press("That's all", on=asked)
        await bot.until(lambda: double.unconfirmed == 0 and bot.waiting == 0)
        slow.gate.set()
        if submitted:
            await robin.wait("What would you like to happen")
            note = ENGLISH.refusals.noted.format(labels=f"{LISTENS}; {KNOW}")
            await robin.wait(note)
        else:
            await robin.wait(lambda _: ticked(asked) == [LISTENS, KNOW])
            await answer(robin, "That's all", "What would you like to happen")
        await bot.settled()
        assert await answered(bot, robin, "needs") == ("listen", "know")


async def test_taps_are_counted_although_no_edit_is_ever_taken(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        asked = await to_the_needs(robin)
        double.faults.add(Fault.BROKEN, methods=[EDIT])
        await robin.press(LISTENS, on=asked)
        await robin.press("That's all", on=asked)
        await robin.wait("What would you like to happen")
        assert await answered(bot, robin, "needs") == ("listen",)


async def test_a_double_tap_asks_the_next_question_once(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        asked = await to_the_needs(robin)
        await robin.press(LISTENS, on=asked)
        await robin.wait(lambda _: ticked(asked) == [LISTENS])
        for _ in range(3):
            await robin.press("That's all", on=asked)
        await robin.wait("What would you like to happen")
        await bot.settled()
        questions = [m for m in robin.received if "What would you like to happen" in m.text]
    assert len(questions) == 1
