"""Whatever one person's rooms, servers and keys do, somebody else's message has its turn."""

import asyncio
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.platforms.matrix.crypto.device_crypto import DecryptedEvent, Unreadable
from bot.platforms.matrix.http_client import Json
from bot.platforms.matrix.json_answers import parse_answer
from bot.platforms.matrix.rooms.directory import (
    ENCRYPTION,
    MEMBER,
    RoomDirectory,
    RoomSuitability,
)
from bot.platforms.matrix.signals import SignalQueue
from bot.platforms.matrix.sync.batch import SyncBatch, parse_batch
from bot.platforms.matrix.sync.decryptor import Decryptor
from bot.platforms.matrix.sync.device_refresher import DeviceRefresher
from bot.platforms.matrix.sync.device_sync import KEYS_A_MINUTE, RECEIVED_AT_ONCE, DeviceSync
from bot.platforms.matrix.sync.gap_reader import GapReader
from bot.platforms.matrix.sync.loop import JOURNAL, SyncLoop
from bot.platforms.matrix.sync.receiver import MessageReceiver
from bot.platforms.matrix.sync.room_sync import EVENTS_AT_ONCE, RoomSync
from bot.platforms.matrix.sync.row_reader import RowReader
from bot.runtime.admission import MOST_OF_A_CHAT, Admission
from bot.runtime.help_sender import HelpSender
from bot.runtime.inbox_worker import InboxWorker
from bot.runtime.scheduler import CHATS_AT_ONCE, Scheduler
from bot.runtime.start_recorder import StartRecorder
from bot.runtime.status import StatusReporter
from bot.runtime.turn_budget import TurnBudget
from handlers.effects import PostCommitEffect
from handlers.messages import IncomingMessage
from store.inbox.watermarks import Watermark
from store.model.accounts import Account
from store.model.inbox import AcceptedMessage, InboxRow, WaitingMessage

OWN, ROBIN, HOME = "@bot:x", "@robin:x", "!robins"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
NAMES = itertools.count()


def members(person: str) -> list[Json]:
    """The state of an encrypted room of the bot and one person."""
    states: list[tuple[str, str, Json]] = [
        (MEMBER, OWN, {"membership": "join"}),
        (MEMBER, person, {"membership": "join"}),
        (ENCRYPTION, "", {"algorithm": "m.megolm.v1.aes-sha2"}),
    ]
    return [
        {"type": kind, "state_key": key, "content": content, "sender": person}
        for kind, key, content in states
    ]


def events(person: str, count: int) -> list[Json]:
    return [
        {
            "type": "m.room.encrypted",
            "sender": person,
            "event_id": f"${next(NAMES)}",
            "origin_server_ts": 1,
            "content": {"ciphertext": "c"},
        }
        for _ in range(count)
    ]


def said(*rooms: tuple[str, str, int], limited: bool = False) -> Json:
    """Say so many events of a person in a room, as a homeserver does."""
    timeline = {"limited": limited, "prev_batch": f"p{next(NAMES)}"}
    join = {
        room: {
            "state": {"events": members(person)},
            "timeline": {**timeline, "events": events(person, count)},
        }
        for room, person, count in rooms
    }
    return {"next_batch": f"s{next(NAMES)}", "rooms": {"join": join}}


@dataclass
class Bot:
    """A sync loop with everything behind it, on a server and a disk that are made up."""

    without_key: set[str] = field(default_factory=set)
    """Whose events have no key."""
    outdated: set[str] = field(default_factory=set)
    """Whose devices must be queried, which is never answered."""
    now: float = 0.0
    batches: list[SyncBatch] = field(default_factory=list)
    cursor: str = ""
    rows: dict[int, WaitingMessage] = field(default_factory=dict)
    turns: list[str] = field(default_factory=list)
    """Who had turns, in order."""
    turns_at_robins: int = 0
    """How many turns there had been when Robin's message was stored."""
    asked: int = 0
    """Requests that are never answered."""
    opened: int = 0
    """Events that were decrypted."""
    received: int = 0
    """To-device events."""

    def __post_init__(self) -> None:
        fake, signals = cast("Any", self), SignalQueue()
        self.devices, self.one_time_keys, self.greeter = fake, fake, fake
        self.rooms = RoomDirectory(OWN)
        self.indices = SimpleNamespace(journal=str)
        refresher = DeviceRefresher(fake, signals, self.monotonic)
        decryptor = Decryptor(fake, self.rooms, signals, refresher, self.monotonic)
        helper = HelpSender(self.send_help, self.monotonic)
        gaps = GapReader(fake, OWN, decryptor, self.monotonic)
        watermark = Watermark(lambda: NOW)
        reader = RowReader(decryptor, gaps, helper, watermark)
        receiver = MessageReceiver(helper, decryptor, lambda: NOW)
        worker = InboxWorker(fake, reader.read, fake, fake, StartRecorder(fake), fake)
        self.reader, self.scheduler = reader, Scheduler(worker.handle)
        self.admission = Admission("matrix", fake, self.scheduler, watermark, fake, fake)
        keys_a_minute = TurnBudget(self.monotonic, KEYS_A_MINUTE)
        self.loop = SyncLoop(
            fake,
            fake,
            DeviceSync(
                fake,
                self.rooms,
                decryptor,
                self.nothing,
                keys_a_minute,
            ),
            RoomSync(fake, self.rooms, fake, fake, receiver, self.monotonic),
            self.admission,
            StatusReporter(lambda _: None, "Matrix"),
            asyncio.Event(),
            cursor="s0",
        )

    async def hears(self, *rooms: tuple[str, str, int], limited: bool = False) -> None:
        """Bring a batch with so many events of a person in a room."""
        await self.hears_answer(said(*rooms, limited=limited))

    async def hears_answer(self, answer: Json) -> None:
        """Bring a batch as the server says it."""
        self.batches.append(parse_batch(answer))
        await self.loop.handle_next()
        assert self.cursor == answer["next_batch"], "the cursor moves with every batch"

    async def turns_before_robins(self) -> int:
        """Have Robin write, and return how many turns others had before Robin's."""
        await self.hears((HOME, ROBIN, 1))
        async with asyncio.timeout(10):
            while ROBIN not in self.turns:  # noqa: ASYNC110 - turns ring for nobody
                await asyncio.sleep(0)
        return self.turns.index(ROBIN) - self.turns_at_robins

    async def stop(self) -> None:
        await self.scheduler.stop(0)
        await self.reader.gaps.stop()
        await self.reader.decryptor.refresher.stop()
        await self.loop.close()

    def monotonic(self) -> float:
        return self.now

    # The server

    async def next_batch(self, _since: str, _wait_millis: int) -> SyncBatch:
        return self.batches.pop()

    async def request(self, _method: str, _path: str) -> Json:
        self.asked += 1
        await asyncio.Event().wait()
        raise AssertionError

    async def refresh(self, _users: Sequence[str]) -> tuple[str, ...]:
        self.asked += 1
        await asyncio.Event().wait()
        raise AssertionError

    # Keys and devices

    def decrypt(self, _room: str, source: Json, *, keep: bool = True) -> DecryptedEvent:
        del keep
        self.opened += 1
        if source["sender"] in self.without_key:
            raise Unreadable
        content = {"msgtype": "m.text", "body": "It was in May."}
        return DecryptedEvent("m.room.message", content, trusted=True, device="D")

    def identify(self, account: Account) -> Account:
        return account

    def identity_of(self, _user: str) -> tuple[str, ...]:
        return ("a key",)

    def is_outdated(self, user: str) -> bool:
        return user in self.outdated

    def receive(self, events: Sequence[Json]) -> frozenset[str]:
        assert len(events) <= RECEIVED_AT_ONCE
        self.received += len(events)
        return frozenset()

    def invalidate(self, _users: object) -> None:
        """Nothing is new of any device."""

    def update(self, _counts: object) -> None:
        """The server has keys enough."""

    async def keep_up(self) -> None:
        """Nothing is due."""

    async def nothing(self) -> None:
        """The identity is the bot's own."""

    def rotate_key(self, _room: str) -> None:
        """Nothing was written there."""

    def review(self, _room: object) -> None:
        """Stay in every room."""

    # The disk

    async def accept(
        self, _platform: str, messages: Sequence[AcceptedMessage], cursor: str | None
    ) -> tuple[WaitingMessage, ...]:
        self.cursor = (cursor or self.cursor).partition(JOURNAL)[0]
        if any(message.chat == HOME for message in messages):
            self.turns_at_robins = len(self.turns)
        first = {m.one_of or m.id: m for m in reversed(messages)}
        stored = [
            WaitingMessage(InboxRow(next(NAMES)), m.chat, 0, 0, m.content, m.id)
            for m in messages
            if first[m.one_of or m.id] is m
        ]
        self.rows |= {message.row.seq: message for message in stored}
        return tuple(stored)

    async def read(self, row: InboxRow) -> WaitingMessage | None:
        return self.rows.get(row.seq)

    async def remove(self, row: InboxRow) -> bool:
        return self.rows.pop(row.seq, None) is not None

    def count(self, _chat: str, _bytes: int) -> None:
        """Nobody has a budget here."""

    def is_spent(self, _chat: str, _coming: int) -> bool:
        return False

    def leaves_little(self, _chat: str, _coming: int, _size: int) -> bool:
        return False

    def is_enough(self) -> bool:
        return True

    def succeeded(self) -> None:
        """The disk has room."""

    # Turns

    async def process(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        self.turns.append(incoming.who.name)
        if incoming.row is not None:
            del self.rows[incoming.row.seq]
        await asyncio.sleep(0)
        return ()

    def send_result(self, _who: object, _effects: object) -> None:
        """Nobody is answered."""

    async def send_help(self, *_: object) -> None:
        raise AssertionError("nobody asked for help")


FLOOD = [(f"!flood-{n}", f"@flooder-{n}:elsewhere") for n in range(100)]


async def test_a_server_that_never_answers_about_devices_holds_up_nobody() -> None:
    bot = Bot(outdated={person for _, person in FLOOD})
    await bot.hears(*((room, person, 50) for room, person in FLOOD))
    assert await bot.turns_before_robins() == 0
    assert bot.asked == 1, "one question, which nobody waits for"
    await bot.stop()


async def test_rooms_whose_earlier_events_never_come_hold_up_nobody() -> None:
    bot = Bot()
    for _ in range(3):
        await bot.hears(*((room, person, 2) for room, person in FLOOD), limited=True)
    assert await bot.turns_before_robins() == 0
    assert bot.turns == [ROBIN]
    assert bot.asked <= 4
    await bot.stop()


async def test_five_thousand_events_of_one_room_are_one_chat_among_others() -> None:
    bot = Bot()
    room, person = FLOOD[0]
    for _ in range(50):
        await bot.hears((room, person, 100))
    assert await bot.turns_before_robins() <= 2
    await bot.stop()


async def test_a_flood_in_many_rooms_has_few_turns_before_somebody_else() -> None:
    bot = Bot()
    await bot.hears(*((room, person, 50) for room, person in FLOOD))
    assert await bot.turns_before_robins() <= len(FLOOD) + CHATS_AT_ONCE
    await bot.stop()


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("membership", ["leave", "ban"])
async def test_who_writes_and_leaves_at_once_is_heard(membership: str, *, known: bool) -> None:
    """Somebody stops what they handed over, and closes the chat, while the bot is away."""
    bot = Bot()
    if known:
        await bot.hears((HOME, ROBIN, 0))
    answer = said((HOME, ROBIN, 1))
    room = answer["rooms"]["join"][HOME]
    if not known:  # as after a start, which shows the room as it is now
        room["state"]["events"] = [e for e in members(ROBIN) if e["state_key"] != ROBIN]
    room["timeline"]["events"].append(
        {
            "type": MEMBER,
            "sender": ROBIN,
            "state_key": ROBIN,
            "content": {"membership": membership},
            "unsigned": {"prev_content": {"membership": "join"}},
        }
    )
    await bot.hears_answer(answer)
    assert bot.rooms.by_id[HOME].suitability() is RoomSuitability.EMPTY
    async with asyncio.timeout(10):
        while ROBIN not in bot.turns:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
    await bot.stop()


@pytest.mark.parametrize("depth", [100, 300, 600, 900, 950, 960, 970, 980, 990, 50_000])
async def test_an_event_that_cannot_be_stored_hides_nobody(depth: int) -> None:
    """A parser and a writer of JSON do not give up at the same depth."""
    bot, (room, person) = Bot(), FLOOD[0]
    hostile = json.dumps(events(person, 1)[0])
    nested = '{"a":' * depth + "1" + "}" * depth
    answer = said((room, person, 1), (HOME, ROBIN, 1))
    listed = answer["rooms"]["join"][room]["timeline"]["events"]
    listed[:] = ["hostile"]
    text = json.dumps(answer).replace('"hostile"', hostile.replace('"c"', nested))
    parsed = parse_answer(text.encode())
    assert parsed is not None
    await bot.hears_answer(parsed)
    async with asyncio.timeout(10):
        while ROBIN not in bot.turns or person not in bot.turns:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
    await bot.stop()


@pytest.mark.parametrize("name", ["@e\u0301:elsewhere", "@\ud800:elsewhere", "@" + "x" * 255])
async def test_a_person_whose_name_cannot_be_stored_hides_nobody(name: str) -> None:
    bot = Bot()
    room, _ = FLOOD[0]
    await bot.hears((room, name, 2), limited=True)
    assert bot.rooms.by_id[room].suitability() is RoomSuitability.EMPTY, "it is left"
    assert await bot.turns_before_robins() == 0
    await bot.stop()


@pytest.mark.parametrize("room", ["!e\u0301:elsewhere", "!\ud800", "!" + "x" * 255, ""])
async def test_a_room_whose_name_cannot_be_stored_hides_nobody(room: str) -> None:
    bot = Bot()
    await bot.hears((room, FLOOD[0][1], 2), limited=True)
    assert await bot.turns_before_robins() == 0
    assert bot.rooms.by_id.keys() == {HOME}
    await bot.stop()


@pytest.mark.parametrize("each", [1, 30, 100])
async def test_others_have_their_turn_while_a_large_batch_is_looked_at(each: int) -> None:
    bot, seen = Bot(), [0]

    async def watch() -> None:
        while not bot.rows:
            seen.append(bot.opened)
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    await bot.hears(*((room, person, each) for room, person in FLOOD))
    await asyncio.gather(watching, bot.stop())
    assert seen[-1] >= each * len(FLOOD) - EVENTS_AT_ONCE
    assert max(later - now for now, later in pairwise(seen)) <= EVENTS_AT_ONCE


def key_of(sender: str) -> dict[str, Any]:
    return {"type": "m.room.encrypted", "sender": sender, "content": {}}


async def test_few_keys_of_an_account_are_opened_in_a_minute() -> None:
    bot = Bot()
    flood = [key_of(FLOOD[0][1])] * 1500
    for minute in range(3):
        events = [*flood, key_of(ROBIN), *flood]
        await bot.hears_answer({"next_batch": f"s{minute}", "to_device": {"events": events}})
        assert bot.received == (minute + 1) * (KEYS_A_MINUTE + 1)
        bot.now += 60
    await bot.stop()


async def test_thousands_of_to_device_events_let_others_have_their_turn() -> None:
    bot = Bot()
    keys = [key_of(f"@somebody-{number}:x") for number in range(3000)]
    answer = {"next_batch": "s", "to_device": {"events": keys}}
    turns = 0

    async def goes_on() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(goes_on())
    await bot.hears_answer(answer)
    other.cancel()
    assert bot.received == 3000
    assert turns >= 3000 / RECEIVED_AT_ONCE
    await bot.stop()


async def test_the_cursor_moves_for_a_day_of_events_without_a_key() -> None:
    room, person = FLOOD[0]
    bot = Bot(without_key={person})
    for _ in range(24 * 60):
        await bot.hears((room, person, 10))
        bot.now += 60
    assert len(bot.rows) <= MOST_OF_A_CHAT + 1
    assert await bot.turns_before_robins() == 0
    await bot.stop()
