"""People on Telegram and on Matrix at once, in one process: neither hurts the other."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest

from bot.platforms.matrix.failures import Failure
from bot.platforms.telegram.failures import Failure as TelegramFailure
from bot.runtime import inbox_worker
from bot.runtime import rate_limits as patience
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from tests.doubles.matrix.fixtures import clients, own_synapse, synapse
from tests.doubles.matrix.person import Clients, Person
from tests.doubles.matrix.proxy import Fault, Proxy
from tests.doubles.matrix.synapse import Credentials, Synapse
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.faults import Fault as TelegramFault
from tests.doubles.telegram.person import Person as PersonThere
from tests.integration.both import Both, both, lay_out
from tests.integration.matrix.running import CODE, begin, fetch, files, hand_over, hears, join
from tests.integration.telegram.running import answer
from tests.integration.telegram.running import begin as begin_there
from tests.integration.telegram.running import join as join_there
from tests.rig import Rig

__all__ = ["clients", "own_synapse", "synapse"]

STORY = "It was after the rehearsal in spring."
BEFORE = (
    ("Let someone read it", "What would help you now?"),
    ("Nothing for now", "What would you like to happen"),
    ("Skip", "Who is your story about"),
    ("Skip", "must never read your story?"),
    ("Nobody in particular", "Who may read your story?"),
)
THEN = (
    ("Everything", "What may the people who read it do"),
    ("Only read and listen", "May I keep your story"),
    ("Yes, keep it", "This is what you allow"),
    ("Yes, that's right", "Is this what you want to say"),
    ("Yes, send now", "How would you like to come back?"),
    ("Only the code", "Your take-back code"),
    (ENGLISH.labels["code.have"], "can read it now"),
)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.05)
    monkeypatch.setattr(patience, "LONGEST_SECONDS", 0.5)
    monkeypatch.setattr(patience, "MARGIN_SECONDS", 0.02)
    monkeypatch.setattr(inbox_worker, "RETRY_SECONDS", 0.01)
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
    await answer(person, "That's all", "How much may they read?")
    for label, then in THEN:
        await answer(person, label, then)


async def talk_there(person: PersonThere, text: str) -> None:
    """One message on Telegram, and its answer."""
    before = len(person.received)
    await person.say(text)
    await person.wait(
        lambda _: any("Saved. Carry on" in m.text for m in person.received[before:]), 20
    )


async def talk_here(person: Person, text: str) -> None:
    """One message on Matrix, and its answer."""
    await hears(person, "Saved. Carry on", lambda: person.say(text))


async def test_two_people_talk_and_name_readers_who_are_on_the_other_platform(
    rig: Rig, double: Double, synapse: Synapse, clients: Clients, account: Credentials
) -> None:
    robin, oak = await asyncio.gather(clients.person(), clients.person())
    sage, ash = double.person(77), double.person(78)
    lay_out(rig, double, account)
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


# One of them is in trouble


@dataclass
class Break:
    """Something that goes wrong with one platform, and is mended."""

    said: str
    """To the operator."""
    here: bool
    """On Matrix."""

    async def begin(self, ground: "Ground") -> None:
        """From now on."""
        raise NotImplementedError

    async def mend(self, ground: "Ground") -> None:
        """Not any more."""
        raise NotImplementedError


class Dark(Break):
    """The server is stopped."""

    async def begin(self, ground: "Ground") -> None:
        await (ground.proxy if self.here else ground.double).go_dark()

    async def mend(self, ground: "Ground") -> None:
        await (ground.proxy if self.here else ground.double).come_back()


class Page(Break):
    """What answers is something else than the server."""

    async def begin(self, ground: "Ground") -> None:
        if self.here:
            ground.proxy.add(Fault.BROKEN)
        else:
            ground.double.faults.add(TelegramFault.BROKEN, polls=True)
        await Dark(self.said, here=self.here).begin(ground)
        await Dark(self.said, here=self.here).mend(ground)

    async def mend(self, ground: "Ground") -> None:
        ground.proxy.clear()
        ground.double.faults.rules.clear()


class NoPassword(Break):
    """The homeserver takes neither the session nor the password."""

    async def begin(self, ground: "Ground") -> None:
        (ground.rig.folder / "password").write_text("a wrong one")
        ground.proxy.add(Fault.LOGGED_OUT, "(sync|whoami)$")

    async def mend(self, ground: "Ground") -> None:
        ground.proxy.clear()
        (ground.rig.folder / "password").write_text(ground.account.password)


class TokenMissing(Break):
    """Telegram does not know the token."""

    async def begin(self, ground: "Ground") -> None:
        ground.right, ground.double.token = ground.double.token, WRONG

    async def mend(self, ground: "Ground") -> None:
        ground.double.token = ground.right


WRONG = "110201543:AAwrongwrongwrongwrongwrongwrongwrong"
BREAKS: Mapping[str, Break] = {
    "no homeserver": Dark(Failure.UNREACHABLE.value, here=True),
    "another server": Page(Failure.UNREACHABLE.value, here=True),
    "a wrong password": NoPassword(Failure.LOGIN_REFUSED.value, here=True),
    "no telegram": Dark(TelegramFailure.UNREACHABLE.value, here=False),
    "another telegram": Page(TelegramFailure.UNREACHABLE.value, here=False),
    "a wrong token": TokenMissing(TelegramFailure.CREDENTIALS_REFUSED.value, here=False),
}


@dataclass
class Ground:
    """Both platforms, a person on each, and what can be broken between."""

    rig: Rig
    double: Double
    proxy: Proxy
    account: Credentials
    robin: Person
    sage: PersonThere = field(init=False)
    right: str = ""
    """The token that Telegram knew."""

    def __post_init__(self) -> None:
        self.sage = self.double.person(77)

    async def begins(self, bot: Both, *, here: bool) -> None:
        await (begin(self.robin, bot) if here else begin_there(self.sage))

    async def talks(self, text: str, *, here: bool) -> None:
        await (talk_here(self.robin, text) if here else talk_there(self.sage, text))

    async def told(self, bot: Both) -> list[list[str]]:
        there = Account("telegram", str(self.sage.id), str(self.sage.id))
        here = Account("matrix", self.robin.id, self.robin.room)
        return [await bot.told(here), await bot.told(there)]


@pytest.fixture
async def ground(
    rig: Rig, double: Double, synapse: Synapse, clients: Clients, account: Credentials
) -> AsyncIterator[Ground]:
    lay_out(rig, double, account)
    async with Proxy(synapse.url) as proxy:
        yield Ground(rig, double, proxy, account, await clients.person())


@pytest.mark.parametrize("name", BREAKS)
async def test_what_is_wrong_at_the_start_with_one_platform_is_nothing_to_the_other(
    ground: Ground, name: str
) -> None:
    trouble = BREAKS[name]
    await trouble.begin(ground)
    async with both(ground.rig, ground.double, ground.proxy.url, ground.account) as bot:
        await ground.begins(bot, here=not trouble.here)
        await ground.talks(STORY, here=not trouble.here)
        await bot.until(lambda: bool(bot.said))
        await ground.talks(STORY, here=not trouble.here)
        assert bot.said == [trouble.said]
        await trouble.mend(ground)
        await ground.begins(bot, here=trouble.here)
        await ground.talks(STORY, here=trouble.here)
        over = f"{'Matrix' if trouble.here else 'Telegram'} is there again."
        assert bot.said == [trouble.said, over]
        assert await ground.told(bot) in ([[STORY], [STORY] * 2], [[STORY] * 2, [STORY]])


@pytest.mark.parametrize("name", BREAKS)
async def test_what_goes_wrong_with_one_platform_is_nothing_to_the_other_and_loses_nothing(
    ground: Ground, name: str
) -> None:
    trouble = BREAKS[name]
    async with both(ground.rig, ground.double, ground.proxy.url, ground.account) as bot:
        for here in (True, False):
            await ground.begins(bot, here=here)
            await ground.talks("one", here=here)
        await trouble.begin(ground)
        await (ground.robin if trouble.here else ground.sage).say("two")
        await bot.until(lambda: bool(bot.said))
        await ground.talks("two", here=not trouble.here)
        await asyncio.sleep(0.5)
        assert bot.said == [trouble.said]
        await trouble.mend(ground)
        await ground.talks("three", here=trouble.here)
        await ground.talks("three", here=not trouble.here)
        over = f"{'Matrix' if trouble.here else 'Telegram'} is there again."
        assert bot.said == [trouble.said, over]
        assert await ground.told(bot) == [["one", "two", "three"]] * 2
