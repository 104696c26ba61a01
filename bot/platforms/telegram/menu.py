"""Set what Telegram shows of the bot outside of conversations: its commands and who it is."""

import logging
from functools import partial

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.runtime.logs import Event, event
from handlers.texts.platform_catalogue import TelegramTexts

_log = logging.getLogger(__name__)

MAX_SHORT_DESCRIPTION = 120
"""Characters (Bot API, setMyShortDescription)."""


async def set_menu(bot: Bot, organisation: str, texts: TelegramTexts) -> None:
    """Set commands and descriptions; a failure is logged, as the bot works without them."""
    commands = [BotCommand(name, about) for name, about in texts.menu.items()]
    steps = (
        partial(bot.set_my_commands, commands),
        partial(bot.set_my_description, texts.about.format(organisation=organisation)),
        partial(
            bot.set_my_short_description,
            texts.about_short.format(organisation=organisation)[:MAX_SHORT_DESCRIPTION],
        ),
    )
    for step in steps:
        try:
            await step()
        except TelegramError as error:
            event(_log, Event.MENU_FAILED, error=error)
