"""Publishing and recalling while people talk: each goes on with the words they began with."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

import flows
from bot.app import Application
from bot.publishing.archive import FlowArchive
from bot.runtime.conversations import Conversations
from handlers.messages import IncomingMessage, Reply, TextMessage, UnresolvedPress
from handlers.permissions.registry import HONOURED
from store.model.accounts import Account
from store.model.errors import UnknownRevision
from tests.doubles.telegram.double import Double
from tests.integration.telegram.running import answer, begin, running
from tests.rig import Rig, person
from tests.unit.handlers.chats import CHAT, Chat, buttons_of

FIRST, EDITED = "What would you like to say?", "What is there to say?"
FATE, OTHER_FATE = "What would you like to do with your story?", "What is to become of it?"
BECAUSE = "A question was unkind."
TOOK_BACK = "The people who write my questions have taken"
PEOPLE = 50
"""On each of two platforms."""

NAMES = ("telegram", "matrix")


def archive(rig: Rig) -> FlowArchive:
    return FlowArchive(rig.config.flow.folder / "published" / "intake", HONOURED)


def publish(rig: Rig) -> str:
    """Other words from now on."""
    text = (rig.config.flow.folder / "intake.toml").read_text("utf-8")
    new = text.replace(FIRST, EDITED).replace(FATE, OTHER_FATE)
    flow = flows.load(new, "intake.toml")
    archive(rig).publish(new, flow, {})
    return flow.revision


@dataclass
class Told(Chat):
    """A chat that remembers who was ever told what, and how loudly."""

    told: list[tuple[str, str]] = field(default_factory=list)
    loud: list[str] = field(default_factory=list)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        self.told.append((to.name, reply.text))
        self.loud += [] if reply.silent else [reply.text]
        return await super().send(to, reply)


@dataclass
class Site:
    """Two platforms in front of one house, and everybody who talks there."""

    rig: Rig
    house: Application
    chats: dict[str, Told]
    conversations: dict[str, Conversations]

    async def hear(self, who: Account, heard: TextMessage | UnresolvedPress, on: str = "") -> None:
        """As a platform does it: answered in the account's own send queue."""
        incoming = IncomingMessage(secrets.token_hex(8), who, heard, secrets.token_hex(4), on)
        here = self.conversations[who.platform]
        here.send_queues.send_result(who, await here.processor.process(incoming))

    async def press(self, who: Account, choice: str) -> None:
        """The newest button of that name."""
        shown = reversed(self.chats[who.platform].standing.items())
        mine = [(n, r) for n, (whose, r) in shown if whose == who.name and not isinstance(r, str)]
        on, token = next((n, o.token) for n, r in mine for o in buttons_of(r) if o.id == choice)
        await self.hear(who, UnresolvedPress(token), on)

    async def settled(self) -> None:
        """Nothing is under way."""
        async with asyncio.timeout(60):
            while any(here.send_queues.queues for here in self.conversations.values()):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.01)

    def seen(self, who: Account) -> str:
        """All that this account was ever told."""
        return "\n".join(text for to, text in self.chats[who.platform].told if to == who.name)


@asynccontextmanager
async def opened(rig: Rig) -> AsyncIterator[Site]:
    """The program, started anew, on both."""
    async with rig.house() as house:
        chats = {name: Told(replace(CHAT, name=name)) for name in NAMES}
        conversations = {name: house.conversations(chat, 0.01) for name, chat in chats.items()}
        site = Site(rig, house, chats, conversations)
        queues = {name: here.send_queues for name, here in conversations.items()}
        with ExitStack() as connected:
            for name, each in queues.items():
                connected.enter_context(house.wakeups.connect(name, each))
            try:
                yield site
            finally:
                await site.settled()
                await asyncio.gather(*(each.stop(1.0) for each in queues.values()))


def people(first: int = 0, count: int = PEOPLE) -> list[Account]:
    numbers = range(first, first + count)
    return [Account(p, f"{p}-{n}", f"{p}-{n}") for p in NAMES for n in numbers]


async def all_of(site: Site, everybody: list[Account], *acts: str) -> None:
    """Each of them, at the same time: what is no choice is typed."""
    for act in acts:
        does = [
            site.press(w, act) if act in CHOICES else site.hear(w, TextMessage(act))
            for w in everybody
        ]
        await asyncio.gather(*does)
        await site.settled()


CHOICES = {"go", "end", "self", "done", "keep", "right", "again", "later", "read"}


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.publishing.library.RELOAD_SECONDS", 0.0)


@pytest.mark.timeout(300)
async def test_a_hundred_open_talks_keep_their_words_and_new_ones_have_the_new(rig: Rig) -> None:
    early, late = people(), people(PEOPLE, 5)
    async with opened(rig) as site:
        await all_of(site, early, "/start", "go", "end", "The first part")
        flying = [asyncio.create_task(site.hear(w, TextMessage("The second part"))) for w in early]
        new = publish(rig)
        await asyncio.gather(*flying)
        await all_of(site, early, "done")
        await all_of(site, late, "/start", "go", "end", "My story", "done")
        for who in early:
            assert FIRST in site.seen(who)
            assert FATE in site.seen(who)
            assert EDITED not in site.seen(who)
            assert OTHER_FATE not in site.seen(who)
            snapshot = await site.house.stores.cases.snapshot(who, rig.clock(), pieces=True)
            assert [p.text for p in snapshot.pieces] == ["The first part", "The second part"]
        for who in late:
            assert EDITED in site.seen(who)
            assert OTHER_FATE in site.seen(who)
            assert FIRST not in site.seen(who)
            draft = (await site.house.stores.cases.snapshot(who, rig.clock())).draft
            assert draft is not None
            assert draft.revision == new


@pytest.mark.timeout(300)
async def test_a_recall_reaches_exactly_the_right_talks_at_once_and_once(rig: Rig) -> None:
    old_ones, new_ones = people(0, 25), people(PEOPLE, 25)
    nobody = Account("telegram", "telegram-x", "telegram-x")
    async with opened(rig) as site:
        old = site.house.settings.flow.revision
        await all_of(site, old_ones, "/start", "go", "end", "My story")
        publish(rig)
        await all_of(site, new_ones, "/start", "go", "self", "My story")
        await all_of(site, [nobody], "/start")
        archive(rig).recall(old, BECAUSE)
        for chat in site.chats.values():
            chat.loud.clear()
        counts = [await here.notify_recalled() for here in site.conversations.values()]
        await site.settled()
        assert counts == [25, 25]
        assert not any(chat.loud for chat in site.chats.values())  # nobody had asked
        for who in old_ones:
            assert site.seen(who).count(TOOK_BACK) == 1
            assert BECAUSE in site.seen(who)
        for who in (*new_ones, nobody):
            assert TOOK_BACK not in site.seen(who)
        assert [await here.notify_recalled() for here in site.conversations.values()] == [0, 0]
        await all_of(site, old_ones, "again")
        for who in old_ones:
            assert EDITED in site.seen(who)
            snapshot = await site.house.stores.cases.snapshot(who, rig.clock(), pieces=True)
            assert [p.text for p in snapshot.pieces] == ["My story"]


async def test_after_a_restart_those_whose_chat_is_remembered_are_told_and_once(rig: Rig) -> None:
    cleaned, alone = people(0, 2), people(10, 2)
    async with opened(rig) as site:
        old = site.house.settings.flow.revision
        await all_of(site, cleaned, "/start", "go", "end", "My story")
        await all_of(site, alone, "/start", "go", "self", "My story")
    publish(rig)
    archive(rig).recall(old, BECAUSE)
    async with opened(rig) as site:
        assert [await here.notify_recalled() for here in site.conversations.values()] == [2, 2]
        await site.settled()
        assert all(TOOK_BACK in site.seen(who) for who in cleaned)
        assert not any(TOOK_BACK in site.seen(who) for who in alone)
    async with opened(rig) as site:
        assert [await here.notify_recalled() for here in site.conversations.values()] == [0, 0]
        await all_of(site, alone, "Another part")  # nothing of their chat was remembered
        assert all(TOOK_BACK in site.seen(who) for who in alone)


async def test_who_heard_with_their_own_message_is_not_told_once_more(rig: Rig) -> None:
    (who,) = people(0, 1)[:1]
    async with opened(rig) as site:
        old = site.house.settings.flow.revision
        await all_of(site, [who], "/start", "go", "end", "My story")
        publish(rig)
        archive(rig).recall(old, BECAUSE)
        await all_of(site, [who], "Another part")
        assert await site.conversations[who.platform].notify_recalled() == 0
        await site.settled()
        assert site.seen(who).count(TOOK_BACK) == 1


async def test_whoever_allowed_something_is_told_and_keeps_their_way_back(rig: Rig) -> None:
    (who,) = people(0, 1)[:1]
    async with opened(rig) as site:
        old = site.house.settings.flow.revision
        await all_of(site, [who], "/start", "go", "end", "My story", "done", "keep", "right")
        await site.press(who, "keep")
        await site.settled()
        publish(rig)
        archive(rig).recall(old, BECAUSE)
        assert await site.conversations[who.platform].notify_recalled() == 1
        await site.settled()
        assert "What you allowed still holds. /withdraw takes it back." in site.seen(who)
        assert "Your twelve words" in site.seen(who)
        await site.hear(who, TextMessage("/words"))
        await site.settled()
        assert site.seen(who).count("Your twelve words") == 2
        assert site.seen(who).count(TOOK_BACK) == 1


async def test_on_telegram_a_talk_is_told_at_once_without_a_sound(rig: Rig) -> None:
    async with (
        Double(clock=lambda: rig.clock().timestamp()) as double,
        running(rig, double) as bot,
    ):
        anna, berta = double.person(11), double.person(12)
        old = bot.house.settings.flow.revision
        await begin(anna)
        await anna.say("My story")
        await anna.wait("Saved. Carry on")
        publish(rig)
        await berta.say("/start")
        await answer(berta, "No, only me", "Should I delete our messages")
        await answer(berta, "When I finish", EDITED)
        archive(rig).recall(old, BECAUSE)
        await anna.wait(BECAUSE)
        assert all(TOOK_BACK not in m.text for m in berta.received)
        await answer(anna, "Go on with the new ones", EDITED)


async def test_a_start_without_words_that_a_talk_may_name_is_refused(rig: Rig) -> None:
    await rig.say("/start", "1", "3", "My story")
    old = archive(rig).current()
    publish(rig)
    (archive(rig).folder / old).rename(rig.folder / "elsewhere")
    with pytest.raises(UnknownRevision, match=f"{old} .*published/intake/"):
        await rig.say("/start", who=person("reporter-two"))
    (rig.folder / "elsewhere").rename(archive(rig).folder / old)
    assert FIRST in "".join(reply.text for reply in await rig.say("/start"))
