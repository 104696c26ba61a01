"""Build one connection to Matrix, without cycles, and run it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from bot.app import Application
from bot.platforms.base import STOP_SECONDS
from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto
from bot.platforms.matrix.device import new_id
from bot.platforms.matrix.event_sender import EventSender
from bot.platforms.matrix.facts import PLATFORM
from bot.platforms.matrix.http_client import HttpClient
from bot.platforms.matrix.messenger import MatrixMessenger
from bot.platforms.matrix.notices import SecurityNotices
from bot.platforms.matrix.processor import RoomTrackingProcessor
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.platforms.matrix.rooms.directory import RoomDirectory
from bot.platforms.matrix.rooms.farewell import Farewell
from bot.platforms.matrix.rooms.greeting import Greeter
from bot.platforms.matrix.rooms.invitations import Invitations
from bot.platforms.matrix.rooms.membership import RoomMembership
from bot.platforms.matrix.rooms.patience import Patience
from bot.platforms.matrix.rooms.requests import RoomRequests
from bot.platforms.matrix.rooms.retention import RoomRetention
from bot.platforms.matrix.rooms.tasks import BackgroundTasks
from bot.platforms.matrix.rooms.unjoined_keys import UnjoinedKeys
from bot.platforms.matrix.rooms.usage import RoomUsage
from bot.platforms.matrix.signals import (
    ConversationEnded,
    IdentityReplaced,
    Signal,
    SignalQueue,
    UntrustedDeviceUsed,
)
from bot.platforms.matrix.sync.decryptor import Decryptor
from bot.platforms.matrix.sync.device_refresher import DeviceRefresher
from bot.platforms.matrix.sync.device_sync import KEYS_A_MINUTE, DeviceSync
from bot.platforms.matrix.sync.gap_reader import GapReader
from bot.platforms.matrix.sync.loop import SyncLoop
from bot.platforms.matrix.sync.receiver import MessageReceiver
from bot.platforms.matrix.sync.room_sync import RoomSync
from bot.platforms.matrix.sync.row_reader import RowReader
from bot.platforms.matrix.sync.source import SyncSource
from bot.runtime.admission import Admission
from bot.runtime.conversations import Conversations
from bot.runtime.help_sender import HelpSender
from bot.runtime.logs import Event, event
from bot.runtime.status import StatusReporter
from bot.runtime.turn_budget import TurnBudget
from bot.runtime.waiting import cancel_all
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
    unjoined_keys: UnjoinedKeys
    tasks: BackgroundTasks


@dataclass(frozen=True, slots=True)
class RoomInbox:
    """The way of what is heard in rooms into the inbox."""

    admission: Admission
    receiver: MessageReceiver
    reader: RowReader

    async def greet(self, who: Account) -> None:
        """Have a person greeted who opened a chat and did not write."""
        await self.admission.accept([self.receiver.greeting(who)])

    async def close(self) -> None:
        """End what runs for single rooms."""
        await asyncio.gather(
            self.receiver.help_sender.stop(STOP_SECONDS),
            self.reader.gaps.stop(),
            self.reader.decryptor.refresher.stop(),
        )


@dataclass(frozen=True, slots=True)
class MatrixConnection:
    """One connection to Matrix."""

    device: Device
    messenger: MatrixMessenger
    conversations: Conversations
    rooms: RoomServices
    notices: SecurityNotices
    inbox: RoomInbox
    sync: SyncLoop

    @property
    def admission(self) -> Admission:
        """Return the way into the inbox."""
        return self.inbox.admission

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
        try:
            await self.sync.run()
        finally:
            await self.admission.scheduler.stop(STOP_SECONDS)

    async def close(self) -> None:
        """End what runs beside the sync."""
        await asyncio.gather(self.sync.close(), self.rooms.tasks.stop(), self.inbox.close())

    async def run_upkeep(self) -> None:
        """Leave the rooms that nobody needs any more, and drop keys to rooms of others."""
        self.rooms.unjoined_keys.drop()
        self.device.crypto.drop_excess_keys()
        self.device.crypto.indices.save()
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
    conversations = application.conversations(
        messenger, settings.quiet, identify=device.crypto.devices.identify
    )
    processor = RoomTrackingProcessor(
        conversations.processor, application.stores.readers, directory
    )
    inbox = _make_inbox(application, device, directory, conversations, processor)
    rooms = _make_rooms(
        application, device, sender, directory, inbox, conversations.processor, settings.delays
    )
    notices = SecurityNotices(
        directory, conversations.send_queues, application.settings.own_texts.matrix
    )
    sync = _make_sync(application, device, rooms, inbox, status, stop)
    return MatrixConnection(device, messenger, conversations, rooms, notices, inbox, sync)


def _make_inbox(
    application: Application,
    device: Device,
    directory: RoomDirectory,
    conversations: Conversations,
    processor: RoomTrackingProcessor,
) -> RoomInbox:
    signals = device.signals
    refresher = DeviceRefresher(device.crypto.devices, signals, time.monotonic)
    decryptor = Decryptor(device.crypto, directory, signals, refresher, time.monotonic)
    gaps = GapReader(device.http_client, directory.own, decryptor, time.monotonic)
    help_sender = HelpSender(conversations.sender.send_help, time.monotonic)
    reader = RowReader(decryptor, gaps, help_sender, application.watermarks.of(PLATFORM))
    return RoomInbox(
        application.admission(conversations, reader.read, processor, reader.preview),
        MessageReceiver(help_sender, decryptor, application.clock),
        reader,
    )


def _make_rooms(
    application: Application,
    device: Device,
    sender: EventSender,
    directory: RoomDirectory,
    inbox: RoomInbox,
    processor: TurnProcessor,
    delays: MembershipDelays,
) -> RoomServices:
    tasks, requests = BackgroundTasks(), RoomRequests(device.http_client)
    membership = RoomMembership(
        requests,
        Farewell(sender, device.crypto, directory.own, application.settings.own_texts.matrix),
        device.crypto,
        directory,
        Invitations(requests, directory, tasks, device.crypto),
        Greeter(directory, inbox.greet, tasks, delays),
        tasks,
        Patience(delays, inbox.admission.scheduler.count_of),
    )
    usage = RoomUsage(
        application.stores.cases,
        application.stores.outbox,
        application.stores.readers,
        application.clock,
        processor.awaits_words,
        inbox.admission.scheduler.count_of,
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
    unjoined_keys = UnjoinedKeys(
        device.crypto, directory, membership.invitations.pending, time.monotonic
    )
    return RoomServices(directory, membership, retention, unjoined_keys, tasks)


def _make_sync(
    application: Application,
    device: Device,
    rooms: RoomServices,
    inbox: RoomInbox,
    status: StatusReporter,
    stop: asyncio.Event,
) -> SyncLoop:
    directory, own = rooms.directory, rooms.directory.own
    source = SyncSource(device.http_client, own, partial(new_id, application.entropy), stop)
    decryptor = inbox.reader.decryptor
    room_sync = RoomSync(
        source,
        directory,
        rooms.membership,
        device.crypto,
        inbox.receiver,
        time.monotonic,
    )
    budget = TurnBudget(time.monotonic, KEYS_A_MINUTE)
    return SyncLoop(
        source,
        application.stores.cursors,
        DeviceSync(device.crypto, directory, decryptor, device.verify_identity, budget),
        room_sync,
        inbox.admission,
        status,
        stop,
    )
