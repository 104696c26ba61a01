"""The bot on Matrix: logs in, identifies itself, listens, sends, and stops within seconds."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from bot.app import Application
from bot.platforms.matrix.crypto.machine import ENCRYPTED, DeviceCrypto
from bot.platforms.matrix.device import come_in, identify
from bot.platforms.matrix.events import MESSAGE, PLATFORM
from bot.platforms.matrix.failures import ANY, tell
from bot.platforms.matrix.http_client import HttpClient, RateLimited, SessionExpired, opened
from bot.platforms.matrix.login import MatrixAccount
from bot.platforms.matrix.messenger import MatrixMessenger, translated
from bot.platforms.matrix.rooms.directory import Room, RoomDirectory
from bot.platforms.matrix.rooms.membership import MembershipDelays, RoomMembership
from bot.platforms.matrix.sync.loop import SyncLoop
from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import RateLimiter, backoff
from bot.runtime.send_queues import QUIET_SECONDS, SendQueues
from bot.runtime.status import StatusReporter, Tell
from handlers.messages import IncomingMessage, TextMessage
from handlers.texts import english as words
from handlers.turn import Aside, Desk
from store.model.accounts import Account

_log = logging.getLogger(__name__)

STOP_SECONDS = 2.0
TRIES = 3
TRY_AGAIN_SECONDS = 0.2
LONGEST_SECONDS = 10.0
"""Between two tries to connect: whoever has just mended something waits for it."""


@dataclass(slots=True)
class MatrixAdapter:
    """One bot on Matrix."""

    house: Application
    address: MatrixAccount
    tell: Tell
    stop: asyncio.Event
    quiet: float = QUIET_SECONDS
    waits: MembershipDelays = field(default_factory=MembershipDelays)
    name: str = "Matrix"
    herald: StatusReporter = field(init=False)
    talks: "UpdateHandler | None" = field(default=None, init=False)
    """Of the connection that there is now."""

    def __post_init__(self) -> None:
        self.herald = StatusReporter(self.tell, self.name)

    async def run(self) -> None:
        """Until told to stop, however often the connection must be made anew."""
        failures = 0
        while not self.stop.is_set():
            try:
                async with opened(HttpClient(self.address.homeserver)) as wire:
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
        if isinstance(error, RateLimited):
            seconds = error.after
        elif not isinstance(error, SessionExpired) or failures:
            tell(self.herald, error)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)

    async def _unless_stopped(self, work: Awaitable["UpdateHandler"]) -> "UpdateHandler | None":
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

    async def _introduce(self, wire: HttpClient) -> "UpdateHandler":
        """The device is known, its keys are at the server, and the bot's identity signs it."""
        keyring, entropy = self.house.keyring, self.house.entropy
        machine = await come_in(wire, self.address, keyring, entropy)
        check = partial(identify, machine, self.address, keyring, entropy)
        try:
            await check()
        except BaseException:
            machine.cabinet.close()
            raise
        return make_talks(self, wire, machine, check)

    async def _serve(self, talks: "UpdateHandler") -> None:
        event(_log, Event.STARTED, platform=PLATFORM, revision=self.house.settings.flow.revision)
        async with self._serving(talks) as listener:
            await talks.lanes.ring_all()
            await listener.run()
        event(_log, Event.STOPPED, platform=PLATFORM)

    @asynccontextmanager
    async def _serving(self, talks: "UpdateHandler") -> AsyncIterator[SyncLoop]:
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
    service: MatrixAdapter,
    wire: HttpClient,
    machine: DeviceCrypto,
    check: Callable[[], Awaitable[None]],
) -> "UpdateHandler":
    """Everything of one connection."""
    house, rooms = service.house, RoomDirectory(service.address.user)
    messenger = MatrixMessenger(wire, machine, rooms, monotonic=time.monotonic)
    desk = house.desk(messenger)
    lanes = SendQueues(desk, RateLimiter(time.monotonic), service.quiet)
    desk.wake = lanes.ring
    talks = UpdateHandler(house, machine, messenger, desk, lanes, rooms, service.stop, check)
    talks.doors = RoomMembership(
        wire, machine, rooms, messenger, talks.is_open, talks.greet, time.monotonic, service.waits
    )
    messenger.over = talks.doors.over
    machine.replaced = talks.replaced_of
    return talks


def make_listener(service: MatrixAdapter, talks: "UpdateHandler") -> SyncLoop:
    """The loop of one connection."""
    return SyncLoop(
        wire=talks.machine.wire,
        machine=talks.machine,
        rooms=talks.rooms,
        doors=talks.doors,
        case_store=service.house.case_store,
        hear=talks.hear,
        doubt=talks.doubt,
        replaced=talks.replaced,
        own_changed=talks.check,
        fine=service.herald.fine,
        trouble=partial(tell, service.herald),
        stop=service.stop,
        monotonic=time.monotonic,
    )


@dataclass(slots=True)
class UpdateHandler:
    """What becomes of each message."""

    house: Application
    machine: DeviceCrypto
    messenger: MatrixMessenger
    desk: Desk
    lanes: SendQueues
    rooms: RoomDirectory
    stop: asyncio.Event
    check: Callable[[], Awaitable[None]]
    """Whether the bot's identity is still its own."""
    doors: RoomMembership = field(init=False)
    doubted: set[str] = field(default_factory=set, repr=False)
    """Devices that were told that nobody vouches for them."""

    async def hear(self, incoming: IncomingMessage) -> bool:
        """One message; whether it is on the disk, or needs nothing there."""
        for tried in range(TRIES):
            try:
                await self._moved(incoming.who)
                asides = await self.desk.hear(incoming)
            except Exception as error:  # noqa: BLE001 - the edge: the talk stays where it was
                event(_log, Event.TURN_FAILED, error=error)
                if await self._stopped_within(TRY_AGAIN_SECONDS * 2**tried):
                    return False
            else:
                self.lanes.put(incoming.who, asides)
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

    async def _give_up(self, incoming: IncomingMessage) -> bool:
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
        await self.hear(IncomingMessage(f"greeting {who.address}", who, TextMessage("/start")))

    async def is_open(self, who: Account) -> bool:
        """Whether anything would be missed, were the chat with this account left."""
        snapshot = await self.house.case_store.snapshot(who, self.house.clock())
        if snapshot.draft is not None or snapshot.opened is not None:
            return True
        if await self.house.case_store.posts(who) or who.name in self.desk.waiting:
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
