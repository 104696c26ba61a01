"""The messenger that keeps each chat to its pace: what waits, what is counted, what is neither."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from bot.platforms.telegram.facts import TELEGRAM
from bot.runtime.paced_messenger import PacedMessenger
from bot.runtime.rate_limits import Pace, RateLimiter
from handlers.effects import PlatformEffect
from handlers.messages import OutgoingFile, PlatformFacts, Reply
from handlers.ports.messenger import Undelivered
from store.model.accounts import Account

ROBIN, ALEX = (Account("telegram", name, name) for name in ("robin", "alexander"))
STORED = replace(Reply("a question"), once="row.0")
HELP = Reply("help")


@dataclass
class Chat:
    """A messenger that notes what it was asked for."""

    did: list[str] = field(default_factory=list)
    platform: PlatformFacts = TELEGRAM

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        return (reply, reply)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        self.did.append(f"{reply.text} to {to.name}")
        return (str(len(self.did)),)

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        self.did.append(f"{file.name} to {to.name}")

    async def update_buttons(self, to: Account, message: str, reply: Reply) -> None:
        self.did.append(f"change {message} to {reply.text}")

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        self.did.append(f"delete {len(messages)}")
        return hour

    async def leave(self, to: Account) -> None:
        self.did.append(f"leave {to.name}")

    async def perform(self, effect: PlatformEffect) -> None:
        self.did.append("perform")


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="chat")
def _chat() -> Chat:
    return Chat()


@pytest.fixture(name="paced")
def _paced(chat: Chat, clock: Clock) -> PacedMessenger:
    limiter = RateLimiter(clock, Pace(seconds=60, burst=2, steady=1))
    return PacedMessenger(chat, limiter, asyncio.Event())


async def test_what_is_stored_waits_for_the_pace_of_its_chat_and_for_no_other(
    paced: PacedMessenger, chat: Chat, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def pass_time(_stop: asyncio.Event, seconds: float) -> bool:
        waited.append(seconds)
        clock.now += seconds
        return False

    monkeypatch.setattr("bot.runtime.paced_messenger.stopped_within", pass_time)
    for _ in range(4):
        await paced.send(ROBIN, STORED)
    assert waited == [60, 60]
    await paced.send(ALEX, STORED)
    assert waited == [60, 60]
    assert chat.did == ["a question to robin"] * 4 + ["a question to alexander"]


async def test_help_and_ticks_and_files_wait_for_nothing_and_count(
    paced: PacedMessenger, chat: Chat
) -> None:
    for _ in range(9):
        assert await paced.send(ROBIN, HELP)
    await paced.update_buttons(ROBIN, "7", HELP)
    await paced.send_file(ROBIN, OutgoingFile("report.age", b"", silent=False))
    assert len(chat.did) == 11
    assert paced.rate_limiter.pace_left("robin") == pytest.approx((11 - 1) * 60)


async def test_deletions_count_but_delay_no_message(paced: PacedMessenger, chat: Chat) -> None:
    assert await paced.delete(ROBIN, ["1", "2", "3"], 5) == 5
    await paced.send(ROBIN, STORED)
    paced.rate_limiter.flooded("robin", 600)
    paced.rate_limiter.flooded("alexander", 600)
    assert paced.rate_limiter.left("somebody") == 0
    assert chat.did == ["delete 3", "a question to robin"]


async def test_nothing_waits_when_the_program_stops(paced: PacedMessenger, chat: Chat) -> None:
    for _ in range(2):
        await paced.send(ROBIN, STORED)
    third = asyncio.ensure_future(paced.send(ROBIN, STORED))
    await asyncio.sleep(0)
    paced.stopping.set()
    with pytest.raises(Undelivered):
        await asyncio.wait_for(third, 2)
    assert len(chat.did) == 2


async def test_everything_else_is_passed_on(paced: PacedMessenger, chat: Chat) -> None:
    await paced.leave(ROBIN)
    await paced.perform(PlatformEffect())
    assert chat.did == ["leave robin", "perform"]
    assert (paced.platform, paced.parts(HELP)) == (TELEGRAM, (HELP, HELP))
    assert paced.rate_limiter.chats == {}
