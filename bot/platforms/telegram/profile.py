"""Ask Telegram what it shows of the bot."""

from telegram import Bot
from telegram.error import TelegramError

from bot.platforms.telegram.http_transport import HttpTransport
from bot.public_names import PublicName

SECONDS = 5.0
"""Somebody is waiting for the answer, and the bot starts without it."""


async def read_names(root: str, token: str) -> tuple[PublicName, ...]:
    """Return the bot's name and user name; nothing if Telegram does not say."""
    transport = HttpTransport(SECONDS)
    await transport.initialize()
    try:
        url = f"{root}/bot"
        bot = Bot(token, base_url=url, request=transport, get_updates_request=transport)
        account = await bot.get_me()
    except TelegramError:
        return ()
    finally:
        await transport.shutdown()
    cure = "A neutral one is safer. @BotFather changes the name; another user name is a new bot."
    return (
        PublicName("The bot's name on Telegram", account.full_name, cure),
        PublicName("The bot's user name on Telegram", account.username or "", cure, joined=True),
    )
