"""Help goes out at once, and not again and again."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.platforms.stored_messages import encode_message
from bot.platforms.telegram.adapter import decode_for_turn
from bot.runtime import help_sender, rate_limits
from bot.runtime.help_sender import (
    BURST_SECONDS,
    MOST_AT_ONCE,
    PAUSE_SECONDS,
    TRIES,
    HelpSender,
)
from handlers.messages import EditedMessage, IncomingMessage, MessageContent, TextMessage
from handlers.ports.messenger import RecipientGone, Undelivered
from handlers.texts.names import SentenceName
from store.model.accounts import Account
from store.model.inbox import InboxRow, WaitingMessage


def said(text: str, number: int = 1, who: int = 77) -> IncomingMessage:
    return received(TextMessage(text), number, who)


def received(heard: MessageContent, number: int = 1, who: int = 77) -> IncomingMessage:
    return IncomingMessage(f"{number}", Account("telegram", f"{who}", f"{who}"), heard)


@dataclass
class World:
    """A clock, and a platform that takes messages or does not."""

    now: float = 1000.0
    errors: list[Exception] = field(default_factory=list)
    sent: list[tuple[str, SentenceName]] = field(default_factory=list)
    tries: int = 0
    hangs: bool = False

    async def send(self, who: Account, sentence: SentenceName) -> None:
        self.tries += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append((who.name, sentence))

    @property
    def sender(self) -> HelpSender:
        return HelpSender(self.send, lambda: self.now)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "FIRST_SECONDS", 0.001)
    monkeypatch.setattr(rate_limits, "LONGEST_SECONDS", 0.01)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("/unsafe", "HELP_LINES"),
        (" /UNSAFE please", "HELP_LINES"),
        ("/unsafe@a_bot", "HELP_LINES"),
        ("/help", "HELP"),
        ("I am not safe!", "HELP_LINES"),
        ("/ground", "GROUND"),
        ("he is outside", "DANGER"),
        ("It was in May. i want to die", "DANGER"),
        ("/pause he is at the door", "DANGER"),
        ("/ground he is at the door", "DANGER"),
    ],
)
async def test_who_asks_for_help_is_sent_it(text: str, sentence: SentenceName) -> None:
    world = World()
    sender = world.sender
    assert sender.notice(said(text))
    await sender.stop(5)
    assert world.sent == [("77", sentence)]


@pytest.mark.parametrize(
    "heard",
    [
        TextMessage("he said I am not safe"),
        TextMessage("/start"),
        TextMessage("help me understand it"),
        EditedMessage("/unsafe", "1"),
    ],
)
async def test_nothing_else_is_taken_for_a_call_for_help(heard: MessageContent) -> None:
    world = World()
    sender = world.sender
    assert not sender.notice(received(heard))
    await sender.stop(5)
    assert world.sent == []


async def test_help_is_sent_once_in_ten_seconds_to_each() -> None:
    world = World()
    sender = world.sender
    assert all(sender.notice(said("/unsafe", number)) for number in range(5))
    assert sender.notice(said("/unsafe", 9, who=88))
    world.now += PAUSE_SECONDS
    assert sender.notice(said("/unsafe", 10))
    await sender.stop(5)
    assert sorted(name for name, _ in world.sent) == ["77", "77", "88"]


async def test_help_that_nobody_asked_for_is_sent_once_in_a_burst() -> None:
    world = World()
    sender = world.sender
    for number, text in enumerate(["he is outside", "he will kill me", "i want to die"]):
        assert sender.notice(said(text, number))
        world.now += PAUSE_SECONDS
    assert sender.notice(said("/unsafe", 8))
    world.now += BURST_SECONDS
    assert sender.notice(said("he is outside", 9))
    await sender.stop(5)
    assert [sentence for _, sentence in world.sent] == ["DANGER", "HELP_LINES", "DANGER"]


async def test_other_help_is_sent_at_once() -> None:
    world = World()
    sender = world.sender
    for number, text in enumerate(["/help", "/unsafe", "/help", "/unsafe"]):
        assert sender.notice(said(text, number))
    await sender.stop(5)
    assert world.sent == [("77", "HELP"), ("77", "HELP_LINES")]


async def test_a_message_that_comes_again_is_not_answered_again() -> None:
    world = World()
    sender = world.sender
    assert sender.notice(said("/unsafe"))
    world.now += PAUSE_SECONDS
    assert sender.notice(said("/unsafe"))
    await sender.stop(5)
    assert len(world.sent) == 1


async def test_what_waits_since_an_earlier_run_is_helped_by_its_turn() -> None:
    world = World(hangs=True)
    sender = world.sender
    sender.notice(said("/unsafe"))
    assert sender.helps("1")
    await sender.stop(0.01)
    waiting = WaitingMessage(InboxRow(1), "77", 0, 0, encode_message(said("/unsafe")))
    assert not decode_for_turn(world.sender, waiting).helped
    assert decode_for_turn(sender, waiting).helped


async def test_it_is_tried_again_when_the_platform_is_away() -> None:
    world = World(errors=[Undelivered("away"), OSError()])
    sender = world.sender
    sender.notice(said("/unsafe"))
    await asyncio.wait_for(asyncio.gather(*sender.tasks), 5)
    assert len(world.sent) == 1


async def test_it_waits_as_long_as_the_platform_asks_for() -> None:
    world = World(errors=[Undelivered("slowly", 0.2)])
    sender = world.sender
    sender.notice(said("/unsafe"))
    await sender.stop(0.1)
    assert (world.tries, world.sent) == (1, [])
    world = World(errors=[Undelivered("slowly", 0.02)])
    sender = world.sender
    sender.notice(said("/unsafe"))
    await sender.stop(5)
    assert len(world.sent) == 1


async def test_it_is_not_tried_for_ever_and_not_for_who_has_gone() -> None:
    world = World(errors=[OSError() for _ in range(100)])
    sender = world.sender
    sender.notice(said("/unsafe"))
    await asyncio.wait_for(asyncio.gather(*sender.tasks), 5)
    assert world.tries == TRIES
    assert not sender.helps("1"), "its turn may still send it"
    assert sender.notice(said("/unsafe", 2)), "what failed keeps nobody from asking again"
    gone = World(errors=[RecipientGone("blocked")])
    sender = gone.sender
    sender.notice(said("/unsafe"))
    await asyncio.wait_for(asyncio.gather(*sender.tasks), 5)
    assert gone.tries == 1


async def test_with_too_many_at_once_the_turn_sends_it() -> None:
    world = World(hangs=True)
    sender = world.sender
    for who in range(MOST_AT_ONCE):
        assert sender.notice(said("/unsafe", who, who))
    assert not sender.notice(said("/unsafe", 1000, 1000))
    await asyncio.wait_for(sender.stop(0.01), 5)
    assert sender.tasks == set()


async def test_what_is_remembered_is_bounded_and_shows_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(help_sender, "MOST_REMEMBERED", 3)
    world = World()
    sender = world.sender
    for who in range(7766554430, 7766554440):
        sender.notice(said("/unsafe", who, who))
    await sender.stop(5)
    assert (len(sender.sent), len(sender.helped)) == (3, 3)
    assert "77665544" not in repr(sender)
