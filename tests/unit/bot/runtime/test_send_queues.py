"""Send queues: order inside one, none waits for another, nothing is tried for ever."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.runtime import rate_limits
from bot.runtime.rate_limits import RateLimiter
from bot.runtime.send_queues import TRIES, SendQueues
from handlers.effects import PlatformEffect
from handlers.ports.messenger import MessageRefused, RecipientGone, Undelivered
from store.model.accounts import Account

ROBIN, ALEX = (Account("telegram", name, name) for name in ("robin", "alexander"))


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "FIRST_SECONDS", 0.02)
    monkeypatch.setattr(rate_limits, "LONGEST_SECONDS", 0.2)


@dataclass(frozen=True)
class Action(PlatformEffect):
    """An effect that calls back."""

    act: Callable[[], Awaitable[None]] = field(repr=False)


class Recorder:
    """Sender, dispatcher and outbox: notes what it was asked to do, and fails when told to."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.errors: list[Exception] = []
        self.held = False
        self.waiting: tuple[Account, ...] = ()

    async def send_waiting(self, account: Account, *, quiet: bool, late: bool = False) -> bool:
        self.did.append(f"{'late ' if late else ''}send {account.name}")
        if self.errors:
            raise self.errors.pop(0)
        return self.held

    async def settle(self, account: Account) -> None:
        self.held = False
        self.did.append(f"settle {account.name}")

    async def drop(self, account: Account) -> None:
        self.did.append(f"drop {account.name}")

    def reload(self, account: Account) -> None:
        self.did.append(f"reload {account.name}")

    async def dispatch(self, effect: Action) -> None:
        await effect.act()

    async def waiting_accounts(self, platform: str) -> tuple[Account, ...]:
        return self.waiting if platform == "telegram" else ()


@pytest.fixture(name="recorder")
def _recorder() -> Recorder:
    return Recorder()


@pytest.fixture(name="queues")
async def _queues(recorder: Recorder) -> AsyncIterator[SendQueues]:
    loop = asyncio.get_running_loop()
    sender: Any = recorder
    dispatcher: Any = recorder
    queues = SendQueues(
        "telegram", sender, dispatcher, recorder, RateLimiter(loop.time), quiet=0.05
    )
    yield queues
    await queues.stop(1)
    assert not queues.tasks


async def idle(queues: SendQueues) -> None:
    async with asyncio.timeout(5):
        while queues.tasks:
            await asyncio.wait(queues.tasks)
    assert queues.queues == {}


def noting(recorder: Recorder, what: str, *errors: Exception) -> Action:
    left = list(errors)

    async def act() -> None:
        recorder.did.append(what)
        if left:
            raise left.pop(0)

    return Action(act)


async def test_effects_come_first_and_then_what_waits(
    queues: SendQueues, recorder: Recorder
) -> None:
    queues.send_result(ROBIN, (noting(recorder, "one"), noting(recorder, "two")))
    await idle(queues)
    assert recorder.did == ["one", "two", "send robin"]


async def test_what_nobody_asked_for_is_late_and_an_effect_alone_sends_nothing(
    queues: SendQueues, recorder: Recorder
) -> None:
    queues.wake(ROBIN)
    await idle(queues)
    queues.add_effect(ALEX, noting(recorder, "sweep"))
    await idle(queues)
    assert recorder.did == ["reload robin", "late send robin", "sweep"]


async def test_an_acknowledgement_waits_until_it_is_quiet(
    queues: SendQueues, recorder: Recorder
) -> None:
    recorder.held = True
    for _ in range(3):
        queues.send_result(ROBIN)
        await asyncio.sleep(0.02)
    await idle(queues)
    assert recorder.did == ["send robin"] * 3 + ["settle robin"]


async def test_one_queue_waits_and_another_goes_on(queues: SendQueues, recorder: Recorder) -> None:
    recorder.errors = [Undelivered("not now", 0.3)]
    queues.send_result(ROBIN)
    await asyncio.sleep(0.05)
    queues.send_result(ALEX)
    await idle(queues)
    assert recorder.did == ["send robin", "send alexander", "send robin"]


@pytest.mark.parametrize("error", [Undelivered("away"), MessageRefused("no")])
async def test_what_is_not_stored_is_tried_so_often_and_holds_up_nothing_for_ever(
    queues: SendQueues, recorder: Recorder, error: Exception
) -> None:
    queues.send_result(ROBIN, (noting(recorder, "effect", *[error] * 99),))
    await idle(queues)
    assert recorder.did == ["effect"] * (TRIES + 1) + ["send robin"]


async def test_what_is_stored_is_tried_until_it_goes(
    queues: SendQueues, recorder: Recorder
) -> None:
    recorder.errors = [Undelivered("away") for _ in range(TRIES + 5)]
    queues.send_result(ROBIN)
    await idle(queues)
    assert len(recorder.did) == TRIES + 6


def gone(queues: SendQueues, recorder: Recorder) -> None:
    recorder.errors = [RecipientGone("blocked")]
    queues.send_result(ROBIN)


def left(queues: SendQueues, recorder: Recorder) -> None:
    queues.drop(ROBIN)


@pytest.mark.parametrize("leaving", [gone, left])
async def test_who_blocks_the_bot_has_nothing_waiting_any_more(
    queues: SendQueues, recorder: Recorder, leaving: Callable[[SendQueues, Recorder], None]
) -> None:
    leaving(queues, recorder)
    await idle(queues)
    assert recorder.did[-1] == "drop robin"
    queues.send_result(ROBIN)
    await idle(queues)
    assert recorder.did[-1] == "send robin"


async def test_a_block_ends_a_flood_wait_and_a_new_queue_can_begin(
    queues: SendQueues, recorder: Recorder
) -> None:
    recorder.errors = [Undelivered("not now", 600)]
    queues.send_result(ROBIN)
    await asyncio.sleep(0.05)
    queues.drop(ROBIN)
    await idle(queues)
    assert recorder.did == ["send robin", "drop robin"]


async def test_an_error_nobody_expected_ends_the_queue_only(
    queues: SendQueues, recorder: Recorder
) -> None:
    recorder.errors = [ValueError("secret")]
    queues.send_result(ROBIN)
    await idle(queues)
    queues.send_result(ROBIN)
    await idle(queues)
    assert recorder.did == ["send robin"] * 2


async def test_stopping_sends_what_can_be_sent_and_waits_for_no_flood(
    queues: SendQueues, recorder: Recorder
) -> None:
    recorder.errors = [Undelivered("not now", 600)]
    queues.send_result(ROBIN)
    await asyncio.sleep(0.05)
    recorder.held = True
    queues.send_result(ALEX)
    await asyncio.wait_for(queues.stop(1), 2)
    assert recorder.did == ["send robin", "send alexander", "settle alexander"]


async def test_no_repr_names_anybody(queues: SendQueues, recorder: Recorder) -> None:
    recorder.errors = [Undelivered("not now", 600)]
    queues.send_result(ROBIN, (noting(recorder, "robins words"),))
    await asyncio.sleep(0.05)
    assert "robin" not in repr((queues, list(queues.queues.values()), queues.rate_limiter))


async def test_answers_that_are_held_back_hold_up_nobody(
    queues: SendQueues, recorder: Recorder
) -> None:
    let_go, helped = asyncio.Event(), asyncio.Event()

    async def held_back() -> None:
        await let_go.wait()

    async def help_at_once() -> None:
        helped.set()

    for number in range(40):
        queues.send_result(
            Account("telegram", f"guesser {number}", f"{number}"), (Action(held_back),)
        )
    await asyncio.sleep(0)
    queues.send_result(ROBIN, (Action(help_at_once),))
    await asyncio.wait_for(helped.wait(), 2)
    let_go.set()
    await idle(queues)


async def test_help_does_not_wait_until_everything_else_is_sent(
    queues: SendQueues, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending, sent = asyncio.Event(), asyncio.Event()

    async def send_long(*_account: Account, **_how: bool) -> bool:
        sending.set()
        await sent.wait()
        recorder.did.append("sent at last")
        return False

    monkeypatch.setattr(recorder, "send_waiting", send_long)
    queues.send_result(ROBIN)
    await sending.wait()
    monkeypatch.undo()
    helped = asyncio.Event()

    async def help_at_once() -> None:
        helped.set()

    effects = (noting(recorder, "one"), noting(recorder, "two"), Action(help_at_once))
    queues.send_result(ROBIN, effects)
    await asyncio.wait_for(helped.wait(), 2)
    assert recorder.did == ["one", "two"]
    sent.set()
    await idle(queues)
    assert recorder.did == ["one", "two", "sent at last", "send robin"]


async def test_an_effect_that_fails_beside_a_send_is_tried_again_after_it(
    queues: SendQueues, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = asyncio.Event()

    async def fail_once() -> None:
        recorder.did.append("effect")
        if not failed.is_set():
            failed.set()
            raise ValueError("secret")

    async def send_long(*_account: Account, **_how: bool) -> bool:
        queues.send_result(ROBIN, (Action(fail_once),))
        await failed.wait()
        recorder.did.append("sent at last")
        monkeypatch.undo()
        return False

    monkeypatch.setattr(recorder, "send_waiting", send_long)
    queues.send_result(ROBIN)
    await idle(queues)
    assert recorder.did == ["effect", "sent at last", "effect", "send robin"]


async def test_everybody_for_whom_something_waits_is_woken(
    queues: SendQueues, recorder: Recorder
) -> None:
    recorder.waiting = (ROBIN, ALEX)
    await queues.wake_all()
    assert queues.is_busy(ROBIN)
    await idle(queues)
    assert not queues.is_busy(ROBIN)
    assert sorted(recorder.did) == ["late send alexander", "late send robin"]
