"""A row waits for servers and keys for less than the grace after an outage."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from bot.platforms.matrix.crypto.device_crypto import DecryptedEvent, DeviceCrypto, Unreadable
from bot.platforms.matrix.events import MESSAGE, parse_event
from bot.platforms.matrix.http_client import Json
from bot.platforms.matrix.rooms.directory import RoomDirectory
from bot.platforms.matrix.signals import SignalQueue
from bot.platforms.matrix.sync.decryptor import Decryptor
from bot.platforms.matrix.sync.device_refresher import DeviceRefresher
from bot.platforms.matrix.sync.gap_reader import GapReader
from bot.platforms.matrix.sync.row_reader import LONGEST_WAIT, LONGEST_WAIT_IF_FULL, RowReader
from bot.platforms.matrix.sync.stored_events import Gap, StoredEvent, encode_event, encode_gap
from bot.runtime.help_sender import HelpSender
from bot.runtime.scheduler import Pause
from handlers.messages import IncomingMessage, MessageContent, TextMessage, UnusableMessage
from store.inbox.watermarks import GRACE, Watermark
from store.model.accounts import Account
from store.model.inbox import InboxRow, WaitingMessage

ROBIN, ROOM = "@robin:x", "!room"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class World:
    """A server that says nothing of devices and gives no pages, and the rows that wait for it."""

    key: bool = True
    trusted: bool = True
    outdated: bool = True
    now: datetime = NOW
    came: datetime = NOW
    watermark: Watermark = field(init=False)

    def __post_init__(self) -> None:
        fake, signals, rooms = cast("Any", self), SignalQueue(), RoomDirectory("@bot:x")
        rooms.add(ROOM)
        self.devices, self.watermark = fake, Watermark(lambda: self.now)
        refresher = DeviceRefresher(fake, signals, self.monotonic)
        decryptor = Decryptor(
            cast("DeviceCrypto", self), rooms, signals, refresher, self.monotonic
        )
        gaps = GapReader(fake, "@bot:x", decryptor, self.monotonic)
        helper = HelpSender(fake, self.monotonic)
        self.reader = RowReader(decryptor, gaps, helper, self.watermark)
        self.hear()

    def hear(self) -> None:
        self.watermark.asking()
        self.watermark.caught_up()

    def passes(self, time: timedelta, *, heard: bool = True) -> None:
        until = self.now + time
        while self.now < until:
            self.now = min(self.now + MINUTE, until)
            if heard:
                self.hear()

    def monotonic(self) -> float:
        return (self.now - NOW).total_seconds()

    def identify(self, account: Account) -> Account:
        return account

    def identity_of(self, _user: str) -> tuple[str, ...]:
        return ("a key",)

    def is_outdated(self, _user: str) -> bool:
        return self.outdated

    async def refresh(self, _users: object) -> tuple[str, ...]:
        return ()

    async def request(self, _method: str, _path: str) -> Json:
        return {}

    def decrypt(self, _room: str, _source: Json, *, keep: bool = True) -> DecryptedEvent:
        del keep
        if not self.key:
            raise Unreadable
        content = {"msgtype": "m.text", "body": "stop"}
        return DecryptedEvent(MESSAGE, content, self.trusted, "D")

    def row(self, content: bytes) -> WaitingMessage:
        return WaitingMessage(InboxRow(1), ROOM, 0, 0, content)

    def event(self) -> MessageContent | Pause:
        event = parse_event(
            {
                "event_id": "$1",
                "sender": ROBIN,
                "type": "m.room.encrypted",
                "content": {"ciphertext": "c"},
                "origin_server_ts": 1,
            }
        )
        assert event is not None
        stored = StoredEvent(ROOM, event, int(self.came.timestamp()))
        return self._heard(self.row(encode_event(stored)))

    def gap(self) -> MessageContent | Pause:
        gap = Gap(ROOM, ROBIN, "p", "s", int(self.came.timestamp()))
        return self._heard(self.row(encode_gap(gap)))

    def _heard(self, row: WaitingMessage) -> MessageContent | Pause:
        decoded = self.reader.read(row)
        if isinstance(decoded, Pause):
            return decoded
        assert isinstance(decoded, IncomingMessage)
        assert decoded.row == row.row
        return decoded.heard


def test_the_wait_is_over_before_the_grace_is() -> None:
    assert LONGEST_WAIT_IF_FULL < LONGEST_WAIT < GRACE


async def test_an_account_whose_server_never_answers_waits_no_longer_than_others_can() -> None:
    world = World(key=False)
    world.passes(LONGEST_WAIT - MINUTE)
    assert isinstance(world.event(), Pause)
    world.passes(MINUTE)
    assert world.event() == UnusableMessage("key")
    world.outdated = False
    assert world.event() == UnusableMessage("key"), "not even eight seconds more"


async def test_what_a_known_device_wrote_is_taken_then() -> None:
    world = World()
    world.passes(LONGEST_WAIT)
    assert world.event() == TextMessage("stop")
    world.trusted = False
    assert world.event() == UnusableMessage("key")


async def test_an_outage_of_the_own_server_does_not_count() -> None:
    world = World()
    world.passes(10 * LONGEST_WAIT, heard=False)
    assert isinstance(world.event(), Pause)
    world.passes(LONGEST_WAIT - MINUTE)
    assert isinstance(world.event(), Pause)
    world.passes(2 * MINUTE)
    assert world.event() == TextMessage("stop")


async def test_it_counts_from_when_the_row_came() -> None:
    world = World()
    world.passes(LONGEST_WAIT)
    world.came = world.now
    assert isinstance(world.event(), Pause)
    assert isinstance(world.gap(), Pause)


async def test_a_full_inbox_waits_for_nobody() -> None:
    world = World()
    world.watermark.is_held_back = True
    world.passes(LONGEST_WAIT_IF_FULL - MINUTE / 2, heard=False)
    assert isinstance(world.event(), Pause)
    world.passes(MINUTE, heard=False)
    assert world.event() == TextMessage("stop")
    assert world.gap() == UnusableMessage("missed")


async def test_a_gap_is_given_up_in_time() -> None:
    world = World()
    world.passes(LONGEST_WAIT - MINUTE)
    assert isinstance(world.gap(), Pause)
    world.passes(MINUTE)
    assert world.gap() == UnusableMessage("missed")
    await world.reader.gaps.stop()
