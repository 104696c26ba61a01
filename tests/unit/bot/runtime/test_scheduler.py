"""Chats take turns, and none has two at once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runtime import scheduler as scheduler_module
from bot.runtime.ready_chats import COSTLY_AT_ONCE
from bot.runtime.scheduler import CHATS_AT_ONCE, Pause, Scheduler
from bot.runtime.turn_budget import TurnBudget
from store.model.inbox import InboxRow, WaitingMessage


def message(seq: int, chat: str = "flooder") -> WaitingMessage:
    return WaitingMessage(InboxRow(seq), chat, 0, 0, b"")


@dataclass
class Turns:
    """Remembers the order of turns; each takes some rounds of the event loop."""

    rounds: int = 3
    chats: dict[int, str] = field(default_factory=dict)
    begun: list[int] = field(default_factory=list)
    under_way: set[str] = field(default_factory=set)
    most: int = 0
    fails: Callable[[int], Pause | None] = lambda _: None

    def add(self, scheduler: Scheduler, *messages: WaitingMessage) -> None:
        self.chats |= {m.row.seq: m.chat for m in messages}
        scheduler.add(messages)

    async def handle(self, waiting: WaitingMessage | InboxRow) -> Pause | None:
        seq = waiting.row.seq if isinstance(waiting, WaitingMessage) else waiting.seq
        chat = self.chats[seq]
        assert chat not in self.under_way, "a chat has one turn at a time"
        self.under_way.add(chat)
        self.most = max(self.most, len(self.under_way))
        self.begun.append(seq)
        for _ in range(self.rounds):
            await asyncio.sleep(0)
        self.under_way.remove(chat)
        return self.fails(seq)


async def empty(scheduler: Scheduler) -> None:
    await asyncio.wait_for(scheduler.has_fewer_than(1), 5)


async def test_the_messages_of_a_chat_are_handled_in_order() -> None:
    turns = Turns()
    scheduler = Scheduler(turns.handle)
    turns.add(scheduler, *map(message, range(5)))
    turns.add(scheduler, message(5))
    assert (scheduler.count, scheduler.count_of("flooder")) == (6, 6)
    await empty(scheduler)
    assert turns.begun == [0, 1, 2, 3, 4, 5]
    assert scheduler.count_of("flooder") == 0


async def test_between_a_message_and_its_turn_a_flooder_has_at_most_two() -> None:
    turns = Turns()
    scheduler = Scheduler(turns.handle, at_once=1)
    turns.add(scheduler, *map(message, range(2000)))
    while len(turns.begun) < 10:  # noqa: ASYNC110 - turns ring for nobody
        await asyncio.sleep(0)
    before = len(turns.begun)
    turns.add(scheduler, message(5000, "somebody"))
    while 5000 not in turns.begun:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0)
    assert len(turns.begun) - before <= 2, "the turn under way, and at most one that was next"
    await scheduler.stop(1)


@given(st.lists(st.integers(0, 4), max_size=60), st.integers(1, 4))
def test_every_message_has_one_turn_and_chats_share_them(chats: list[int], at_once: int) -> None:
    async def run() -> None:
        turns = Turns()
        scheduler = Scheduler(turns.handle, at_once=at_once)
        turns.add(scheduler, *(message(seq, str(chat)) for seq, chat in enumerate(chats)))
        await empty(scheduler)
        assert sorted(turns.begun) == [*range(len(chats))]
        assert turns.most <= at_once
        for chat in {*chats}:
            of_chat = [seq for seq in turns.begun if chats[seq] == chat]
            assert of_chat == sorted(of_chat)

    asyncio.run(run())


async def test_so_many_chats_are_served_at_once() -> None:
    turns = Turns()
    scheduler = Scheduler(turns.handle)
    turns.add(scheduler, *(message(seq, str(seq)) for seq in range(100)))
    await empty(scheduler)
    assert turns.most == CHATS_AT_ONCE


async def test_what_fails_is_tried_again_and_holds_up_its_own_chat_only() -> None:
    failures = iter([Pause(0.001), Pause(0.001)])
    turns = Turns(fails=lambda seq: next(failures, None) if seq == 0 else None)
    scheduler = Scheduler(turns.handle)
    turns.add(scheduler, message(0), message(1), message(2, "somebody"))
    await empty(scheduler)
    assert turns.begun == [0, 2, 0, 0, 1]


async def test_after_a_failure_the_row_is_read_anew() -> None:
    given_to = list[WaitingMessage | InboxRow]()

    async def handle(waiting: WaitingMessage | InboxRow) -> Pause | None:
        given_to.append(waiting)
        return Pause(0.001) if len(given_to) == 1 else None

    scheduler = Scheduler(handle)
    scheduler.add([message(7)])
    await empty(scheduler)
    assert given_to == [message(7), InboxRow(7)]


async def test_stopping_lets_turns_end_and_begins_none() -> None:
    turns = Turns()
    scheduler = Scheduler(turns.handle)
    turns.add(scheduler, message(0), message(1))
    await asyncio.sleep(0)
    await scheduler.stop(5)
    assert (turns.begun, scheduler.count) == ([0], 1)
    turns.add(scheduler, message(2, "somebody"))
    await asyncio.sleep(0)
    assert turns.begun == [0]


async def test_stopping_does_not_wait_for_ever_nor_for_another_try() -> None:
    async def handle(waiting: WaitingMessage | InboxRow) -> Pause | None:
        if isinstance(waiting, WaitingMessage) and waiting.chat == "later":
            return Pause(3600)
        await asyncio.Event().wait()
        return None

    scheduler = Scheduler(handle)
    scheduler.add([message(0), message(1, "later")])
    await asyncio.sleep(0.01)
    await asyncio.wait_for(scheduler.stop(0.01), 5)
    assert scheduler.count == 2


async def test_room_is_waited_for() -> None:
    turns = Turns()
    scheduler = Scheduler(turns.handle)
    turns.add(scheduler, *map(message, range(10)))
    await asyncio.wait_for(scheduler.has_fewer_than(5), 5)
    assert scheduler.count == 4
    await scheduler.stop(1)


@pytest.mark.parametrize("unforeseen", [RuntimeError("a mistake"), asyncio.CancelledError()])
async def test_an_error_that_nobody_foresaw_leaves_no_chat_behind(
    monkeypatch: pytest.MonkeyPatch, unforeseen: BaseException
) -> None:
    monkeypatch.setattr(scheduler_module, "AGAIN_SECONDS", 0.001)
    errors = iter([unforeseen])

    async def handle(_: WaitingMessage | InboxRow) -> Pause | None:
        for error in errors:
            raise error
        return None

    scheduler = Scheduler(handle)
    scheduler.add([message(0), message(1)])
    await empty(scheduler)


def is_costly(waiting: WaitingMessage) -> bool:
    return waiting.content == b"yes"


def yes(seq: int, chat: str) -> WaitingMessage:
    return WaitingMessage(InboxRow(seq), chat, 0, 0, b"yes")


async def test_what_costs_much_takes_two_places_and_nobody_else_waits_for_them() -> None:
    turns, gate = Turns(), asyncio.Event()

    async def handle(waiting: WaitingMessage | InboxRow) -> Pause | None:
        if isinstance(waiting, WaitingMessage) and is_costly(waiting):
            await gate.wait()
        return await turns.handle(waiting)

    scheduler = Scheduler(handle, at_once=1, costs_much=is_costly)
    turns.add(scheduler, *(yes(seq, f"giver {seq}") for seq in range(100)))
    turns.add(scheduler, *(message(seq, "somebody") for seq in range(100, 110)))
    await asyncio.wait_for(scheduler.has_fewer_than(101), 5)
    assert turns.begun == [*range(100, 110)]
    gate.set()
    await empty(scheduler)
    assert turns.begun[10:] == [*range(100)]
    assert turns.most == COSTLY_AT_ONCE


async def test_between_a_message_and_its_turn_few_begin_that_cost_much() -> None:
    turns = Turns()
    scheduler = Scheduler(turns.handle, costs_much=is_costly)
    turns.add(scheduler, *(yes(seq, f"giver {seq}") for seq in range(100)))
    while len(turns.begun) < 10:  # noqa: ASYNC110 - turns ring for nobody
        await asyncio.sleep(0)
    before = len(turns.begun)
    turns.add(scheduler, message(5000, "somebody"))
    while 5000 not in turns.begun:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0)
    assert len(turns.begun) - before <= COSTLY_AT_ONCE + 1
    await scheduler.stop(1)


async def test_who_stops_behind_their_yes_is_not_held_back() -> None:
    turns, gate = Turns(), asyncio.Event()

    async def handle(waiting: WaitingMessage | InboxRow) -> Pause | None:
        seq = waiting.row.seq if isinstance(waiting, WaitingMessage) else waiting.seq
        if seq < COSTLY_AT_ONCE:
            await gate.wait()
        return await turns.handle(waiting)

    scheduler = Scheduler(handle, costs_much=is_costly)
    turns.add(scheduler, *(yes(seq, f"giver {seq}") for seq in range(10)))
    turns.add(scheduler, yes(11, "giver 8"), message(12, "giver 9"))
    await asyncio.wait_for(scheduler.has_fewer_than(11), 5)
    assert turns.begun == [9, 12], "and a second tap on the same button waits"
    gate.set()
    await empty(scheduler)
    assert turns.begun.index(8) < turns.begun.index(11)


async def test_a_chat_over_its_budget_waits_and_others_do_not() -> None:
    turns = Turns()
    now = 1000.0
    scheduler = Scheduler(turns.handle, TurnBudget(lambda: now, 10))
    turns.add(scheduler, *map(message, range(30)), message(100, "somebody"))
    await asyncio.wait_for(scheduler.has_fewer_than(21), 5)
    assert [*turns.begun] == [0, 100, *range(1, 10)]
    assert scheduler.count_of("flooder") == 20
    await scheduler.stop(1)


async def test_whoever_has_to_wait_hears_of_it_once_and_others_do_not() -> None:
    turns, told = Turns(), list[str]()
    now = 1000.0

    async def tell(waiting: WaitingMessage | InboxRow) -> None:
        told.append(str(waiting.row.seq if isinstance(waiting, WaitingMessage) else waiting.seq))

    scheduler = Scheduler(turns.handle, TurnBudget(lambda: now, 10, tell))
    turns.add(scheduler, *map(message, range(10)), message(100, "somebody"))
    await empty(scheduler)
    assert told == []
    turns.add(scheduler, *map(message, range(10, 30)))
    while not told:  # noqa: ASYNC110 - a turn rings for nobody
        await asyncio.sleep(0.001)
    scheduler.notify_of_wait("flooder")
    scheduler.notify_of_wait("somebody")
    await asyncio.sleep(0.01)
    assert told == ["29"]
    await scheduler.stop(1)


async def test_what_may_stop_something_waits_for_no_budget() -> None:
    turns = Turns()
    now = 1000.0
    scheduler = Scheduler(turns.handle, TurnBudget(lambda: now, 10))
    turns.add(scheduler, *map(message, range(30)))
    await asyncio.wait_for(scheduler.has_fewer_than(21), 5)
    turns.add(scheduler, message(30))
    scheduler.hurry("flooder")
    await empty(scheduler)
    assert turns.begun == [*range(31)]
    turns.add(scheduler, message(31))
    await asyncio.sleep(0)
    assert scheduler.count == 1, "the next has to wait again"
    await scheduler.stop(1)


async def test_who_taps_does_not_take_the_pause_after_a_failure_away() -> None:
    turns = Turns(fails=lambda _: Pause(3600))
    scheduler = Scheduler(turns.handle)
    turns.add(scheduler, message(1))
    for number in range(2, 32):
        turns.add(scheduler, message(number))
        scheduler.hurry("flooder")
        for _ in range(10):
            await asyncio.sleep(0)
    assert turns.begun == [1]
    await scheduler.stop(0)


async def test_a_pause_ends_as_soon_as_what_it_waits_for_is_done() -> None:
    came = asyncio.get_running_loop().create_future()
    pauses = iter([Pause(3600, came)])
    turns = Turns(fails=lambda seq: next(pauses, None) if seq == 0 else None)
    scheduler = Scheduler(turns.handle)
    turns.add(scheduler, message(0), message(1, "somebody"))
    await asyncio.wait_for(scheduler.has_fewer_than(2), 5)
    assert turns.begun == [0, 1], "nobody else waits meanwhile"
    came.set_result(None)
    await empty(scheduler)
    assert turns.begun == [0, 1, 0]


async def test_a_pause_that_is_over_ends_once() -> None:
    came = asyncio.get_running_loop().create_future()
    pauses = iter([Pause(0, came), Pause(3600)])
    turns = Turns(fails=lambda _: next(pauses, None))
    scheduler = Scheduler(turns.handle)
    turns.add(scheduler, message(0))
    while len(turns.begun) < 2:  # noqa: ASYNC110 - a turn rings for nobody
        await asyncio.sleep(0.001)
    came.set_result(None)
    await asyncio.sleep(0.01)
    assert turns.begun == [0, 0], "what ended the first pause ends no later one"
    await scheduler.stop(1)
