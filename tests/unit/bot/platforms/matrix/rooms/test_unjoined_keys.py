"""Keys to rooms that the bot is not in are few, and gone after minutes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from bot.platforms.matrix.rooms.directory import RoomDirectory
from bot.platforms.matrix.rooms.unjoined_keys import KEPT_SECONDS, MOST_ROOMS, UnjoinedKeys

if TYPE_CHECKING:
    from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto


class Keys:
    """The rooms for which there are keys, and a clock."""

    def __init__(self, *rooms: str) -> None:
        self.rooms = [*rooms]
        self.transactions = 0
        self.devices = list[str]()
        self.to_device = self
        self.now = 0.0
        self.directory = RoomDirectory("@bot:x", complete=True)
        crypto = cast("DeviceCrypto", self)
        self.pending = set[str]()
        self.unjoined = UnjoinedKeys(crypto, self.directory, self.pending, lambda: self.now)

    def rooms_with_keys(self) -> list[str]:
        return [*self.rooms]

    def unknown_devices(self) -> list[str]:
        return [*self.devices]

    def forget_sessions_with(self, devices: Sequence[str]) -> None:
        self.devices = [d for d in self.devices if d not in devices]

    def forget_rooms(self, room_ids: Sequence[str]) -> None:
        self.transactions += 1
        for room_id in room_ids:
            self.rooms.remove(room_id)


def test_a_key_may_come_minutes_before_the_bot_joins() -> None:
    keys = Keys("!soon", "!never")
    keys.unjoined.drop()
    keys.now += KEPT_SECONDS - 1
    keys.unjoined.drop()
    assert keys.rooms == ["!soon", "!never"]
    keys.directory.add("!soon")
    keys.now += 1
    keys.unjoined.drop()
    assert keys.rooms == ["!soon"]
    keys.now += 10 * KEPT_SECONDS
    keys.unjoined.drop()
    assert keys.rooms == ["!soon"]


def test_a_session_with_a_device_of_nobody_is_gone_after_minutes() -> None:
    keys = Keys()
    keys.devices = ["late", "of somebody who is known soon"]
    keys.unjoined.drop()
    keys.devices = ["late"]
    keys.now += KEPT_SECONDS
    keys.devices.append("new")
    keys.unjoined.drop()
    assert keys.devices == ["new"]
    assert {*keys.unjoined.devices_since} == {"late", "new"}


def test_three_thousand_foreign_keys_cost_one_transaction() -> None:
    keys = Keys("!ours", *(f"!{number}" for number in range(3000)))
    keys.directory.add("!ours")
    keys.unjoined.drop()
    assert len(keys.rooms) == MOST_ROOMS + 1
    assert "!ours" in keys.rooms
    assert keys.transactions == 1
    assert len(keys.unjoined.since) == 3000
    keys.unjoined.drop()
    assert len(keys.unjoined.since) == MOST_ROOMS
    assert keys.transactions == 1


def test_the_newest_are_kept() -> None:
    keys = Keys(*(f"!old {number}" for number in range(MOST_ROOMS)))
    keys.unjoined.drop()
    keys.now += 1
    keys.rooms.append("!new")
    keys.unjoined.drop()
    assert len(keys.rooms) == MOST_ROOMS
    assert "!new" in keys.rooms


def test_a_flood_pushes_out_no_key_to_a_room_to_which_the_bot_is_invited() -> None:
    keys = Keys("!robins")
    keys.pending.add("!robins")
    keys.unjoined.drop()
    keys.now += 10 * KEPT_SECONDS
    keys.rooms += [f"!{number}" for number in range(3000)]
    keys.unjoined.drop()
    assert len(keys.rooms) == MOST_ROOMS + 1
    assert "!robins" in keys.rooms


def test_nothing_is_dropped_before_the_server_has_listed_the_rooms() -> None:
    keys = Keys(*(f"!{number}" for number in range(3000)))
    keys.directory.complete = False
    keys.unjoined.drop()
    assert len(keys.rooms) == 3000
