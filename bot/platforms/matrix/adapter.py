"""The bot on Matrix: logs in, identifies itself, listens, sends, and stops within seconds."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from bot.app import Application
from bot.platforms.base import Diagnosis, PlatformAdapter, make_send_queues
from bot.platforms.intake import MessageIntake
from bot.platforms.matrix.crypto.machine import ENCRYPTED, DeviceCrypto
from bot.platforms.matrix.device import come_in, identify
from bot.platforms.matrix.events import MESSAGE, PLATFORM
from bot.platforms.matrix.failures import ANY, problem_of
from bot.platforms.matrix.http_client import HttpClient, RateLimited, SessionExpired, opened
from bot.platforms.matrix.login import MatrixAccount
from bot.platforms.matrix.messenger import MATRIX, MatrixMessenger, translated
from bot.platforms.matrix.rooms.directory import Room, RoomDirectory
from bot.platforms.matrix.rooms.membership import MembershipDelays, RoomMembership
from bot.platforms.matrix.sync.loop import SyncLoop
from bot.runtime.send_queues import QUIET_SECONDS, SendQueues
from bot.runtime.status import NotifyOperator, StatusReporter
from handlers.messages import IncomingMessage, PlatformFacts, TextMessage
from handlers.texts.english import ENGLISH
from handlers.turn import Aside, Desk
from store.model.accounts import Account


@dataclass(frozen=True, slots=True)
class MatrixConnection:
    """One connection to Matrix: a device that is logged in and signed by the bot's identity."""

    updates: "UpdateHandler"
    sync: SyncLoop

    @property
    def send_queues(self) -> SendQueues:
        """Everything that is to be sent over this connection."""
        return self.updates.lanes

    async def listen(self) -> None:
        """Sync until told to stop; raise one of ``ANY`` if a new connection is needed."""
        await self.sync.run()

    async def close(self) -> None:
        """End what runs beside the sync."""
        await asyncio.gather(self.sync.close(), self.updates.doors.stop())

    async def run_upkeep(self) -> None:
        """Leave the rooms that nobody needs any more."""
        await self.updates.doors.keep_up()


@dataclass(frozen=True, slots=True)
class MatrixConnector:
    """Opens connections to Matrix."""

    house: Application
    address: MatrixAccount
    status: StatusReporter
    stop: asyncio.Event
    quiet: float = QUIET_SECONDS
    waits: MembershipDelays = field(default_factory=MembershipDelays)
    title: str = "Matrix"
    facts: PlatformFacts = MATRIX
    errors: tuple[type[Exception], ...] = ANY

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[MatrixConnection]:
        """Log in, publish the device's keys, and have the bot's identity sign it.

        Raise one of ``ANY``. The file of the device's sessions is closed last.
        """
        keyring, entropy = self.house.keyring, self.house.entropy
        async with opened(HttpClient(self.address.homeserver)) as wire:
            machine = await come_in(wire, self.address, keyring, entropy)
            try:
                check = partial(identify, machine, self.address, keyring, entropy)
                await check()
                updates = make_update_handler(self, wire, machine, check)
                yield MatrixConnection(updates, make_sync_loop(self, updates))
            finally:
                machine.cabinet.close()

    def diagnose(self, error: Exception, failures: int) -> Diagnosis:
        """Explain an error; the first refused session needs nobody, as the password may do."""
        if isinstance(error, RateLimited):
            return Diagnosis(None, error.after)
        if isinstance(error, SessionExpired) and not failures:
            return Diagnosis(None)
        return Diagnosis(problem_of(error))


def make_matrix_adapter(
    application: Application,
    account: MatrixAccount,
    notify_operator: NotifyOperator,
    stop: asyncio.Event,
    quiet: float = QUIET_SECONDS,
    delays: MembershipDelays | None = None,
) -> PlatformAdapter[MatrixConnection]:
    """Build the bot on Matrix."""
    status = StatusReporter(notify_operator, "Matrix")
    delays = delays or MembershipDelays()
    connector = MatrixConnector(application, account, status, stop, quiet, delays)
    return PlatformAdapter(application, connector, status, stop)


def make_update_handler(
    connector: MatrixConnector,
    wire: HttpClient,
    machine: DeviceCrypto,
    check: Callable[[], Awaitable[None]],
) -> "UpdateHandler":
    """Build everything of one connection but the sync."""
    rooms = RoomDirectory(connector.address.user)
    messenger = MatrixMessenger(wire, machine, rooms, monotonic=time.monotonic)
    lanes = make_send_queues(connector.house, messenger, connector.quiet)
    processor = RoomFollowingProcessor(connector.house, lanes.desk, rooms)
    intake = MessageIntake(processor, lanes, connector.stop)
    updates = UpdateHandler(connector.house, machine, messenger, lanes, rooms, intake, check)
    updates.doors = RoomMembership(
        wire,
        machine,
        rooms,
        messenger,
        updates.is_open,
        updates.greet,
        time.monotonic,
        connector.waits,
    )
    messenger.over = updates.doors.over
    machine.replaced = updates.replaced_of
    return updates


def make_sync_loop(connector: MatrixConnector, updates: "UpdateHandler") -> SyncLoop:
    """Build the loop of one connection."""
    return SyncLoop(
        wire=updates.machine.wire,
        machine=updates.machine,
        rooms=updates.rooms,
        doors=updates.doors,
        case_store=connector.house.case_store,
        hear=updates.intake.accept,
        doubt=updates.doubt,
        replaced=updates.replaced,
        own_changed=updates.check,
        status=connector.status,
        stop=connector.stop,
        monotonic=time.monotonic,
    )


@dataclass(frozen=True, slots=True)
class RoomFollowingProcessor:
    """Notes the room in which an account writes, and then has its message processed."""

    house: Application
    desk: Desk
    rooms: RoomDirectory

    async def hear(self, incoming: IncomingMessage) -> tuple[Aside, ...]:
        """Commit what a message causes, and return what is to be done after the commit."""
        await self.note_room(incoming.who)
        return await self.desk.hear(incoming)

    async def give_up(self, incoming: IncomingMessage) -> None:
        """Count a message as processed although it failed, and leave its sender an answer."""
        await self.desk.give_up(incoming)

    async def note_room(self, who: Account) -> None:
        """Notify a reader in the room where they wrote last; look it up only if it changed."""
        room = self.rooms.get(who.address)
        if room is None or not room.newest:
            await self.house.reader_desk.update_address(who)
        if room is not None and not room.newest:
            self.rooms.wrote_in(room)


@dataclass(slots=True)
class UpdateHandler:
    """What becomes of each message."""

    house: Application
    machine: DeviceCrypto
    messenger: MatrixMessenger
    lanes: SendQueues
    rooms: RoomDirectory
    intake: MessageIntake
    check: Callable[[], Awaitable[None]]
    """Whether the bot's identity is still its own."""
    doors: RoomMembership = field(init=False)
    doubted: set[str] = field(default_factory=set, repr=False)
    """Devices that were told that nobody vouches for them."""

    async def greet(self, who: Account) -> None:
        """A new chat in which nobody wrote yet: as if they had begun."""
        await self.intake.accept(
            IncomingMessage(f"greeting {who.address}", who, TextMessage("/start"))
        )

    async def is_open(self, who: Account) -> bool:
        """Whether anything would be missed, were the chat with this account left."""
        snapshot = await self.house.case_store.snapshot(who, self.house.clock())
        if snapshot.draft is not None or snapshot.opened is not None:
            return True
        if await self.house.case_store.posts(who) or who.name in self.lanes.desk.waiting:
            return True
        return await self.house.reader_desk.reader_on(who) is not None

    def doubt(self, room: Room, device: str) -> None:
        """A device that nobody vouches for: told once, in words that anybody may read."""
        if device not in self.doubted:
            self.doubted.add(device)
            self._tell(room, partial(self._say_to_all, room, ENGLISH.matrix.device))

    def replaced(self, room: Room) -> None:
        """An identity that nobody vouches for: said to all devices."""
        self._tell(room, partial(self._say_to_all, room, ENGLISH.matrix.replaced))

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
