"""A second language on Telegram: guessed from the app, chosen by a button, used for help."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from tests.doubles.telegram.double import Double
from tests.doubles.telegram.person import Person
from tests.integration.telegram.running import Running, running
from tests.other_language import BOTH_LANGUAGES, OTHER, in_other_words, speak_both
from tests.rig import Rig

ENGLISH, SPANISH = "English", "Español"
INTRO = BOTH_LANGUAGES["en"].texts.help.help_intro


@asynccontextmanager
async def speaking_both(rig: Rig, double: Double) -> AsyncIterator[Running]:
    rig.languages = BOTH_LANGUAGES
    rig.config = replace(rig.config, flow=speak_both(rig.config.flow))
    async with running(rig, double) as bot:
        yield bot


async def offers(person: Person, label: str) -> None:
    """Wait for a button."""
    await person.wait(lambda s: any(b.label == label for m in s for b in m.buttons))


async def test_the_language_of_the_app_is_a_first_guess(rig: Rig, double: Double) -> None:
    async with speaking_both(rig, double):
        somebody, other = replace(double.person(77), language="es-MX"), double.person(78)
        await somebody.say("/start")
        await offers(somebody, ENGLISH)
        await other.say("/start")
        await offers(other, SPANISH)
        await other.press(SPANISH)
        await offers(other, ENGLISH)


async def test_a_talk_goes_on_in_the_language_that_was_chosen(rig: Rig, double: Double) -> None:
    async with speaking_both(rig, double) as bot:
        somebody = double.person(77)
        await somebody.say("/start")
        await offers(somebody, SPANISH)
        await somebody.press(SPANISH)
        await offers(somebody, ENGLISH)
        await somebody.say("1")
        await somebody.say("3")
        await somebody.wait(in_other_words("What would you like to say?"))
        await bot.settled()
        assert BOTH_LANGUAGES[OTHER].name not in [
            b.label for m in somebody.screen[-1:] for b in m.buttons
        ]


async def test_help_comes_in_every_language_until_one_is_known(rig: Rig, double: Double) -> None:
    async with speaking_both(rig, double) as bot:
        somebody = double.person(77)
        await somebody.say("/unsafe")
        await somebody.wait(f"{in_other_words(INTRO)}\n{INTRO}")
        await somebody.say("/language es")
        await offers(somebody, ENGLISH)
        await somebody.say("/help")
        await bot.settled()
        assert sum(in_other_words(INTRO) in m.text for m in somebody.received) <= 2
