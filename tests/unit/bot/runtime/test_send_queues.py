"""Lanes: order inside one, none waits for another, nothing is tried for ever."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import cast

import pytest

from bot.runtime import rate_limits as patience
from bot.runtime.rate_limits import RateLimiter
from bot.runtime.send_queues import TRIES, SendQueues
from handlers.ports.messenger import MessageRefused, RecipientGone, Undelivered
from handlers.turn import Aside, Desk
from store.model.accounts import Account

ROBIN, ALEX = (Account("telegram", name, name) for name in ("robin", "alexander"))


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.02)
    monkeypatch.setattr(patience, "LONGEST_SECONDS", 0.2)


class FakeDesk:
    """Notes what it was asked to do; fails as often as it is told."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.errors: list[Exception] = []
        self.held = False

    async def send_waiting(self, who: Account, *, quiet: bool, late: bool = False) -> bool:
        self.did.append(f"{'late ' if late else ''}send {who.name}")
        if self.errors:
            raise self.errors.pop(0)
        return self.held

    async def settle(self, who: Account) -> None:
        self.held = False
        self.did.append(f"settle {who.name}")

    async def drop(self, who: Account) -> None:
        self.did.append(f"drop {who.name}")


@pytest.fixture(name="desk")
def _desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture(name="lanes")
async def _lanes(desk: FakeDesk) -> AsyncIterator[SendQueues]:
    loop = asyncio.get_running_loop()
    lanes = SendQueues(cast("Desk", desk), RateLimiter(loop.time), quiet=0.05)
    yield lanes
    await lanes.stop(1)
    assert not lanes.tasks


async def idle(lanes: SendQueues) -> None:
    async with asyncio.timeout(5):
        while lanes.tasks:
            await asyncio.wait(lanes.tasks)
    assert lanes.lanes == {}


def noting(desk: FakeDesk, what: str, *errors: Exception) -> Aside:
    left = list(errors)

    async def aside() -> None:
        desk.did.append(what)
        if left:
            raise left.pop(0)

    return aside


async def test_asides_come_first_and_then_what_waits(lanes: SendQueues, desk: FakeDesk) -> None:
    lanes.put(ROBIN, (noting(desk, "one"), noting(desk, "two")))
    await idle(lanes)
    assert desk.did == ["one", "two", "send robin"]


async def test_what_nobody_asked_for_is_late_and_an_aside_alone_sends_nothing(
    lanes: SendQueues, desk: FakeDesk
) -> None:
    lanes.ring(ROBIN)
    await idle(lanes)
    lanes.also(ALEX, noting(desk, "sweep"))
    await idle(lanes)
    assert desk.did == ["late send robin", "sweep"]


async def test_an_acknowledgement_waits_until_it_is_quiet(
    lanes: SendQueues, desk: FakeDesk
) -> None:
    desk.held = True
    for _ in range(3):
        lanes.put(ROBIN)
        await asyncio.sleep(0.02)
    await idle(lanes)
    assert desk.did == ["send robin"] * 3 + ["settle robin"]


async def test_one_lane_waits_and_another_goes_on(lanes: SendQueues, desk: FakeDesk) -> None:
    desk.errors = [Undelivered("not now", 0.3)]
    lanes.put(ROBIN)
    await asyncio.sleep(0.05)
    lanes.put(ALEX)
    await idle(lanes)
    assert desk.did == ["send robin", "send alexander", "send robin"]


@pytest.mark.parametrize("error", [Undelivered("away"), MessageRefused("no")])
async def test_what_is_not_stored_is_tried_so_often_and_no_more(
    lanes: SendQueues, desk: FakeDesk, error: Exception
) -> None:
    lanes.put(ROBIN, (noting(desk, "aside", *[error] * 99),))
    await idle(lanes)
    assert desk.did == ["aside"] * (TRIES + 1)


async def test_what_is_stored_is_tried_until_it_goes(lanes: SendQueues, desk: FakeDesk) -> None:
    desk.errors = [Undelivered("away") for _ in range(TRIES + 5)]
    lanes.put(ROBIN)
    await idle(lanes)
    assert len(desk.did) == TRIES + 6


def gone(lanes: SendQueues, desk: FakeDesk) -> None:
    desk.errors = [RecipientGone("blocked")]
    lanes.put(ROBIN)


def left(lanes: SendQueues, desk: FakeDesk) -> None:
    lanes.leave(ROBIN)


@pytest.mark.parametrize("leaving", [gone, left])
async def test_who_blocks_the_bot_has_nothing_waiting_any_more(
    lanes: SendQueues, desk: FakeDesk, leaving: Callable[[SendQueues, FakeDesk], None]
) -> None:
    leaving(lanes, desk)
    await idle(lanes)
    assert desk.did[-1] == "drop robin"
    lanes.put(ROBIN)
    await idle(lanes)
    assert desk.did[-1] == "send robin"


async def test_a_block_ends_a_flood_wait_and_a_new_lane_can_begin(
    lanes: SendQueues, desk: FakeDesk
) -> None:
    desk.errors = [Undelivered("not now", 600)]
    lanes.put(ROBIN)
    await asyncio.sleep(0.05)
    lanes.leave(ROBIN)
    await idle(lanes)
    assert desk.did == ["send robin", "drop robin"]


async def test_an_error_nobody_expected_ends_the_lane_only(
    lanes: SendQueues, desk: FakeDesk
) -> None:
    desk.errors = [ValueError("secret")]
    lanes.put(ROBIN)
    await idle(lanes)
    lanes.put(ROBIN)
    await idle(lanes)
    assert desk.did == ["send robin"] * 2


async def test_stopping_sends_what_can_be_sent_and_waits_for_no_flood(
    lanes: SendQueues, desk: FakeDesk
) -> None:
    desk.errors = [Undelivered("not now", 600)]
    lanes.put(ROBIN)
    await asyncio.sleep(0.05)
    desk.held = True
    lanes.put(ALEX)
    await asyncio.wait_for(lanes.stop(1), 2)
    assert desk.did == ["send robin", "send alexander", "settle alexander"]


async def test_no_repr_names_anybody(lanes: SendQueues, desk: FakeDesk) -> None:
    desk.errors = [Undelivered("not now", 600)]
    lanes.put(ROBIN, (noting(desk, "robins words"),))
    await asyncio.sleep(0.05)
    assert "robin" not in repr((lanes, list(lanes.lanes.values()), lanes.patience))


async def test_answers_that_are_held_back_hold_up_nobody(
    lanes: SendQueues, desk: FakeDesk
) -> None:
    let_go, helped = asyncio.Event(), asyncio.Event()

    async def held_back() -> None:
        await let_go.wait()

    async def help_at_once() -> None:
        helped.set()

    for number in range(40):
        lanes.put(Account("telegram", f"guesser {number}", f"{number}"), (held_back,))
    await asyncio.sleep(0)
    lanes.put(ROBIN, (help_at_once,))
    await asyncio.wait_for(helped.wait(), 2)
    let_go.set()
    await idle(lanes)
