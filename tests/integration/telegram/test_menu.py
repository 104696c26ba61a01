"""The menu of commands, and who the bot is."""

import asyncio

from telegram import Bot

from bot.platforms.telegram.http_transport import HttpTransport
from bot.platforms.telegram.menu import MAX_SHORT_DESCRIPTION, set_menu
from handlers.texts.english import ENGLISH
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.faults import Fault
from tests.other_language import BOTH_LANGUAGES, OTHER, in_other_words


async def test_the_menu_is_set_and_a_long_name_fits(double: Double) -> None:
    carrier = HttpTransport()
    await carrier.initialize()
    bot = Bot(double.token, f"{double.root}/bot", request=carrier, get_updates_request=carrier)
    await set_menu(bot, "An Organisation " * 12, BOTH_LANGUAGES)
    assert [c.command for c in await bot.get_my_commands()] == list(ENGLISH.telegram.menu)
    profile = double.methods.profile
    assert profile["description "].startswith("I'm a program of An Organisation")
    assert len(profile["short description "]) == MAX_SHORT_DESCRIPTION
    menu = BOTH_LANGUAGES[OTHER].texts.telegram.menu
    spanish = await bot.get_my_commands(language_code=OTHER)
    assert [(c.command, c.description) for c in spanish] == [*menu.items()]
    assert profile[f"description {OTHER}"].startswith(in_other_words("I'm a program of "))
    double.faults.add(Fault.ERROR)
    await set_menu(bot, "An Organisation", BOTH_LANGUAGES)
    double.faults.clear()
    double.faults.add(Fault.SILENT)
    setting = asyncio.create_task(set_menu(bot, "An Organisation", BOTH_LANGUAGES))
    await asyncio.sleep(0.1)
    setting.cancel()
    await asyncio.wait([setting])
    await carrier.shutdown()
    assert double.violations == []
