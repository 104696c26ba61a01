"""People on Telegram and on Matrix at once, in one process: neither hurts the other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from bot import patience
from bot.herald import Herald
from bot.matrix import service as matrix_service
from bot.matrix.trouble import Trouble
from bot.telegram import service as telegram_service
from bot.telegram.trouble import Trouble as TelegramTrouble
from store.records import Account
from tests.bot.matrix.running import CODE, begin, fetch, files, hand_over, hears, join
from tests.bot.telegram.running import answer
from tests.bot.telegram.running import begin as begin_there
from tests.bot.telegram.running import join as join_there
from tests.both import Both, both
from tests.matrix.fixtures import clients, own_synapse, synapse
from tests.matrix.person import Clients, Person
from tests.matrix.proxy import Fault, Proxy
from tests.matrix.synapse import Credentials, Synapse, free_port
from tests.rig import Rig
from tests.telegram.double import Double
from tests.telegram.faults import Fault as TelegramFault
from tests.telegram.person import Person as PersonThere

__all__ = ["clients", "own_synapse", "synapse"]

STORY = "It was after the rehearsal in spring."
BEFORE = (
    ("Let somebody read it", "What would help you now?"),
    ("Nothing for now", "What would you like to happen"),
    ("Skip", "Who is it about"),
    ("Skip", "Who may read it?"),
)
THEN = (
    ("Everything", "must never read it?"),
    ("No, nobody", "What may the readers do"),
    ("Read and listen", "May it be kept here"),
    ("Yes, keep it", "This is what you allow"),
    ("It is right", "These are the pieces"),
    ("Yes, as it is, and hand it over now", "Your take-back code"),
    ("Only the code", "can fetch it now"),
)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.05)
    monkeypatch.setattr(patience, "LONGEST_SECONDS", 0.5)
    monkeypatch.setattr(patience, "MARGIN_SECONDS", 0.02)
    for service in (matrix_service, telegram_service):
        monkeypatch.setattr(service, "TRY_AGAIN_SECONDS", 0.01)
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def double(rig: Rig) -> AsyncIterator[Double]:
    async with Double(clock=lambda: rig.clock().timestamp()) as running:
        yield running


@pytest.fixture
async def account(synapse: Synapse) -> Credentials:
    return await synapse.register()


async def hand_over_there(person: PersonThere, to: str) -> None:
    """From the story to the end, on Telegram."""
    await person.say("/done")
    for label, then in BEFORE:
        await answer(person, label, then)
    await person.press(to)
    await person.wait(lambda s: any(b.label.startswith(f"✓ {to}") for m in s for b in m.buttons))
    await answer(person, "That is all", "How much may they read?")
    for label, then in THEN:
        await answer(person, label, then)


async def talk_there(person: PersonThere, text: str) -> None:
    """One message on Telegram, and its answer."""
    before = len(person.received)
    await person.say(text)
    await person.wait(lambda _: any("Sealed." in m.text for m in person.received[before:]), 20)


async def talk_here(person: Person, text: str) -> None:
    """One message on Matrix, and its answer."""
    await hears(person, "Sealed. Go on", lambda: person.say(text))


async def test_two_people_talk_and_name_readers_who_are_on_the_other_platform(
    rig: Rig, double: Double, synapse: Synapse, clients: Clients, account: Credentials
) -> None:
    robin, oak = await asyncio.gather(clients.person(), clients.person())
    sage, ash = double.person(77), double.person(78)
    async with both(rig, double, synapse.url, account) as bot:
        await asyncio.gather(join(oak, rig, bot, "Oak"), join_there(ash, rig, "Ash"))
        await asyncio.gather(begin(robin, bot), begin_there(sage))
        await asyncio.gather(talk_here(robin, STORY), talk_there(sage, f"{STORY} Too."))
        heard = len(ash.received)

        async def both_hand_over() -> None:
            await asyncio.gather(hand_over(robin, "Ash"), hand_over_there(sage, "Oak"))

        await hears(oak, "Something was shared with you.", both_hand_over, 15)
        await ash.wait(lambda _: any("shared with you" in m.text for m in ash.received[heard:]))
        assert f"{STORY} Too." in rig.open("Oak", await fetch(oak)).text
        await ash.say("/inbox")
        await ash.wait("not fetched yet")
        (code,) = CODE.findall(ash.screen[-1].text)
        await ash.say(f"/fetch {code}")
        screen = await ash.wait(lambda s: s[-1].name == f"{code}.holdfast")
        assert screen[-1].document is not None
        assert STORY in rig.open("Ash", screen[-1].document).text
        assert bot.said == []
    assert len(files(oak)) == 1

