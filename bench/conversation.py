"""Five questions as the examples of python-telegram-bot ask them.

``ConversationHandler`` with ``PicklePersistence`` at its defaults (a flush every 60 seconds).
``python -m bench.conversation ROOT TOKEN FILE``: FILE is where the answers are pickled.
"""

import logging
import pickle
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    BaseHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

QUESTIONS = (
    "Question 1 of 5: when did it begin?",
    "Question 2 of 5: where was it?",
    "Question 3 of 5: what happened next?",
    "Question 4 of 5: what has changed for you since?",
    "Question 5 of 5: what would you like to happen?",
)
THANKS = "Thank you. That is all."

Handler = BaseHandler[Update, ContextTypes.DEFAULT_TYPE, object]


async def start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> int:
    """Asks the first question."""
    if update.message is not None:
        await update.message.reply_text(QUESTIONS[0])
    return 0


async def answered(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Keeps the answer and asks the next question."""
    told = context.user_data
    if update.message is None or told is None:
        return ConversationHandler.END
    number = len(told)
    told[number] = update.message.text
    if number + 1 < len(QUESTIONS):
        await update.message.reply_text(QUESTIONS[number + 1])
        return number + 1
    await update.message.reply_text(THANKS)
    return ConversationHandler.END


def run(root: str, token: str, file: str) -> None:
    """Until it is killed."""
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    kept = PicklePersistence(filepath=file)
    builder = Application.builder().token(token).base_url(f"{root}/bot").persistence(kept)
    application = builder.build()
    take: Handler = MessageHandler(filters.TEXT & ~filters.COMMAND, answered)
    talk: ConversationHandler[ContextTypes.DEFAULT_TYPE] = ConversationHandler(
        entry_points=[CommandHandler("start", start)],
        states={number: [take] for number in range(len(QUESTIONS))},
        fallbacks=[],
        name="five",
        persistent=True,
    )
    application.add_handler(talk)
    application.run_polling(allowed_updates=Update.ALL_TYPES)


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, _pid: Any) -> None:
        """The bot itself stands in the file by a name only."""


def on_disk(file: Path, acknowledged: Mapping[int, Sequence[str]]) -> int:
    """How many of these answers are in the file."""
    if not file.exists() or not file.stat().st_size:
        return 0
    try:
        with file.open("rb") as stream:
            told: dict[int, dict[int, str]] = _Unpickler(stream).load().get("user_data", {})
    except (EOFError, pickle.UnpicklingError):  # it was killed while it wrote
        return 0
    kept = {account: set(texts.values()) for account, texts in told.items()}
    return sum(t in kept.get(a, ()) for a, texts in acknowledged.items() for t in texts)


if __name__ == "__main__":
    run(*sys.argv[1:4])
