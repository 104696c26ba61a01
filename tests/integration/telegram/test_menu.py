"""The menu of commands, and who the bot is."""

import asyncio

from telegram import Bot

from bot.platforms.telegram.http_transport import HttpTransport
from bot.platforms.telegram.menu import MAX_SHORT_DESCRIPTION, set_menu
from handlers.texts.english import ENGLISH
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.faults import Fault


async def test_the_menu_is_set_and_a_long_name_fits(double: Double) -> None:
    carrier = HttpTransport()
    await carrier.initialize()
    bot = Bot(double.token, f"{double.root}/bot", request=carrier, get_updates_request=carrier)
    await set_menu(bot, "An Organisation " * 12, ENGLISH.telegram)
    assert [c.command for c in await bot.get_my_commands()] == list(ENGLISH.telegram.menu)
    profile = double.methods.profile
    assert profile["description "].startswith("I'm a program of An Organisation")
    assert len(profile["short description "]) == MAX_SHORT_DESCRIPTION
    double.faults.add(Fault.ERROR)
    await set_menu(bot, "An Organisation", ENGLISH.telegram)
    double.faults.clear()
    double.faults.add(Fault.SILENT)
    setting = asyncio.create_task(set_menu(bot, "An Organisation", ENGLISH.telegram))
    await asyncio.sleep(0.1)
    setting.cancel()
    await asyncio.wait([setting])
    await carrier.shutdown()
    assert double.violations == []
