"""A bare echo bot, as the documentation of python-telegram-bot shows one.

``python -m bench.echo ROOT TOKEN WIDTH CARRIER``: WIDTH is its concurrent_updates (0 is off);
CARRIER is "default", or "ours" for the transport that Holdfast brings along.
"""

import logging
import sys

from telegram import Update
from telegram.ext import Application, CommandHandler, ContextTypes, MessageHandler, filters

from bot.platforms.telegram.http_transport import HttpTransport

HI = "Hi!"


async def start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Greets."""
    if update.message is not None:
        await update.message.reply_text(HI)


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Says it again."""
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def run(root: str, token: str, width: int, carrier: str) -> None:
    """Until it is killed."""
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    builder = Application.builder().token(token).base_url(f"{root}/bot")
    if width:
        builder = builder.concurrent_updates(width)
    if carrier == "ours":
        builder = builder.request(HttpTransport()).get_updates_request(HttpTransport())
    application = builder.build()
    application.add_handler(CommandHandler("start", start))
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
    application.run_polling(allowed_updates=Update.ALL_TYPES)


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
