"""The bot on Matrix: logs in, identifies itself, listens, sends, and stops within seconds."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from bot.herald import Herald, Tell
from bot.lanes import QUIET_SECONDS, Lanes
from bot.logs import Event, event
from bot.matrix.device import come_in, identify
from bot.matrix.doors import Doors, Waits
from bot.matrix.listener import Listener
from bot.matrix.login import Address
from bot.matrix.machine import ENCRYPTED, Machine
from bot.matrix.messenger import Matrix, translated
from bot.matrix.reading import MESSAGE, PLATFORM
from bot.matrix.rooms import Room, Rooms
from bot.matrix.trouble import ANY, tell
from bot.matrix.wire import Busy, LoggedOut, Wire, opened
from bot.patience import Patience, backoff
from bot.wiring import House
from handlers import words
from handlers.desk import Aside, Desk
from handlers.messages import Incoming, Text
from store.records import Account

_log = logging.getLogger(__name__)

STOP_SECONDS = 2.0
TRIES = 3
TRY_AGAIN_SECONDS = 0.2
LONGEST_SECONDS = 10.0
"""Between two tries to connect: whoever has just mended something waits for it."""


@dataclass(slots=True)
class Service:
    """One bot on Matrix."""

    house: House
    address: Address
    tell: Tell
    stop: asyncio.Event
    quiet: float = QUIET_SECONDS
    waits: Waits = field(default_factory=Waits)
    name: str = "Matrix"
    herald: Herald = field(init=False)
    talks: "Talks | None" = field(default=None, init=False)
    """Of the connection that there is now."""

    def __post_init__(self) -> None:
        self.herald = Herald(self.tell, self.name)

    async def run(self) -> None:
        """Until told to stop, however often the connection must be made anew."""
        failures = 0
        while not self.stop.is_set():
            try:
                async with opened(Wire(self.address.homeserver)) as wire:
                    talks = await self._unless_stopped(self._introduce(wire))
                    if talks is not None:
                        failures = 0
                        await self._serve(talks)
            except ANY as error:
                await self._wait(error, failures)
                failures += 1

    async def _wait(self, error: Exception, failures: int) -> None:
        """A token that is not taken any more is no trouble: there is the password."""
        seconds = min(backoff(failures), LONGEST_SECONDS)
        if isinstance(error, Busy):
            seconds = error.after
        elif not isinstance(error, LoggedOut) or failures:
            tell(self.herald, error)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)

    async def _unless_stopped(self, work: Awaitable["Talks"]) -> "Talks | None":
        """What came of it, if it came to its end before being told to stop."""
        doing = asyncio.ensure_future(work)
        stopped = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait({doing, stopped}, return_when=asyncio.FIRST_COMPLETED)
            done = doing.result() if doing.done() else None
            if done is not None and self.stop.is_set():
                done.machine.cabinet.close()
                return None
            return done
        finally:
            for task in (doing, stopped):
                task.cancel()
            await asyncio.gather(doing, stopped, return_exceptions=True)

    async def _introduce(self, wire: Wire) -> "Talks":
        """The device is known, its keys are at the server, and the bot's identity signs it."""
        keyring, entropy = self.house.keyring, self.house.entropy
        machine = await come_in(wire, self.address, keyring, entropy)
        machine.reached = machine.keys.reached = self.house.casebook.reached
        machine.reached("logged in")
        check = partial(identify, machine, self.address, keyring, entropy)
        try:
            await check()
            machine.reached("identified")
        except BaseException:
            machine.cabinet.close()
            raise
        return make_talks(self, wire, machine, check)

    async def _serve(self, talks: "Talks") -> None:
        event(_log, Event.STARTED, platform=PLATFORM, revision=self.house.setting.flow.revision)
        async with self._serving(talks) as listener:
            await talks.lanes.ring_all()
            await listener.run()
        event(_log, Event.STOPPED, platform=PLATFORM)

    @asynccontextmanager
    async def _serving(self, talks: "Talks") -> AsyncIterator[Listener]:
        """Everything that runs ends, before the file of the sessions is given back."""
        self.talks = talks
        self.house.bells[PLATFORM] = talks.desk.tell_waiting
        listener = make_listener(self, talks)
        try:
            yield listener
        finally:
            self.talks = None
            self.house.bells.pop(PLATFORM, None)
            await asyncio.gather(
                listener.close(), talks.lanes.stop(STOP_SECONDS), talks.doors.stop()
            )
            talks.machine.cabinet.close()

    async def keep_up(self) -> None:
        """What is due, once a minute; called from outside."""
        if self.talks is not None:
            await self.talks.keep_up()

    async def tell_recalled(self) -> None:
        """Those whose questions were taken back hear of it, once; called from outside."""
        if self.talks is not None and (count := await self.talks.desk.tell_recalled()):
            event(_log, Event.RECALL_TOLD, count=count, platform=PLATFORM)


def make_talks(
    service: Service, wire: Wire, machine: Machine, check: Callable[[], Awaitable[None]]
) -> "Talks":
    """Everything of one connection."""
    house, rooms = service.house, Rooms(service.address.user)
    reached = house.casebook.reached
    messenger = Matrix(wire, machine, rooms, reached=reached, monotonic=time.monotonic)
    desk = house.desk(messenger)
    lanes = Lanes(desk, Patience(time.monotonic), service.quiet, reached=reached)
    desk.wake = lanes.ring
    talks = Talks(house, machine, messenger, desk, lanes, rooms, service.stop, check)
    talks.doors = Doors(
        wire, machine, rooms, messenger, talks.is_open, talks.greet, time.monotonic, service.waits
    )
    messenger.over, talks.doors.reached = talks.doors.over, reached
    machine.replaced = talks.replaced_of
    return talks


def make_listener(service: Service, talks: "Talks") -> Listener:
    """The loop of one connection."""
    return Listener(
        wire=talks.machine.wire,
        machine=talks.machine,
        rooms=talks.rooms,
        doors=talks.doors,
        casebook=service.house.casebook,
        hear=talks.hear,
        doubt=talks.doubt,
        replaced=talks.replaced,
        own_changed=talks.check,
        fine=service.herald.fine,
        trouble=partial(tell, service.herald),
        stop=service.stop,
        monotonic=time.monotonic,
        reached=service.house.casebook.reached,
    )


@dataclass(slots=True)
class Talks:
    """What becomes of each message."""

    house: House
    machine: Machine
    messenger: Matrix
    desk: Desk
    lanes: Lanes
    rooms: Rooms
    stop: asyncio.Event
    check: Callable[[], Awaitable[None]]
    """Whether the bot's identity is still its own."""
    doors: Doors = field(init=False)
    doubted: set[str] = field(default_factory=set, repr=False)
    """Devices that were told that nobody vouches for them."""

    async def hear(self, incoming: Incoming) -> bool:
        """One message; whether it is on the disk, or needs nothing there."""
        for tried in range(TRIES):
            try:
                await self._moved(incoming.who)
                asides = await self.desk.hear(incoming)
                self.house.casebook.reached("on the disk")
            except Exception as error:  # noqa: BLE001 - the edge: the talk stays where it was
                event(_log, Event.TURN_FAILED, error=error)
                if await self._stopped_within(TRY_AGAIN_SECONDS * 2**tried):
                    return False
            else:
                self.lanes.put(incoming.who, asides)
                self.house.casebook.reached("put")
                return True
        return await self._give_up(incoming)

    async def _moved(self, who: Account) -> None:
        """A reader is told things where they wrote last; asked only if that is another room."""
        room = self.rooms.get(who.address)
        if room is None or not room.newest:
            await self.house.reader_desk.moved(who)
        if room is not None and not room.newest:
            self.rooms.wrote_in(room)

    async def _stopped_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)
        return self.stop.is_set()

    async def _give_up(self, incoming: Incoming) -> bool:
        """Said to its sender if that much can be written; else it comes again, and is kept."""
        try:
            await self.desk.give_up(incoming)
        except Exception as error:  # noqa: BLE001 - the edge: the disk may be full
            event(_log, Event.TURN_FAILED, error=error)
            return False
        self.lanes.put(incoming.who)
        return True

    async def greet(self, who: Account) -> None:
        """A new chat in which nobody wrote yet: as if they had begun."""
        await self.hear(Incoming(f"greeting {who.address}", who, Text("/start")))

    async def is_open(self, who: Account) -> bool:
        """Whether anything would be missed, were the chat with this account left."""
        situation = await self.house.casebook.situation(who, self.house.clock())
        if situation.draft is not None or situation.opened is not None:
            return True
        if await self.house.casebook.posts(who) or who.name in self.desk.waiting:
            return True
        return await self.house.reader_desk.reader_on(who) is not None

    def doubt(self, room: Room, device: str) -> None:
        """A device that nobody vouches for: told once, in words that anybody may read."""
        if device not in self.doubted:
            self.doubted.add(device)
            self._tell(room, partial(self._say_to_all, room, words.ROOM_DEVICE))

    def replaced(self, room: Room) -> None:
        """An identity that nobody vouches for: said to all devices."""
        self._tell(room, partial(self._say_to_all, room, words.ROOM_REPLACED))

    def replaced_of(self, user: str) -> None:
        """The same, found out before something was written to this account."""
        for room in self.rooms.of(user):
            self.replaced(room)

    def _tell(self, room: Room, aside: Aside) -> None:
        self.lanes.also(Account(PLATFORM, room.partner, room.id), aside)

    async def _say_to_all(self, room: Room, text: str) -> None:
        content = {"msgtype": "m.text", "body": text}
        with translated():
            everybody = self.machine.encrypt_for_all
            sealed = await everybody(room.id, [room.partner], MESSAGE, content)
            await self.messenger.put(room.id, ENCRYPTED, sealed)

    async def keep_up(self) -> None:
        """What still waits, and rooms that nobody needs."""
        await self.lanes.ring_all()
        await self.doors.keep_up()
