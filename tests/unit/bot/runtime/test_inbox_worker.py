"""A message that waits is handled, tried again, or given up kindly."""

import errno
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from bot.platforms.stored_messages import decode_message, encode_message
from bot.runtime.disk_space import DiskSpace
from bot.runtime.inbox_worker import (
    ATTEMPTS,
    DISK_SECONDS,
    MOST_STARTS,
    Decoded,
    InboxWorker,
    OneOfMany,
    costs_much,
)
from bot.runtime.scheduler import Pause
from bot.runtime.start_recorder import StartRecorder
from handlers.effects import HoldBack, PostCommitEffect
from handlers.messages import IncomingMessage, TextMessage
from store.crypto import cbor
from store.model.accounts import Account
from store.model.inbox import InboxRow, WaitingMessage

if TYPE_CHECKING:
    from bot.runtime.send_queues import SendQueues
    from store.inbox.inbox_store import InboxStore

WHO = Account("telegram", "77", "77")
ROW = InboxRow(5)
EFFECT = HoldBack(1)


def waiting(tries: int = 0, starts: int = 0, content: bytes | None = None) -> WaitingMessage:
    content = content or encode_message(IncomingMessage("1", WHO, TextMessage("hello")))
    return WaitingMessage(ROW, "77", tries, starts, content)


@dataclass
class World:
    """The inbox, the processor and the send queues of a worker."""

    row: WaitingMessage | None = None
    fails: int = 0
    full: bool = False
    error: Exception = field(default_factory=RuntimeError)
    """What a turn fails of."""
    disk: DiskSpace = field(default_factory=lambda: DiskSpace(None, 0, lambda: 1000.0))
    tries: int = 0
    removed: list[InboxRow] = field(default_factory=list)
    processed: list[IncomingMessage] = field(default_factory=list)
    given_up: list[IncomingMessage] = field(default_factory=list)
    sent: list[tuple[PostCommitEffect, ...]] = field(default_factory=list)
    decoded: list[Decoded] = field(default_factory=list)
    """What rows are read as; as what they hold, if nothing is listed."""

    def decode(self, message: WaitingMessage) -> Decoded:
        return self.decoded.pop(0) if self.decoded else decode_message(message)

    @property
    def worker(self) -> InboxWorker:
        store, queues = cast("InboxStore", self), cast("SendQueues", self)
        return InboxWorker(store, self.decode, self, queues, StartRecorder(store), self.disk)

    async def read(self, row: InboxRow) -> WaitingMessage | None:
        assert row == ROW
        return self.row

    async def count_try(self, row: InboxRow) -> int:
        if self.full:
            raise OSError
        self.tries += 1
        return self.tries

    async def remove(self, row: InboxRow) -> bool:
        self.removed.append(row)
        return True

    async def process(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        if self.fails:
            self.fails -= 1
            raise self.error
        self.processed.append(incoming)
        return (EFFECT,)

    async def give_up(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        self.given_up.append(incoming)
        return ()

    def send_result(self, account: Account, effects: Iterable[PostCommitEffect] = ()) -> None:
        assert account == WHO
        self.sent.append(tuple(effects))


async def test_what_a_message_causes_is_sent() -> None:
    world = World()
    assert await world.worker.handle(waiting()) is None
    assert [m.key for m in world.processed] == [ROW], "the turn claims the row"
    assert world.sent == [(EFFECT,)]


async def test_a_row_is_read_first() -> None:
    world = World(waiting())
    assert await world.worker.handle(ROW) is None
    assert len(world.processed) == 1


async def test_what_was_handled_waits_no_more() -> None:
    world = World()
    assert await world.worker.handle(ROW) is None
    assert (world.processed, world.sent) == ([], [])


async def test_what_fails_is_tried_again_a_little_later_each_time() -> None:
    world = World(fails=ATTEMPTS)
    tried = [await world.worker.handle(waiting(tries)) for tries in range(ATTEMPTS)]
    pauses = [pause.seconds for pause in tried if pause is not None]
    assert len(pauses) == ATTEMPTS
    assert pauses == sorted(pauses)
    assert all(0 < pause < 2 for pause in pauses)
    assert world.sent == []


async def test_after_three_tries_it_is_given_up_and_that_is_said() -> None:
    world = World()
    assert await world.worker.handle(waiting(ATTEMPTS)) is None
    assert (len(world.given_up), world.processed) == (1, [])
    assert world.sent == [()]


async def test_what_the_program_may_die_of_is_not_begun_for_ever() -> None:
    world = World()
    assert await world.worker.handle(waiting(starts=MOST_STARTS)) is None
    assert len(world.given_up) == 1


async def test_a_row_that_cannot_be_read_is_removed_after_as_many_tries() -> None:
    world = World()
    pauses = [await world.worker.handle(waiting(content=b"?")) for _ in range(ATTEMPTS)]
    assert all(pauses[:-1])
    assert pauses[-1] is None
    assert world.removed == [ROW]


async def test_with_a_full_disk_nothing_is_given_up() -> None:
    world = World(fails=100, full=True)
    for _ in range(10):
        assert await world.worker.handle(waiting()) == Pause(DISK_SECONDS)
    assert world.given_up == []


async def test_what_finds_no_room_is_tried_for_as_long_as_it_takes() -> None:
    """The try could be counted: that needs no room."""
    world = World(fails=100, error=OSError(errno.ENOSPC, "no room"))
    for _ in range(100):
        assert await world.worker.handle(waiting()) == Pause(DISK_SECONDS)
        assert world.disk.is_full
    assert (world.tries, world.removed, world.given_up) == (0, [], [])
    assert await world.worker.handle(waiting()) is None
    assert len(world.processed) == 1
    assert not world.disk.is_full


async def test_one_of_many_that_finds_no_room_counts_no_try() -> None:
    world = World(fails=1, error=OSError(errno.ENOSPC, "no room"))
    noted = list[str]()
    incoming = decode_message(waiting())
    one = OneOfMany(incoming, 0, lambda: noted.append("settled"), lambda: noted.append("tried"))
    world.decoded = [one, one]
    assert await world.worker.handle(waiting()) == Pause(DISK_SECONDS)
    assert noted == []
    assert await world.worker.handle(waiting()) == Pause(0)
    assert noted == ["settled"]


def test_what_cannot_be_read_costs_little() -> None:
    def is_hello(incoming: IncomingMessage) -> bool:
        return incoming.heard == TextMessage("hello")

    def always() -> bool:
        return True

    assert costs_much(always, decode_message, is_hello, waiting())
    assert not costs_much(always, decode_message, is_hello, waiting(content=b"no message"))
    assert not costs_much(always, lambda _: Pause(3), is_hello, waiting())


def test_nothing_is_read_where_no_message_can_cost_much() -> None:
    def never(*_: object) -> bool:
        raise AssertionError("it is read")

    assert not costs_much(lambda: False, never, never, waiting())  # type: ignore[arg-type] # unread


async def test_what_is_no_message_is_removed_in_the_end() -> None:
    world = World()
    nonsense = waiting(content=cbor.encode({"v": cbor.VERSION}))
    pauses = [await world.worker.handle(nonsense) for _ in range(ATTEMPTS)]
    assert pauses[-1] is None
    assert None not in pauses[:-1]
    assert world.removed == [ROW]


async def test_what_cannot_be_read_yet_pauses_its_chat_without_a_try() -> None:
    world = World(decoded=[Pause(3)])
    assert await world.worker.handle(waiting()) == Pause(3)
    assert (world.tries, world.processed, world.removed) == (0, [], [])


async def test_what_nobody_need_handle_leaves_the_inbox() -> None:
    world = World(decoded=[None])
    assert await world.worker.handle(waiting()) is None
    assert (world.processed, world.removed) == ([], [ROW])


class Part:
    """One message of a row."""

    def __init__(self) -> None:
        self.tries, self.settled = 0, 0

    def settle(self) -> None:
        self.settled += 1

    def count_try(self) -> None:
        self.tries += 1

    @property
    def read(self) -> OneOfMany:
        incoming = IncomingMessage("$1", WHO, TextMessage("hello"))
        return OneOfMany(incoming, self.tries, self.settle, self.count_try)


async def test_one_of_many_is_claimed_by_its_id_and_its_row_stays() -> None:
    part = Part()
    world = World(decoded=[part.read])
    assert await world.worker.handle(waiting()) == Pause(0)
    assert [m.key for m in world.processed] == ["$1"]
    assert (part.settled, world.removed, world.sent) == (1, [], [(EFFECT,)])


async def test_one_of_many_is_given_up_by_itself() -> None:
    part, world = Part(), World(fails=ATTEMPTS)
    for _ in range(ATTEMPTS):
        world.decoded.append(part.read)
        pause = await world.worker.handle(waiting())
        assert pause is not None
        assert pause.seconds > 0
    assert (part.tries, part.settled, world.tries) == (ATTEMPTS, 0, 0)
    world.decoded.append(part.read)
    assert await world.worker.handle(waiting()) == Pause(0)
    assert ([m.key for m in world.given_up], part.settled) == (["$1"], 1)
