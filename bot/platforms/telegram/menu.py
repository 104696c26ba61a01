"""Set what Telegram shows of the bot outside of conversations: its commands and who it is."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.runtime.logs import Event, event
from handlers.texts.languages import Language

_log = logging.getLogger(__name__)

MAX_SHORT_DESCRIPTION = 120
"""Characters (Bot API, setMyShortDescription)."""


async def set_menu(bot: Bot, organisation: str, languages: Mapping[str, Language]) -> None:
    """Set commands and descriptions; a failure is logged, as the bot works without them.

    The first language is shown to everybody, each further one to those whose app speaks it.
    """
    first, *others = languages.values()
    shown = ((first, None), *((language, language.code) for language in others))
    for step in (step for each, code in shown for step in _steps(bot, organisation, each, code)):
        try:
            await step()
        except TelegramError as error:
            event(_log, Event.MENU_FAILED, error=error)


def _steps(
    bot: Bot, organisation: str, language: Language, code: str | None
) -> tuple[Callable[[], Awaitable[bool]], ...]:
    """Return the calls that set everything in one language; ``code`` is None for all apps."""
    texts = language.texts.telegram
    commands = [BotCommand(name, about) for name, about in texts.menu.items()]
    short = texts.about_short.format(organisation=organisation)[:MAX_SHORT_DESCRIPTION]
    about = texts.about.format(organisation=organisation)
    # Two letters (Bot API, setMyCommands): it knows no regions.
    for_apps = None if code is None else code.partition("-")[0]
    return (
        partial(bot.set_my_commands, commands, language_code=for_apps),
        partial(bot.set_my_description, about, language_code=for_apps),
        partial(bot.set_my_short_description, short, language_code=for_apps),
    )
