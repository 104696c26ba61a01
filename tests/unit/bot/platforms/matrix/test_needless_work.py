"""Handling a message reads no file and visits no room for what is in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from nio.crypto.sessions import OlmAccount
from nio.store import Accounts
from peewee import Model

from bot.platforms.matrix.crypto.cipher_file import CipherFile
from bot.platforms.matrix.crypto.devices import DeviceDirectory
from bot.platforms.matrix.device import make_device_crypto
from bot.platforms.matrix.event_sender import EventSender
from bot.platforms.matrix.http_client import HttpClient
from bot.platforms.matrix.messenger import MatrixMessenger
from bot.platforms.matrix.processor import RoomTrackingProcessor
from bot.platforms.matrix.rooms.directory import ENCRYPTION, MEMBER, RoomDirectory
from bot.platforms.matrix.signals import SignalQueue
from store.model.accounts import Account
from tests.integration.matrix.devices import (
    ANNA,
    ANNA_DEVICE,
    BEN,
    BOT,
    BOT_DEVICE,
    OTHER_ROOM,
    ROOM,
    Device,
)

THIRD_ROOM = "!a-third-room:example.org"
SERVER = "http://127.0.0.1:9"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Device]:
    device = Device(tmp_path / "bot", BOT, BOT_DEVICE)
    yield device
    device.store.close()


@pytest.fixture
def anna(tmp_path: Path) -> Iterator[Device]:
    device = Device(tmp_path / "anna", ANNA, ANNA_DEVICE)
    yield device
    device.store.close()


def devices_of(bot: Device) -> DeviceDirectory:
    return DeviceDirectory(bot.olm, bot.store, HttpClient(SERVER))


def test_trust_is_known_without_reading_the_file(
    bot: Device, anna: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.meet(anna)
    devices = devices_of(bot)
    (phone,) = devices.all_devices(ANNA)
    assert not devices.is_trusted(phone)
    bot.olm.verify_device(phone)
    monkeypatch.setattr(CipherFile, "execute_sql", _never)
    assert devices.is_trusted(phone)
    assert devices.trusted_devices(ANNA) == [phone]


def test_trust_is_known_after_a_restart(bot: Device, anna: Device) -> None:
    bot.meet(anna)
    bot.olm.verify_device(bot.olm.device_store[ANNA][ANNA_DEVICE])
    bot.store.close()
    again = Device(Path(bot.store.store_path), BOT, BOT_DEVICE)
    (phone,) = devices_of(again).trusted_devices(ANNA)
    assert phone.id == ANNA_DEVICE
    again.store.close()


def test_models_are_not_bound_again_for_every_row(
    bot: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.store.pin_identity(ANNA, "a-key")
    monkeypatch.setattr(Model, "bind", _never)
    assert bot.store.pinned_identity(ANNA) == ("a-key",)
    assert bot.store.users() == {ANNA}


def test_the_row_of_the_device_is_not_looked_up_for_every_key(
    bot: Device, anna: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.meet(anna)
    anna.meet(bot)
    anna.begin_session(bot)
    anna.share(ROOM, bot)
    monkeypatch.setattr(Accounts, "get", _never)
    anna.share(OTHER_ROOM, bot)
    assert bot.read(anna.say(OTHER_ROOM, "hello")) == "hello"


def test_keys_of_the_device_are_loaded_as_they_are_now(bot: Device) -> None:
    before = bot.olm.account.identity_keys
    bot.store.save_account(OlmAccount())
    loaded = bot.store.load_account()
    assert loaded is not None
    assert loaded.identity_keys != before


def _never(*_arguments: object, **_named: object) -> None:
    raise AssertionError("nobody needs this here")


def test_two_open_files_keep_their_own_rows(bot: Device, anna: Device) -> None:
    bot.store.pin_identity(BEN, "seen-by-the-bot")
    anna.store.pin_identity(BEN, "seen-by-anna")
    assert bot.store.pinned_identity(BEN) == ("seen-by-the-bot",)
    assert anna.store.pinned_identity(BEN) == ("seen-by-anna",)


def entered(rooms: RoomDirectory, room: str, user: str) -> None:
    there = rooms.add(room)
    there.apply({"type": ENCRYPTION, "content": {"algorithm": "m.megolm.v1.aes-sha2"}})
    for member in (BOT, user):
        joined = {"membership": "join"}
        there.apply({"type": MEMBER, "state_key": member, "content": joined})


def test_a_reply_to_a_room_visits_no_other(bot: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = RoomDirectory(BOT)
    entered(rooms, ROOM, ANNA)
    entered(rooms, OTHER_ROOM, BEN)
    http_client, signals = HttpClient(SERVER), SignalQueue()
    crypto = make_device_crypto(bot.olm, bot.store, http_client, bytes, signals)
    sender = EventSender(http_client, str)
    messenger = MatrixMessenger(http_client, sender, crypto, rooms, signals)
    monkeypatch.setattr(RoomDirectory, "__iter__", _never)
    assert messenger._room(Account("matrix", ANNA, ROOM)).id == ROOM


@dataclass
class Readers:
    """Record each room that is stored for a reader."""

    rooms: list[str] = field(default_factory=list)

    async def update_address(self, who: Account) -> None:
        self.rooms.append(who.address)


async def test_a_reader_is_looked_up_only_when_the_room_changes() -> None:
    rooms, readers = RoomDirectory(BOT), Readers()
    for room in (ROOM, OTHER_ROOM):
        entered(rooms, room, ANNA)
    entered(rooms, THIRD_ROOM, BEN)
    processor = processor_of(rooms, readers)
    wrote = (ROOM, ROOM, OTHER_ROOM, OTHER_ROOM, ROOM, ROOM)
    for room in wrote:
        await processor.note_room(Account("matrix", ANNA, room))
        await processor.note_room(Account("matrix", BEN, THIRD_ROOM))
    assert readers.rooms == [ROOM, THIRD_ROOM, OTHER_ROOM, ROOM]


async def test_a_reader_in_an_unknown_room_is_looked_up_each_time() -> None:
    readers = Readers()
    processor = processor_of(RoomDirectory(BOT), readers)
    for _ in range(2):
        await processor.note_room(Account("matrix", ANNA, ROOM))
    assert readers.rooms == [ROOM, ROOM]


async def test_a_reader_whose_room_could_not_be_stored_is_looked_up_again() -> None:
    rooms, readers = RoomDirectory(BOT), FullDisk()
    entered(rooms, ROOM, ANNA)
    processor = processor_of(rooms, readers)
    for _ in range(2):
        with pytest.raises(OSError, match="full"):
            await processor.note_room(Account("matrix", ANNA, ROOM))


class FullDisk(Readers):
    """Fail as on a full disk."""

    async def update_address(self, who: Account) -> None:
        del who
        raise OSError("full")


def processor_of(rooms: RoomDirectory, readers: Any) -> RoomTrackingProcessor:
    unused: Any = None
    return RoomTrackingProcessor(unused, readers, rooms)
