"""Build one connection to Matrix, without cycles, and run it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from bot.app import Application
from bot.platforms.intake import MessageIntake
from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto
from bot.platforms.matrix.device import new_id
from bot.platforms.matrix.event_sender import EventSender
from bot.platforms.matrix.http_client import HttpClient
from bot.platforms.matrix.messenger import MatrixMessenger
from bot.platforms.matrix.notices import SecurityNotices
from bot.platforms.matrix.processor import RoomTrackingProcessor
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.platforms.matrix.rooms.directory import RoomDirectory
from bot.platforms.matrix.rooms.greeting import Greeter
from bot.platforms.matrix.rooms.invitations import Invitations
from bot.platforms.matrix.rooms.membership import RoomMembership
from bot.platforms.matrix.rooms.requests import RoomRequests
from bot.platforms.matrix.rooms.retention import RoomRetention
from bot.platforms.matrix.rooms.tasks import BackgroundTasks
from bot.platforms.matrix.rooms.usage import RoomUsage
from bot.platforms.matrix.signals import (
    ConversationEnded,
    IdentityReplaced,
    Signal,
    SignalQueue,
    UntrustedDeviceUsed,
)
from bot.platforms.matrix.sync.backfill import Backfill
from bot.platforms.matrix.sync.decryptor import Decryptor
from bot.platforms.matrix.sync.device_sync import DeviceSync
from bot.platforms.matrix.sync.dispatcher import MessageDispatcher
from bot.platforms.matrix.sync.loop import SyncLoop
from bot.platforms.matrix.sync.room_sync import RoomSync
from bot.platforms.matrix.sync.source import SyncSource
from bot.runtime.conversations import Conversations
from bot.runtime.logs import Event, event
from bot.runtime.status import StatusReporter
from bot.runtime.waiting import cancel_all
from handlers.messages import IncomingMessage, TextMessage
from handlers.turn import TurnProcessor
from store.model.accounts import Account

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Device:
    """The bot's device, logged in and signed by its identity."""

    http_client: HttpClient
    crypto: DeviceCrypto
    signals: SignalQueue = field(repr=False)
    verify_identity: Callable[[], Awaitable[None]]
    """Publishes and signs the device again; raises if the identity is not the bot's any more."""


@dataclass(frozen=True, slots=True)
class RoomServices:
    """Everything that joins, judges and leaves rooms."""

    directory: RoomDirectory
    membership: RoomMembership
    retention: RoomRetention
    tasks: BackgroundTasks


@dataclass(frozen=True, slots=True)
class MatrixConnection:
    """One connection to Matrix."""

    device: Device
    messenger: MatrixMessenger
    conversations: Conversations
    rooms: RoomServices
    notices: SecurityNotices
    sync: SyncLoop

    @asynccontextmanager
    async def handling_signals(self) -> AsyncIterator[None]:
        """Handle signals inside of this context, which outlasts the last message that is sent."""
        signals = asyncio.create_task(self._handle_signals())
        try:
            yield
        finally:
            await cancel_all(signals)

    async def listen(self) -> None:
        """Sync until told to stop; raise an error if a new connection is needed."""
        await self.sync.run()

    async def close(self) -> None:
        """End what runs beside the sync."""
        await asyncio.gather(self.sync.close(), self.rooms.tasks.stop())

    async def run_upkeep(self) -> None:
        """Leave the rooms that nobody needs any more."""
        await self.rooms.retention.keep_up()

    async def _handle_signals(self) -> None:
        while True:
            signal = await self.device.signals.get()
            try:
                self._handle_signal(signal)
            except Exception as error:  # noqa: BLE001 - the edge: the next signal is handled
                event(_log, Event.ROOM_FAILED, error=error)

    def _handle_signal(self, signal: Signal) -> None:
        match signal:
            case UntrustedDeviceUsed(room_id, device_key):
                self.notices.warn_of_device(room_id, device_key)
            case IdentityReplaced(user):
                self.notices.warn_of_identity(user)
            case ConversationEnded(account):
                self.rooms.retention.end_conversation(account)


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """The times of a connection, which tests shorten; ``quiet`` is in seconds."""

    quiet: float
    delays: MembershipDelays


def make_connection(
    application: Application,
    device: Device,
    status: StatusReporter,
    stop: asyncio.Event,
    settings: ConnectionSettings,
) -> MatrixConnection:
    """Build everything of one connection from the device up: each part gets what is below it."""
    own = device.crypto.own_device().user
    directory = RoomDirectory(own)
    sender = EventSender(device.http_client, partial(new_id, application.entropy))
    messenger = MatrixMessenger(
        device.http_client, sender, device.crypto, directory, device.signals
    )
    conversations = application.conversations(messenger, settings.quiet)
    send_queues = conversations.send_queues
    processor = RoomTrackingProcessor(
        conversations.processor, application.stores.readers, directory
    )
    intake = MessageIntake(processor, send_queues, stop)
    rooms = _make_rooms(
        application, device, sender, directory, intake, conversations.processor, settings.delays
    )
    notices = SecurityNotices(directory, send_queues)
    sync = _make_sync(application, device, rooms, intake, status, stop)
    return MatrixConnection(device, messenger, conversations, rooms, notices, sync)


def _make_rooms(
    application: Application,
    device: Device,
    sender: EventSender,
    directory: RoomDirectory,
    intake: MessageIntake,
    processor: TurnProcessor,
    delays: MembershipDelays,
) -> RoomServices:
    tasks, requests = BackgroundTasks(), RoomRequests(device.http_client)
    membership = RoomMembership(
        requests,
        sender,
        device.crypto,
        directory,
        Invitations(requests, directory, tasks),
        Greeter(directory, partial(greet, intake), tasks, delays),
        tasks,
        delays,
    )
    usage = RoomUsage(
        application.stores.cases,
        application.stores.outbox,
        application.stores.readers,
        application.clock,
        processor.awaits_words,
    )
    retention = RoomRetention(
        directory,
        membership,
        device.crypto.store,
        usage,
        tasks,
        delays,
        time.monotonic,
    )
    return RoomServices(directory, membership, retention, tasks)


def _make_sync(
    application: Application,
    device: Device,
    rooms: RoomServices,
    intake: MessageIntake,
    status: StatusReporter,
    stop: asyncio.Event,
) -> SyncLoop:
    directory, own = rooms.directory, rooms.directory.own
    source = SyncSource(device.http_client, own, partial(new_id, application.entropy), stop)
    decryptor = Decryptor(device.crypto, directory, device.signals, time.monotonic)
    room_sync = RoomSync(
        source,
        directory,
        rooms.membership,
        device.crypto,
        Backfill(device.http_client, own),
        decryptor,
        time.monotonic,
    )
    return SyncLoop(
        source,
        application.stores.cursors,
        DeviceSync(device.crypto, directory, device.verify_identity),
        room_sync,
        decryptor,
        MessageDispatcher(intake.accept),
        status,
        stop,
    )


async def greet(intake: MessageIntake, who: Account) -> None:
    """Answer a new chat in which nobody wrote yet as if the person had written ``/start``."""
    await intake.accept(IncomingMessage(f"greeting {who.address}", who, TextMessage("/start")))
