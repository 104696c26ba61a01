"""Long texts: sealed before their turn and kept by it whole and once; other turns go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from bot.runtime.conversations import Conversations
from handlers.messages import EditedMessage, IncomingMessage, TextMessage
from handlers.ports.stores import StagingStore
from handlers.staging import LONG
from handlers.texts.english import ENGLISH
from store.db.schema import item
from store.model.accounts import Account
from store.model.changes import KeepStaged, SealItem
from store.model.failpoint import installed
from tests.rig import Rig, person

BEGIN = ("/start", "1", "3")
WORDS = "It was a long story, and here is all of it: ünïcödé. "
MANY = WORDS * 60_000
"""More than three megabytes."""

SOME = WORDS * 15_000
"""Five rows of a payload."""


@pytest.fixture
def rig(rig: Rig) -> Rig:
    """An organisation that takes texts of any length."""
    limits = replace(rig.config.limits, text_length=10_000_000)
    rig.config = replace(rig.config, limits=limits)
    return rig


def typed(text: str, message: str = "the message") -> IncomingMessage:
    return IncomingMessage(message, person(), TextMessage(text), message)


async def told(rig: Rig) -> list[str]:
    async with rig.house() as house:
        snapshot = await house.stores.cases.snapshot(person(), rig.clock(), pieces=True)
        return [piece.text for piece in snapshot.pieces]


async def staged(rig: Rig) -> int:
    """How many items are there that no turn has kept."""
    async with rig.house() as house:
        database = house.stores.cases.database
        return await database.read(
            lambda connection: len(
                connection.execute(item.select().where(item.c.staged > 0)).all()
            )
        )


@dataclass
class Gate:
    """Stages as the store does, but lets nobody through until it is opened."""

    store: StagingStore
    staged: list[str] = field(default_factory=list)
    """The texts that came, in order."""
    most: int = 0
    """How many were staged at once at most."""
    running: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def stage(self, account: Account, answer: SealItem, now: datetime) -> KeepStaged | None:
        self.staged.append(answer.text)
        self.running += 1
        self.most = max(self.most, self.running)
        self.arrived.set()
        await self.opened.wait()
        try:
            return await self.store.stage(account, answer, now)
        finally:
            self.running -= 1

    async def discard(self, staged: KeepStaged) -> None:
        await self.store.discard(staged)


@asynccontextmanager
async def gated(rig: Rig) -> AsyncIterator[tuple[Conversations, Gate]]:
    """The program, in which nothing is staged before the gate is opened."""
    async with rig.house() as house:
        conversations, gate = house.conversations(rig.screen), Gate(house.stores.staging)
        processor = conversations.processor
        staging = replace(processor.staging, store=gate)
        yield replace(conversations, processor=replace(processor, staging=staging)), gate


async def meanwhile(rig: Rig, *lines: str) -> Gate:
    """Say these lines while the long text is being staged."""
    await rig.say(*BEGIN)
    async with gated(rig) as (conversations, gate):
        long = asyncio.create_task(conversations.receive(typed(SOME)))
        await gate.arrived.wait()
        for line in lines:
            await conversations.receive(typed(line, f"meanwhile {line}"))
        gate.opened.set()
        await long
        await conversations.settle(person())
    return gate


# --- whole, once


async def test_a_text_of_several_megabytes_is_kept_and_shown_whole(rig: Rig) -> None:
    await rig.say(*BEGIN)
    (sealed,) = await rig.say(MANY)
    assert sealed.text == ENGLISH.telling.ack.format(done=ENGLISH.labels["do.done"])
    assert await told(rig) == [MANY]
    assert await staged(rig) == 0
    (shown,) = await rig.say("/show")
    assert MANY.strip() in shown.text
    assert not [path for path, data in rig.written().items() if WORDS[:30].encode() in data]


async def test_it_is_handed_over_whole(rig: Rig) -> None:
    await rig.tell(SOME, "and a short end")
    await rig.share("Oak", keep=False)
    (code,) = await rig.inbox("Oak")
    text = rig.open("Oak", await rig.fetch("Oak", code)).text
    assert text.count(WORDS.strip()) == SOME.count(WORDS.strip())
    assert text.index(WORDS) < text.index("and a short end")


async def test_the_same_message_many_times_at_once_counts_once(rig: Rig) -> None:
    await rig.say(*BEGIN)
    async with rig.staying():
        await asyncio.gather(*(rig.hear(TextMessage(SOME), message="the same") for _ in range(5)))
    assert await told(rig) == [SOME]
    assert await staged(rig) == 0


async def test_a_repeated_message_counts_once(rig: Rig) -> None:
    await rig.say(*BEGIN)
    for _ in range(3):
        await rig.hear(TextMessage(SOME), message="the same")
    assert await told(rig) == [SOME]


# --- one after the other, and nobody waits


async def test_the_turns_of_the_account_go_on_while_it_is_staged(rig: Rig) -> None:
    gate = await meanwhile(rig, "a short one", "/help")
    assert gate.staged == [SOME]
    assert await told(rig) == ["a short one", SOME]


async def test_one_is_staged_after_the_other(rig: Rig) -> None:
    await rig.say(*BEGIN)
    texts = [f"{number} {SOME}" for number in range(3)]
    async with gated(rig) as (conversations, gate):
        gate.opened.set()
        await asyncio.gather(*(conversations.receive(typed(text, text[0])) for text in texts))
    assert (gate.staged, gate.most) == (texts, 1)
    assert await told(rig) == texts


async def test_accounts_do_not_wait_for_each_other(rig: Rig) -> None:
    other = person("another")
    await rig.say(*BEGIN)
    await rig.say(*BEGIN, who=other)
    async with gated(rig) as (conversations, gate):
        first = asyncio.create_task(conversations.receive(typed(SOME)))
        await gate.arrived.wait()
        second = asyncio.create_task(
            conversations.receive(IncomingMessage("theirs", other, TextMessage(SOME)))
        )
        while gate.running < 2:  # noqa: ASYNC110 - the gate tells the first one only
            await asyncio.sleep(0)
        gate.opened.set()
        await asyncio.gather(first, second)
    assert gate.most == 2


# --- something else was done meanwhile


async def test_a_case_that_was_erased_meanwhile_keeps_nothing(rig: Rig) -> None:
    await meanwhile(rig, "/erase", "yes")
    rows = await rig.rows()
    assert rows["item"] == rows["item_chunk"] == rows["case_file"] == 0


async def test_a_question_that_was_answered_meanwhile_does_not_take_it(rig: Rig) -> None:
    await meanwhile(rig, "a short one", "/done")
    assert await told(rig) == ["a short one"]
    assert (await rig.rows())["item"] == 2
    assert ENGLISH.listening.aside in rig.shown()


async def test_a_talk_that_was_begun_anew_meanwhile_takes_it(rig: Rig) -> None:
    gate = await meanwhile(rig, "/erase", "yes", *BEGIN)
    assert gate.staged == [SOME, SOME]
    assert await told(rig) == [SOME]
    assert (await rig.rows())["item"] == 1


# --- what is not staged


async def test_only_what_is_long_is_staged(rig: Rig) -> None:
    await rig.say(*BEGIN)
    texts = ["x" * LONG, "x" * (LONG + 1)]
    async with gated(rig) as (conversations, gate):
        gate.opened.set()
        for text in texts:
            await conversations.receive(typed(text, str(len(text))))
    assert gate.staged == texts[1:]
    assert await told(rig) == texts


async def test_what_is_not_taken_is_not_staged(rig: Rig) -> None:
    limits = replace(rig.config.limits, text_length=LONG)
    rig.config = replace(rig.config, limits=limits)
    async with gated(rig) as (conversations, gate):
        await conversations.receive(typed(SOME, "a greeting"))
        for line in BEGIN:
            await conversations.receive(typed(line, line))
        await conversations.receive(typed(SOME, "too long"))
    assert gate.staged == []
    assert ENGLISH.refusals.too_long.format(LONG) in rig.shown()


async def test_an_edited_message_is_sealed_in_its_turn(rig: Rig) -> None:
    await rig.say(*BEGIN)
    async with gated(rig) as (conversations, gate):
        first = IncomingMessage("1", person(), TextMessage("a short one"), "the message")
        await conversations.receive(first)
        edited = EditedMessage(SOME, "the message")
        await conversations.receive(IncomingMessage("2", person(), edited))
    assert gate.staged == []
    assert await told(rig) == [SOME]


# --- something fails


async def test_what_cannot_be_staged_changes_nothing(rig: Rig) -> None:
    await rig.say(*BEGIN, "a short one")

    def full(name: str) -> None:
        if name == "sql insert item_chunk":
            raise OSError(28, "No space left on device")

    async with rig.house() as house:
        with installed(full), pytest.raises(OSError, match="No space"):
            await house.conversations(rig.screen).receive(typed(SOME))
    assert (await told(rig), await staged(rig)) == (["a short one"], 0)
    await rig.hear(TextMessage(SOME), message="the message")
    assert await told(rig) == ["a short one", SOME]
