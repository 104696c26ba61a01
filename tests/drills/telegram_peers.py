"""The bots to compare with: python-telegram-bot as its documentation and its examples have it.

``plain`` writes each message into a file; ``conversation`` asks three questions with a
ConversationHandler whose state PicklePersistence keeps. Both get their updates from
``Application.run_polling``, and take a twentieth of a second for each, as a small database would.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

from tests.doubles.telegram.double import TOKEN

SECONDS = 0.05
ANSWERS = 3
WORDS = filters.TEXT & ~filters.COMMAND
Context = ContextTypes.DEFAULT_TYPE


@dataclass(frozen=True)
class Notebook:
    """Where answers are written to, a line each."""

    file: Path

    async def write(self, update: Update) -> None:
        assert update.message is not None
        with self.file.open("a") as out:
            out.write(f"{update.message.text}\n")
        await asyncio.sleep(SECONDS)

    async def heard(self, update: Update, context: Context) -> None:
        await self.write(update)
        await reply(update, "Noted.")

    def question(self, number: int) -> Callable[[Update, Context], Any]:
        """What takes the answer to this question and asks the next one."""

        async def heard(update: Update, context: Context) -> int:
            await self.write(update)
            await reply(update, f"Question {number + 1}?")
            return number + 1 if number < ANSWERS else ConversationHandler.END

        return heard


async def reply(update: Update, text: str) -> None:
    assert update.message is not None
    await update.message.reply_text(text)


async def begin(update: Update, context: Context) -> int:
    await reply(update, "Question 1?")
    return 1


def build(folder: Path, *, persistent: bool) -> Any:
    asyncio.set_event_loop(asyncio.new_event_loop())  # the one before this fork is closed
    builder = Application.builder().token(TOKEN)
    builder = builder.base_url(f"{(folder / 'root').read_text()}/bot")
    if persistent:
        builder = builder.persistence(PicklePersistence(folder / "pickle"))
    return builder.build()


def plain(folder: Path) -> None:
    application = build(folder, persistent=False)
    notebook = Notebook(folder / "answers")
    application.add_handler(MessageHandler(WORDS, notebook.heard))
    application.run_polling()


def conversation(folder: Path) -> None:
    application = build(folder, persistent=True)
    notebook = Notebook(folder / "answers")
    states: Any = {
        number: [MessageHandler(WORDS, notebook.question(number))]
        for number in range(1, ANSWERS + 1)
    }
    entry: Any = [CommandHandler("start", begin)]
    talk: Any = ConversationHandler(entry, states, [], name="talk", persistent=True)
    application.add_handler(talk)
    application.run_polling()


STOCK: Mapping[str, Callable[[Path], None]] = {"plain": plain, "conversation": conversation}
