"""What a message must not cost: looks into files and into every room for what is known."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from peewee import Model

from bot.platforms.matrix.adapter import RoomFollowingProcessor
from bot.platforms.matrix.crypto.devices import DeviceDirectory
from bot.platforms.matrix.crypto.machine import DeviceCrypto
from bot.platforms.matrix.crypto.one_time_keys import OneTimeKeys
from bot.platforms.matrix.crypto.store import CipherFile
from bot.platforms.matrix.http_client import HttpClient
from bot.platforms.matrix.messenger import MatrixMessenger
from bot.platforms.matrix.rooms.directory import ENCRYPTION, MEMBER, RoomDirectory
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
    device.cabinet.close()


@pytest.fixture
def anna(tmp_path: Path) -> Iterator[Device]:
    device = Device(tmp_path / "anna", ANNA, ANNA_DEVICE)
    yield device
    device.cabinet.close()


def devices_of(bot: Device) -> DeviceDirectory:
    return DeviceDirectory(bot.olm, bot.cabinet, HttpClient(SERVER))


def test_who_may_read_is_known_without_the_file(
    bot: Device, anna: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.meet(anna)
    devices = devices_of(bot)
    (phone,) = devices.every(ANNA)
    assert not devices.trusts(phone)
    bot.olm.verify_device(phone)
    monkeypatch.setattr(CipherFile, "execute_sql", _never)
    assert devices.trusts(phone)
    assert devices.trusted(ANNA) == [phone]


def test_who_may_read_is_known_after_a_restart(bot: Device, anna: Device) -> None:
    bot.meet(anna)
    bot.olm.verify_device(bot.olm.device_store[ANNA][ANNA_DEVICE])
    bot.cabinet.close()
    again = Device(Path(bot.cabinet.store_path), BOT, BOT_DEVICE)
    (phone,) = devices_of(again).trusted(ANNA)
    assert phone.id == ANNA_DEVICE
    again.cabinet.close()


def test_a_file_in_use_is_not_prepared_anew_for_every_row(
    bot: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.cabinet.set_pin(ANNA, "a key")
    monkeypatch.setattr(Model, "bind", _never)
    assert bot.cabinet.pin(ANNA) == "a key"
    assert bot.cabinet.users() == {ANNA}


def _never(*_arguments: object, **_named: object) -> None:
    raise AssertionError("nobody needs this here")


def test_files_that_take_turns_hold_what_is_theirs(bot: Device, anna: Device) -> None:
    bot.cabinet.set_pin(BEN, "seen by the bot")
    anna.cabinet.set_pin(BEN, "seen by anna")
    assert bot.cabinet.pin(BEN) == "seen by the bot"
    assert anna.cabinet.pin(BEN) == "seen by anna"


def entered(rooms: RoomDirectory, room: str, user: str) -> None:
    there = rooms.joined(room)
    there.apply({"type": ENCRYPTION, "content": {"algorithm": "m.megolm.v1.aes-sha2"}})
    for member in (BOT, user):
        joined = {"membership": "join"}
        there.apply({"type": MEMBER, "state_key": member, "content": joined})


def test_a_reply_to_a_room_looks_at_no_other(bot: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = RoomDirectory(BOT)
    entered(rooms, ROOM, ANNA)
    entered(rooms, OTHER_ROOM, BEN)
    messenger = MatrixMessenger(HttpClient(SERVER), _machine_of(bot), rooms)
    monkeypatch.setattr(RoomDirectory, "__iter__", _never)
    assert messenger._room(Account("matrix", ANNA, ROOM)).id == ROOM


def _machine_of(bot: Device) -> DeviceCrypto:
    keys = OneTimeKeys(bot.olm, HttpClient(SERVER))
    return DeviceCrypto(
        bot.olm, bot.cabinet, HttpClient(SERVER), devices_of(bot), keys, str, float
    )


@dataclass
class Asked:
    """Where readers are told things; remembers whether anybody asked."""

    rooms: list[str] = field(default_factory=list)

    async def moved(self, who: Account) -> None:
        self.rooms.append(who.address)


async def test_a_reader_is_looked_for_only_when_the_room_is_another() -> None:
    rooms, asked = RoomDirectory(BOT), Asked()
    for room in (ROOM, OTHER_ROOM):
        entered(rooms, room, ANNA)
    entered(rooms, THIRD_ROOM, BEN)
    processor = _processor(rooms, asked)
    wrote = (ROOM, ROOM, OTHER_ROOM, OTHER_ROOM, ROOM, ROOM)
    for room in wrote:
        await processor.note_room(Account("matrix", ANNA, room))
        await processor.note_room(Account("matrix", BEN, THIRD_ROOM))
    assert asked.rooms == [ROOM, THIRD_ROOM, OTHER_ROOM, ROOM]


async def test_a_reader_in_a_room_that_is_not_known_is_looked_for_each_time() -> None:
    asked = Asked()
    processor = _processor(RoomDirectory(BOT), asked)
    for _ in range(2):
        await processor.note_room(Account("matrix", ANNA, ROOM))
    assert asked.rooms == [ROOM, ROOM]


async def test_a_reader_whose_room_could_not_be_noted_is_looked_for_again() -> None:
    rooms, asked = RoomDirectory(BOT), Failing()
    entered(rooms, ROOM, ANNA)
    processor = _processor(rooms, asked)
    for _ in range(2):
        with pytest.raises(OSError, match="full"):
            await processor.note_room(Account("matrix", ANNA, ROOM))


class Failing(Asked):
    """The disk is full."""

    async def moved(self, who: Account) -> None:
        del who
        raise OSError("full")


def _processor(rooms: RoomDirectory, asked: Asked) -> RoomFollowingProcessor:
    house: Any = SimpleNamespace(reader_desk=asked)
    nothing: Any = None
    return RoomFollowingProcessor(house, nothing, rooms)
