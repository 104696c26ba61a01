"""A script is played by a person with Telegram as it is on the terminal."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from tests.doubles.telegram.double import Double
from tests.stages import PersonStage
from tests.talk_script import parse, play

TALK = """\
> /start
? Who may read your story?
+ Ash | Oak
? Ash and Oak may read it.
? Which words are number 2 and number 12?
! Who may read your story?
> {two words}
? two, twelve
"""
WORDS = """\
Your twelve words:

1  one
2  two
3  three
4  four
5  five
6  six
7  seven
8  eight
9  nine
10  ten
11  eleven
12  twelve

Only they open it."""


@dataclass
class SmallBot:
    """Asks one question with several choices, then for two words."""

    bot: telegram.Bot
    chosen: list[str] = field(default_factory=list)

    async def run(self) -> None:
        offset = None
        while True:
            for update in await self.bot.get_updates(offset=offset, timeout=20):
                offset = update.update_id + 1
                await self.hear(update)

    async def hear(self, update: telegram.Update) -> None:
        query = update.callback_query
        if query is not None and query.message is not None:
            await query.answer()
            await self.press(query.data or "", query.message.message_id)
        elif update.message is not None and update.message.text == "/start":
            await self.bot.send_message(
                77, "Who may read your story?", reply_markup=self.keyboard()
            )
        elif update.message is not None:
            await self.bot.send_message(77, ", ".join((update.message.text or "").split()))

    async def press(self, data: str, message: int) -> None:
        if data != "done":
            self.chosen.append(data)
            keyboard = self.keyboard()
            await self.bot.edit_message_reply_markup(77, message, reply_markup=keyboard)
            return
        await self.bot.send_message(77, f"{' and '.join(self.chosen)} may read it.")
        await self.bot.send_message(77, WORDS)
        await self.bot.send_message(77, "Which words are number 2 and number 12?")
        await asyncio.sleep(0.05)
        await self.bot.delete_message(77, message)

    def keyboard(self) -> InlineKeyboardMarkup:
        labels = [f"{name} ✓" if name in self.chosen else name for name in ("Ash", "Oak", "Elm")]
        row = [InlineKeyboardButton(label, callback_data=label[:3]) for label in labels]
        return InlineKeyboardMarkup([row, [InlineKeyboardButton("Done", callback_data="done")]])


@pytest.fixture(name="stage")
async def _stage(double: Double, bot: telegram.Bot) -> AsyncIterator[PersonStage]:
    running = asyncio.create_task(SmallBot(bot).run())
    yield PersonStage(double.person(77), seconds=5)
    running.cancel()
    await asyncio.wait([running])


async def test_a_script_is_played_with_buttons(double: Double, stage: PersonStage) -> None:
    await play(parse(TALK, "t.txt"), stage)
    assert double.violations == []
    assert double.unconfirmed <= 1


async def test_what_does_not_come_or_go_is_named_with_its_place(stage: PersonStage) -> None:
    stage.seconds = 0.5
    with pytest.raises(AssertionError, match=r"^t\.txt:2: not on the screen: Never said"):
        await play(parse("> /start\n? Never said\n", "t.txt"), stage)
    with pytest.raises(AssertionError, match=r"^t\.txt:1: still on the screen: Who may"):
        await play(parse("! Who may read your story?\n", "t.txt"), stage)
    with pytest.raises(AssertionError, match="what was wanted"):
        await play(parse("* Nobody\n", "t.txt"), stage)
