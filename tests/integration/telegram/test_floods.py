"""Nobody makes the bot deaf on Telegram: one account floods it, and others are heard."""

import itertools
import sqlite3
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.platforms.telegram import poller
from bot.runtime import inbox_worker
from bot.runtime.admission import MOST_OF_A_CHAT, MOST_PRESSES, MOST_STOPPING
from bot.runtime.disk_status import FULL, ROOM
from bot.runtime.inbox_worker import ATTEMPTS
from bot.runtime.scheduler import Scheduler
from bot.runtime.wait_notice import STILL_READING
from handlers.effects import PostCommitEffect
from handlers.messages import IncomingMessage
from handlers.texts.english import ENGLISH
from handlers.turn import TurnProcessor
from store.inbox.inbox_store import InboxStore
from store.model.failpoint import installed
from store.model.inbox import WaitingMessage
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.kinds import KINDS
from tests.doubles.telegram.person import Person
from tests.doubles.telegram.world import Message
from tests.integration.telegram.running import HURRIED, begin, pieces, running
from tests.rig import Rig

Flood = Callable[[Person], Coroutine[Any, Any, None]]
Trouble = Callable[[Rig], AbstractContextManager[None]]

FLOOD = 2000
MOST_TURNS = 2
"""Of a flooder between somebody's message and its turn: one under way, and one that was next."""
HELP = ENGLISH.help.help_intro


def help_lines(person: Person) -> list[Message]:
    return [message for message in person.received if HELP in message.text]


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was stored, and whose turns began, in order, each with the account."""
    noted: list[tuple[str, str]] = []
    process, add = TurnProcessor.process, Scheduler.add

    async def begin_turn(
        self: TurnProcessor, incoming: IncomingMessage
    ) -> tuple[PostCommitEffect, ...]:
        noted.append(("turn", incoming.who.name))
        return await process(self, incoming)

    def store(self: Scheduler, messages: Sequence[WaitingMessage]) -> None:
        noted.extend(("stored", message.chat) for message in messages)
        add(self, messages)

    monkeypatch.setattr(TurnProcessor, "process", begin_turn)
    monkeypatch.setattr(Scheduler, "add", store)
    return noted


@pytest.fixture
def hasty(rig: Rig) -> Rig:
    """An organisation in which a whole flood may be handled at once."""
    limits = replace(rig.config.limits, messages_a_minute=600)
    return replace(rig, config=replace(rig.config, limits=limits))


# --- turns are shared


async def anything(person: Person) -> None:
    """A flood of every kind of message, presses and edits among them."""
    first = await person.say("the first")
    press = itertools.cycle(range(len(KINDS) + 3))
    kinds = sorted(KINDS)
    for number in range(FLOOD):
        match next(press):
            case 0:
                await person.say(f"flood {number}")
            case 1:
                await person.edit(first.id, f"changed {number}")
            case 2:
                await person.press_data(first.id, "no token of ours")
            case kind:
                await person.send(kinds[kind - 3])


async def words(person: Person) -> None:
    for number in range(FLOOD):
        await person.say(f"flood {number}")


async def stops(person: Person) -> None:
    """What is exempt from limits floods as well."""
    for number in range(FLOOD):
        await person.say(f"/stop {number}")


@pytest.mark.parametrize("flood", [anything, words, stops])
async def test_between_a_message_and_its_turn_a_flooder_has_few(
    rig: Rig, double: Double, moments: list[tuple[str, str]], flood: Flood
) -> None:
    robin, flooder = double.person(77), double.person(88)
    async with running(rig, double) as bot:
        await begin(robin)
        await begin(flooder)
        await bot.settled()
        await flood(flooder)
        await bot.until(lambda: bot.waiting > MOST_OF_A_CHAT // 2, 60)
        moments.clear()
        await robin.say("This is what happened.")
        await bot.until(lambda: ("turn", "77") in moments, 60)
        after_storing = moments[moments.index(("stored", "77")) :]
        between = after_storing[: after_storing.index(("turn", "77"))]
        assert between.count(("turn", "88")) <= MOST_TURNS
        assert bot.waiting, "the flood was still there"
        assert bot.waiting <= MOST_OF_A_CHAT + MOST_PRESSES + MOST_STOPPING + 2
        await robin.wait("Saved. Carry on")
        assert await pieces(bot, robin) == ["This is what happened."]


async def test_who_sends_too_much_hears_it_once(hasty: Rig, double: Double) -> None:
    flooder = double.person(88)
    async with running(hasty, double) as bot:
        await begin(flooder)
        await bot.settled()
        await words(flooder)
        await bot.until(lambda: double.unconfirmed == 0, 60)
        await bot.settled(100)
        said = [m for m in flooder.received if ENGLISH.refusals.unusable["many"] in m.text]
        assert len(said) == 1
        kept = await pieces(bot, flooder)
        assert kept == [f"flood {number}" for number in range(len(kept))], "the first, in order"
        assert len(kept) >= MOST_OF_A_CHAT


async def test_who_sends_more_than_a_minute_has_hears_that_it_takes_longer(
    rig: Rig, double: Double
) -> None:
    robin = double.person(77)
    rig.config = replace(rig.config, limits=replace(rig.config.limits, messages_a_minute=10))
    async with running(rig, double) as bot:
        await begin(robin)
        await bot.settled()
        for number in range(15):
            await robin.say(f"part {number}")
        await robin.wait(ENGLISH.refusals.unusable[STILL_READING])
        await bot.until(lambda: double.unconfirmed == 0)
        assert bot.waiting > 1, "what came before it was said still waits"
        await robin.say("/stop")
        await robin.wait("I've stopped.")
        said = [m for m in robin.received if m.text == ENGLISH.refusals.unusable[STILL_READING]]
        assert len(said) == 1
        assert await pieces(bot, robin) == [f"part {number}" for number in range(15)]


async def test_who_tells_much_hears_before_the_day_is_full(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    rig.config = replace(rig.config, limits=replace(rig.config.limits, mib_a_day=1))
    texts = [f"{number} {'語' * 4000}" for number in range(95)]
    kinds = ENGLISH.refusals.unusable
    async with running(rig, double) as bot:
        await begin(robin)
        await bot.settled()
        for text in texts:
            await robin.say(text)
        await robin.wait(lambda seen: any(m.text.startswith(kinds["day"]) for m in seen), 60)
        await bot.settled(30)
        heard = [m.text for m in robin.received]
        assert heard.count(kinds["nearly"]) == heard.count(kinds["day"]) == 1
        assert heard.index(kinds["nearly"]) < heard.index(kinds["day"])
        kept = await pieces(bot, robin)
        assert kept
        assert "".join(texts).startswith("".join(kept)), "the first, in order; an app splits them"


async def test_a_stop_behind_a_flood_of_ones_own_is_heard(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await bot.settled()
        await words(robin)
        await robin.say("/stop")
        await robin.wait("I've stopped.", 100)


async def test_a_stop_behind_a_flood_of_taps_is_heard(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await bot.settled()
        first = await robin.say("This is what happened.")
        await words(robin)
        for _ in range(FLOOD):
            await robin.press_data(first.id, "no token of ours")
        await robin.say("/stop")
        await robin.wait("I've stopped.", 100)


# --- help first


@contextmanager
def locked(rig: Rig) -> Iterator[None]:
    """Somebody else holds the database's write lock."""
    path = rig.config.store.database
    assert path is not None
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(_rig: Rig) -> Iterator[None]:
    """The disk takes nothing."""

    def fail(name: str) -> None:
        if name == "commit" or name.startswith("file written"):
            raise sqlite3.OperationalError("database or disk is full")

    with installed(fail):
        yield


@pytest.mark.parametrize("trouble", [locked, full])
@pytest.mark.parametrize("words", ["/unsafe", "/help", "I am not safe."])
async def test_help_comes_whatever_the_disk_does(
    rig: Rig,
    double: Double,
    trouble: Trouble,
    words: str,
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await bot.settled()
        with trouble(rig):
            await robin.say("Something that cannot be stored now.")
            await bot.until(lambda: double.counted["getUpdates"] > 3)
            await robin.say(words)
            await robin.wait(HELP)
        await bot.settled(30)
        assert len(help_lines(robin)) == 1, "its turn does not send it again"
        assert "Something that cannot be stored now." in await pieces(bot, robin)


async def test_a_turn_that_finds_no_room_is_tried_until_there_is(
    rig: Rig, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has to be written for a turn needs more room than the count of its tries."""
    monkeypatch.setattr(inbox_worker, "DISK_SECONDS", 0.05)
    robin, tries = double.person(77), 0

    def fail(name: str) -> None:
        nonlocal tries
        if name == "sql insert item":
            tries += 1
            no_room = sqlite3.OperationalError("database or disk is full")
            no_room.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise no_room

    async with running(rig, double, HURRIED) as bot:
        await begin(robin)
        await bot.settled()
        with installed(fail):
            await robin.say("This is what happened.")
            await bot.until(lambda: tries > 3 * ATTEMPTS)
            await bot.until(lambda: FULL in bot.said)
            assert bot.waiting == 1
        await robin.wait("Saved. Carry on")
        assert await pieces(bot, robin) == ["This is what happened."]
        assert ENGLISH.refusals.failed not in [m.text for m in robin.received]
        await bot.until(lambda: bot.said[-1] == ROOM)
        assert bot.said == [FULL, ROOM]


async def test_a_start_with_a_locked_database_is_no_crash(
    rig: Rig, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_again, tries = InboxStore.begin, 0

    async def locked_at_first(self: InboxStore, platform: str) -> tuple[WaitingMessage, ...]:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise sqlite3.OperationalError("database is locked")
        return await begin_again(self, platform)

    monkeypatch.setattr(InboxStore, "begin", locked_at_first)
    monkeypatch.setattr(poller, "LOOK_SECONDS", 0.05)
    robin = double.person(77)
    async with running(rig, double) as bot:
        await robin.say("/unsafe")
        await robin.wait(HELP)
        await begin(robin)
        assert bot.said == []


async def test_help_is_sent_once_in_a_while_and_to_everybody(rig: Rig, double: Double) -> None:
    robin, oak = double.person(77), double.person(78)
    async with running(rig, double) as bot:
        for _ in range(5):
            await robin.say("/unsafe")
        await oak.say("/unsafe")
        await oak.wait(HELP)
        await robin.wait(HELP)
        await bot.settled()
        assert (len(help_lines(robin)), len(help_lines(oak))) == (1, 1)


async def test_help_comes_behind_two_thousand_messages(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await bot.settled()
        await words(robin)
        await robin.say("/unsafe")
        await robin.wait(HELP, 60)
        assert bot.waiting > 1, "what came before still waits"
