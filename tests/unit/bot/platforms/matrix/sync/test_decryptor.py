"""An event that cannot be read yet lets its own room wait, and nobody else."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

from bot.platforms.matrix.crypto.device_crypto import (
    DecryptedEvent,
    DeviceCrypto,
    Replayed,
    Unreadable,
)
from bot.platforms.matrix.events import MESSAGE, RoomEvent, parse_event
from bot.platforms.matrix.http_client import ServerUnreachable
from bot.platforms.matrix.rooms.directory import RoomDirectory
from bot.platforms.matrix.signals import SignalQueue, UntrustedDeviceUsed
from bot.platforms.matrix.sync.decryptor import KEY_MISSING, KEY_WAIT_SECONDS, Decryptor
from bot.platforms.matrix.sync.device_refresher import BUDGET_SECONDS, DeviceRefresher
from bot.runtime.scheduler import Pause
from handlers.messages import TextMessage

ROBIN, FLOODER, ROOM = "@robin:x", "@flooder:elsewhere", "!room"


def event(number: int = 1, sender: str = ROBIN) -> RoomEvent:
    found = parse_event(
        {
            "event_id": f"${number}",
            "sender": sender,
            "type": "m.room.encrypted",
            "content": {"ciphertext": "c"},
            "origin_server_ts": 1,
        }
    )
    assert found is not None
    return found


@dataclass
class World:
    """The keys and devices that there are, and the answers of servers."""

    has_key: bool = True
    trusted: bool = True
    outdated: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    fails: bool = False
    away: bool = False
    replayed: bool = False
    kept: list[bool] = field(default_factory=list)
    """Whether each reading was to be on the disk at once."""
    asked: list[list[str]] = field(default_factory=list)
    now: float = 0.0

    def __post_init__(self) -> None:
        devices: Any = self
        self.devices = devices
        self.signals = SignalQueue()
        rooms = RoomDirectory("@bot:x")
        rooms.add(ROOM)
        self.refresher = DeviceRefresher(devices, self.signals, lambda: self.now)
        self.decryptor = Decryptor(
            cast("DeviceCrypto", self), rooms, self.signals, self.refresher, lambda: self.now
        )

    def decrypt(self, _room: str, source: dict[str, Any], *, keep: bool = True) -> DecryptedEvent:
        self.kept.append(keep)
        if self.replayed:
            raise Replayed
        if not self.has_key:
            raise Unreadable
        content = {"msgtype": "m.text", "body": source["event_id"]}
        return DecryptedEvent(MESSAGE, content, self.trusted, "D")

    def is_outdated(self, user: str) -> bool:
        return user in self.outdated

    async def refresh(self, users: list[str]) -> tuple[str, ...]:
        self.asked.append(users)
        if self.silent & {*users}:
            await asyncio.Event().wait()
        if self.fails:
            raise ServerUnreachable
        if not self.away:
            self.outdated.difference_update(users)
        return ()


async def ended(pause: object) -> None:
    """Wait until what a pause waits for is done."""
    assert isinstance(pause, Pause)
    assert pause.sooner is not None
    await asyncio.wait_for(pause.sooner, 5)


async def test_an_event_is_read() -> None:
    assert World().decryptor.read(ROOM, event()) == TextMessage("$1")


async def test_what_was_read_before_says_nothing_and_waits_for_no_key() -> None:
    world = World(replayed=True)
    assert world.decryptor.peek(ROOM, event()) is None
    assert world.decryptor.read(ROOM, event()) is None
    assert not world.decryptor.expects_keys


async def test_only_what_a_batch_does_not_store_is_written_by_itself() -> None:
    world = World()
    world.decryptor.peek(ROOM, event())
    world.decryptor.read(ROOM, event())
    assert world.kept == [False, True]


async def test_a_room_that_is_gone_says_nothing() -> None:
    assert World().decryptor.read("!gone", event()) is None


async def test_a_late_key_ends_the_pause_of_its_room() -> None:
    world = World(has_key=False)
    pause = world.decryptor.read(ROOM, event())
    assert isinstance(pause, Pause)
    assert pause.seconds == KEY_WAIT_SECONDS
    world.decryptor.keys_came({"!another"})
    assert pause.sooner is not None
    assert not pause.sooner.done()
    world.has_key = True
    world.decryptor.keys_came({ROOM})
    await ended(pause)
    assert world.decryptor.read(ROOM, event()) == TextMessage("$1")
    assert world.decryptor.deadlines == {}


async def test_a_key_is_waited_for_from_the_moment_when_the_event_came() -> None:
    world = World(has_key=False)
    for number in range(100):
        assert world.decryptor.peek(ROOM, event(number)) is None
    assert world.decryptor.expects_keys
    world.now += KEY_WAIT_SECONDS
    assert not world.decryptor.expects_keys
    read = [world.decryptor.read(ROOM, event(number)) for number in range(100)]
    assert read == [KEY_MISSING] * 100, "they do not wait one after the other"
    assert world.decryptor.deadlines == {}


async def test_devices_are_queried_before_a_device_is_believed() -> None:
    world = World(outdated={ROBIN})
    await ended(world.decryptor.read(ROOM, event()))
    assert world.decryptor.read(ROOM, event()) == TextMessage("$1")
    assert world.asked == [[ROBIN]]


async def test_a_device_that_nobody_vouches_for_is_looked_up_once_more() -> None:
    world = World(trusted=False)
    await ended(world.decryptor.read(ROOM, event()))
    assert world.decryptor.read(ROOM, event()) is None
    assert world.asked == [[ROBIN]]
    assert world.signals.get_nowait() == UntrustedDeviceUsed(ROOM, "D")
    assert world.decryptor.peek(ROOM, event()) is None


async def test_a_server_that_never_answers_holds_up_nobody_else() -> None:
    flooders = [f"@flooder-{n}:elsewhere" for n in range(1000)]
    world = World(outdated={ROBIN, *flooders}, silent={*flooders})
    for flooder in flooders:
        assert isinstance(world.decryptor.read(ROOM, event(1, flooder)), Pause)
    await ended(world.decryptor.read(ROOM, event()))
    assert world.decryptor.read(ROOM, event()) == TextMessage("$1")
    assert len(world.asked) == 2, "one question for all of that server"
    await world.refresher.stop()


async def test_a_server_that_is_known_to_be_away_is_asked_after_growing_pauses() -> None:
    """The homeserver then answers at once, and says nothing of the account."""
    world = World(outdated={FLOODER}, away=True)
    for _ in range(5):
        await ended(world.decryptor.read(ROOM, event(1, FLOODER)))
        pause = world.decryptor.read(ROOM, event(1, FLOODER))
        assert isinstance(pause, Pause)
        assert pause.sooner is None
        world.now += pause.seconds
    assert len(world.asked) == 5
    assert world.now > 15


async def test_servers_that_failed_take_no_place_of_others() -> None:
    failing = [f"@{n}:{n}.elsewhere" for n in range(100)]
    world = World(outdated={ROBIN, *failing}, fails=True)
    for user in failing:
        await ended(world.decryptor.read(ROOM, event(1, user)))
    world.now, world.fails, world.silent = 1000, False, {*failing}
    for user in failing:
        assert isinstance(world.decryptor.read(ROOM, event(1, user)), Pause)
    await asyncio.sleep(0)
    await ended(world.decryptor.read(ROOM, event()))
    assert world.decryptor.read(ROOM, event()) == TextMessage("$1")
    await world.refresher.stop()


async def test_a_server_that_fails_is_asked_again_after_growing_pauses() -> None:
    world = World(outdated={FLOODER}, fails=True)
    for _ in range(5):
        pause = world.decryptor.read(ROOM, event(1, FLOODER))
        assert isinstance(pause, Pause)
        assert pause.seconds == BUDGET_SECONDS
        await ended(pause)
        pause = world.decryptor.read(ROOM, event(1, FLOODER))
        assert isinstance(pause, Pause)
        assert pause.sooner is None
        world.now += pause.seconds
    assert len(world.asked) == 5
    assert world.now > 15
    world.fails = False
    await ended(world.decryptor.read(ROOM, event(1, FLOODER)))
    assert world.decryptor.read(ROOM, event(1, FLOODER)) == TextMessage("$1")
    assert world.refresher.queries == {}
