"""What the program dies of is given up in the end, and takes nobody else's message with it."""

import asyncio
import errno
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from bot.runtime.disk_space import DiskSpace
from bot.runtime.inbox_worker import DISK_SECONDS, MOST_STARTS, Decoded, InboxWorker, OneOfMany
from bot.runtime.scheduler import Pause, Scheduler
from bot.runtime.start_recorder import StartRecorder
from handlers.effects import PostCommitEffect
from handlers.messages import IncomingMessage, TextMessage
from store.model.accounts import Account
from store.model.inbox import InboxRow, WaitingMessage

DEADLY = "deadly"


@dataclass
class Life:
    """What outlives a run, and one run at a time."""

    rows: dict[int, WaitingMessage] = field(default_factory=dict)
    given_up: list[str] = field(default_factory=list)
    processed: list[str] = field(default_factory=list)
    pauses: dict[str, list[Decoded]] = field(default_factory=dict)
    """What a chat's row is read as, instead of a message, so often."""
    died: asyncio.Event = field(default_factory=asyncio.Event)
    alone: int = 0
    most: int = 0
    """The most messages with earlier ends that were handled at once."""

    def wait(self, *chats: str) -> None:
        for chat in chats:
            seq = len(self.rows) + 1
            self.rows[seq] = WaitingMessage(InboxRow(seq), chat, 0, 0, b"", at_start=True)

    def worker(self) -> InboxWorker:
        fake, disk = cast("Any", self), DiskSpace(None, 0, lambda: 1000.0)
        return InboxWorker(fake, self.decode, fake, fake, StartRecorder(fake), disk)

    async def run(self) -> None:
        """Start the program, and let it go on until it is idle or dies."""
        self.died.clear()
        scheduler = Scheduler(self.worker().handle)
        scheduler.add([*self.rows.values()])
        idle = asyncio.ensure_future(scheduler.has_fewer_than(1))
        dead = asyncio.ensure_future(self.died.wait())
        await asyncio.wait({idle, dead}, return_when=asyncio.FIRST_COMPLETED)
        for task in (idle, dead):
            task.cancel()
        await scheduler.stop(0)

    def decode(self, message: WaitingMessage) -> Decoded:
        listed = self.pauses.get(message.chat)
        who = Account("telegram", message.chat, message.chat)
        text = TextMessage(message.chat)
        return listed.pop(0) if listed else IncomingMessage("1", who, text, row=message.row)

    # The store

    async def set_starts(self, row: InboxRow, count: int) -> None:
        await asyncio.sleep(0)
        if not self.died.is_set():
            self.rows[row.seq] = replace(self.rows[row.seq], starts=count)

    async def count_try(self, _row: InboxRow) -> int:
        raise AssertionError("nothing fails but the program")

    # The processor

    async def process(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        assert incoming.row is not None
        earlier = self.rows[incoming.row.seq].starts > 1
        self.alone += earlier
        self.most = max(self.most, self.alone)
        for _ in range(5):
            await asyncio.sleep(0)
        self.alone -= earlier
        if self.died.is_set() or incoming.who.name == DEADLY:
            self.died.set()
            await asyncio.Event().wait()
        del self.rows[incoming.row.seq]
        self.processed.append(incoming.who.name)
        return ()

    async def give_up(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        assert incoming.row is not None
        del self.rows[incoming.row.seq]
        self.given_up.append(incoming.who.name)
        return ()

    def send_result(self, account: Account, effects: Iterable[PostCommitEffect] = ()) -> None:
        """Do nothing."""


@pytest.mark.parametrize("position", [0, 5, 40])
async def test_only_what_the_program_dies_of_is_given_up(position: int) -> None:
    life = Life()
    chats = [f"person {number}" for number in range(60)]
    life.wait(*chats[:position], DEADLY, *chats[position:])
    lives = 0
    while life.rows and lives < 5 * MOST_STARTS:
        await life.run()
        lives += 1
    assert life.given_up == [DEADLY]
    assert sorted(life.processed) == sorted(chats)
    assert lives == MOST_STARTS + 1
    assert life.most <= 1


async def handled(life: Life, *waiting: WaitingMessage) -> list[Pause | None]:
    worker = life.worker()
    return [await worker.handle(message) for message in waiting]


async def test_what_pauses_is_not_what_the_program_dies_of() -> None:
    life = Life(pauses={"a": [Pause(1), Pause(1)]})
    life.wait("a")
    waiting = life.rows[1] = replace(life.rows[1], starts=3)
    await handled(life, waiting, waiting)
    assert life.rows[1].starts == 3


async def test_one_of_many_that_is_handled_takes_back_what_was_counted() -> None:
    life = Life()
    life.wait("a")
    who = Account("telegram", "a", "a")
    one = IncomingMessage("$1", who, TextMessage("x"), row=InboxRow(2))
    life.rows[2] = life.rows[1]
    part = OneOfMany(one, 0, lambda: None, lambda: None)
    life.pauses["a"] = [part, Pause(1)]
    waiting = life.rows[1] = replace(life.rows[1], starts=3)
    await handled(life, waiting, waiting)
    assert life.rows[1].starts == 0


async def test_what_came_in_this_run_is_not_counted() -> None:
    life = Life()
    life.wait("a")
    waiting = replace(life.rows[1], at_start=False)
    starts = []

    async def process(incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        starts.append(life.rows[1].starts)
        return ()

    life.process = process  # type: ignore[method-assign]
    await handled(life, waiting)
    await handled(life, life.rows[1])
    assert starts == [0, 1]


async def test_a_disk_that_takes_no_count_holds_up_nothing() -> None:
    life = Life()
    life.wait("a")

    async def full(row: InboxRow, count: int) -> None:
        raise OSError

    life.set_starts = full  # type: ignore[method-assign]
    assert await handled(life, life.rows[1]) == [None]
    assert life.processed == ["a"]


async def test_what_finds_no_room_is_not_what_the_program_dies_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    life = Life()
    life.wait("77")
    worker = life.worker()

    async def no_room(_: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        assert life.rows[1].starts == 1
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(life, "process", no_room)
    assert await worker.handle(life.rows[1]) == Pause(DISK_SECONDS)
    assert life.rows[1].starts == 0
