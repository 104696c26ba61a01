"""Compose the program: everything with state is made here once, and passed to what needs it."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from bot.config.password import read_password
from bot.config.values import Config
from bot.platforms.facts import CHAT_PLATFORMS, remembered_hours
from bot.publishing.library import FlowLibrary
from bot.roster_file import read_roster
from bot.runtime.admission import Admission, AdmissionLimits
from bot.runtime.byte_budget import ByteBudget
from bot.runtime.conversations import Conversations
from bot.runtime.disk_space import MIB, DiskSpace
from bot.runtime.inbox_worker import Decode, InboxWorker, MessageProcessor, costs_much
from bot.runtime.paced_messenger import PacedMessenger
from bot.runtime.rate_limits import Pace, RateLimiter
from bot.runtime.scheduler import Scheduler
from bot.runtime.send_queues import QUIET_SECONDS, SendQueues
from bot.runtime.start_recorder import StartRecorder
from bot.runtime.turn_budget import TurnBudget
from bot.runtime.wait_notice import WaitNotice
from flows import Flow
from handlers.account_locks import AccountLocks
from handlers.buttons import ButtonTokens
from handlers.context import Clock, Entropy, HelpLine, Settings, SnapshotReader
from handlers.messages import PlatformFacts
from handlers.permissions.permission import Registry
from handlers.permissions.registry import PERMISSIONS
from handlers.ports.messenger import Messenger
from handlers.readers.commands import ReaderCommandProcessor
from handlers.reporter.recall_notifier import RecallNotifier
from handlers.reporter.recovery_service import RecoveryService
from handlers.sending.chat_cleaner import ChatCleaner
from handlers.sending.effect_dispatcher import EffectDispatcher
from handlers.sending.outbox_sender import OutboxSender, unchanged
from handlers.sending.part_sender import PartSender
from handlers.sending.payload_sender import PayloadSender
from handlers.sending.renderer import MessageRenderer
from handlers.sending.secret_deleter import SecretDeleter
from handlers.sending.unsent_results import UnsentResults
from handlers.sending.wakeups import Wakeups
from handlers.shown_questions import ShownQuestions
from handlers.staging import AnswerStaging
from handlers.texts.languages import LANGUAGES, Language
from handlers.turn import TurnProcessor
from store.cases.drafts import DraftRepository
from store.cases.expiry import Expiry
from store.cases.handovers import HandoverRepository
from store.cases.items import ItemRepository
from store.cases.permissions import PermissionRepository
from store.cases.revisions import RevisionRepository
from store.cases.sessions import Sessions
from store.cases.takeback import TakebackCodeRepository
from store.crypto.inbox_keys import open_inbox_keys
from store.crypto.kdf import expand, mac
from store.crypto.keyring import KEY_BYTES, Keyring, open_keyring
from store.crypto.labels import Label, derive_label
from store.crypto.self_test import check_backend
from store.db.database import Database
from store.inbox.account_locks import AccountLockNames
from store.inbox.counters import CounterRepository
from store.inbox.cursors import CursorRepository
from store.inbox.inbox_rows import InboxRepository
from store.inbox.processed_messages import ProcessedMessageRepository
from store.inbox.watermarks import Watermarks
from store.model.accounts import Account
from store.outbox.deletable_messages import DeletableMessageRepository
from store.outbox.rows import OutboxRepository
from store.readers.commission import Commission
from store.readers.deliveries import DeliveryRepository
from store.readers.invitations import InvitationRepository
from store.readers.linked_accounts import LinkedAccountRepository
from store.readers.roster import Note
from store.repositories import Repositories, RetentionPeriods
from store.steady_clock import SteadyClock, latest_hour
from store.stores import Stores, make_stores

SWITCH_SECONDS = 0.0005
"""Pass to ``sys.setswitchinterval``: after so long a thread that computes lets another one run.

The database's thread gives the interpreter away whenever it waits for the disk, and to have it
back from a busy event loop it waits for so long each time. Python's own 0.005 starve it.
"""

NO_FLOW = Flow("", "", "", ())
"""Stands in for a questionnaire until one is read."""


@dataclass(frozen=True, slots=True)
class Application:
    """The bot of one organisation; platforms are connected to it."""

    library: FlowLibrary
    stores: Stores
    upkeep: Expiry
    watermarks: Watermarks
    wakeups: Wakeups
    clock: SteadyClock
    entropy: Entropy = field(repr=False)
    buttons: ButtonTokens = field(repr=False)
    keyring: Keyring = field(repr=False)
    limits: AdmissionLimits

    @property
    def settings(self) -> Settings:
        """Return the organisation, with its questionnaires as they are published now."""
        return self.library.current_settings()

    async def check_revisions(self) -> None:
        """Refuse to start without a revision that something at rest may name.

        Raise ``UnknownRevision``.
        """
        await self.stores.revisions.initialize(tuple(self.settings.revisions), self.clock())
        self.library.require_revisions(await self.stores.revisions.needed(self.clock()))

    async def run_upkeep(self) -> bool:
        """Do what is due by the time that has really passed, or by a clock that was confirmed.

        Return whether hand-overs wait that somebody may still stop.
        """
        self.clock.follow(await self.stores.cases.database.read(latest_hour))
        return await self.upkeep.run(self.clock())

    async def prepare_code(self) -> None:
        """Wait until somebody is about to hand over, and make a take-back code ready."""
        await self.stores.cases.codes.prepare()

    def conversations(
        self,
        platform_messenger: Messenger,
        quiet_seconds: float = QUIET_SECONDS,
        pace: Pace | None = None,
        identify: Callable[[Account], Account] = unchanged,
    ) -> Conversations:
        """Put together everything that answers the accounts behind a messenger.

        ``quiet_seconds``: a burst of messages is over when so long nothing came. ``pace``: how
        fast the platform lets one chat be written to. ``identify``: tells who is behind it.
        """
        stores, platform = self.stores, platform_messenger.platform
        rate_limiter, stopping = RateLimiter(time.monotonic, pace), asyncio.Event()
        messenger = PacedMessenger(platform_messenger, rate_limiter, stopping)
        buttons = self.buttons if platform.buttons else None
        snapshots = SnapshotReader(
            stores.cases, self.library.current_settings, platform, self.clock, self.entropy
        )
        unsent = UnsentResults(AccountLocks(), AccountLocks())
        questions = ShownQuestions(self.clock)
        cleaner = ChatCleaner(stores.deletable_messages, messenger, self.clock)
        sender = OutboxSender(
            stores.cases,
            stores.outbox,
            messenger,
            snapshots,
            MessageRenderer(snapshots, stores.readers, buttons),
            PartSender(messenger, stores.outbox, questions),
            PayloadSender(stores.payloads, messenger),
            cleaner,
            SecretDeleter(stores.cases, stores.outbox, cleaner, self.clock),
            unsent,
            identify,
        )
        recalls = RecallNotifier(stores.cases, stores.revisions, stores.outbox, snapshots, unsent)
        processor = TurnProcessor(
            stores.cases,
            snapshots,
            RecoveryService(stores.recovery, self.clock),
            recalls,
            ReaderCommandProcessor(stores.readers, self.clock),
            AnswerStaging(stores.staging, self.clock),
            unsent,
            buttons,
            questions,
        )
        dispatcher = EffectDispatcher(sender, cleaner, messenger, self.wakeups)
        send_queues = SendQueues(
            platform.name,
            sender,
            dispatcher,
            stores.outbox,
            rate_limiter,
            quiet_seconds,
            stopping=stopping,
        )
        return Conversations(
            processor, snapshots, sender, cleaner, recalls, dispatcher, send_queues
        )

    def admission(
        self,
        conversations: Conversations,
        decode: Decode,
        processor: MessageProcessor | None = None,
        preview: Decode | None = None,
    ) -> Admission:
        """Put together the way from a platform through the inbox to its conversations.

        ``decode`` reads what the platform stored. ``processor`` stands before that of the
        conversations, if it is given. ``preview`` reads without any effect, if
        ``decode`` has one.
        """
        processor = processor or conversations.processor
        inbox, platform = self.stores.inbox, conversations.snapshots.platform
        queues, disk = conversations.send_queues, self.limits.disk
        worker = InboxWorker(inbox, decode, processor, queues, StartRecorder(inbox), disk)
        turns = conversations.processor
        costs = partial(costs_much, turns.any_costs_much, preview or decode, turns.costs_much)
        notice = WaitNotice(inbox, preview or decode, queues, conversations.snapshots)
        budget = TurnBudget(time.monotonic, self.limits.messages_a_minute, notice.send)
        scheduler = Scheduler(worker.handle, budget, costs_much=costs)
        return Admission(
            platform.name,
            inbox,
            scheduler,
            self.watermarks.of(platform.name),
            ByteBudget(self.clock, self.limits.bytes_a_day),
            disk,
        )


@asynccontextmanager
async def open_application(
    config: Config,
    clock: Clock,
    entropy: Entropy,
    *,
    first: bool = True,
    permissions: Registry = PERMISSIONS,
    languages: Mapping[str, Language] = LANGUAGES,
    platforms: Sequence[PlatformFacts] = CHAT_PLATFORMS,
    elapsed: Callable[[], float] | None = None,
    thoroughly: bool = False,
) -> AsyncIterator[Application]:
    """Check everything, open the database, do what is due; close the database at the end.

    ``first``: questions that were never published are published by this start. ``elapsed``: the
    seconds of real time, for a clock that may jump. ``thoroughly``: look at every page of the
    database, also after a clean stop. Raise the error that names what is missing or
    wrong, before a database is made. Threads of this process interrupt each other more often from
    here on.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    check_backend()
    library = read_flows(config, first=first, permissions=permissions, languages=languages)
    keyring = open_keyring(config.store.keyring, entropy)
    chain = read_roster(config)
    database = Database(config.store.url, read_password(config.store))
    try:
        await database.verify(thoroughly=thoroughly)
        await database.migrate()
        with database.explained():
            await database.belongs_to(config.organisation.id)
            application = await start_application(
                config, clock, entropy, library, keyring, chain, database, platforms, elapsed
            )
        yield application
    finally:
        await database.close()


async def start_application(
    config: Config,
    clock: Clock,
    entropy: Entropy,
    library: FlowLibrary,
    keyring: Keyring,
    chain: tuple[Note, ...],
    database: Database,
    platforms: Sequence[PlatformFacts] = CHAT_PLATFORMS,
    elapsed: Callable[[], float] | None = None,
) -> Application:
    """Make the object graph over a migrated database, check the revisions, do what is due.

    Without ``elapsed`` the clock is one that does not jump by itself, as that of a trial.
    """
    latest = await database.read(latest_hour)
    steady = SteadyClock(clock, elapsed or (lambda: clock().timestamp()), latest)
    repositories = make_repositories(config, keyring, entropy, chain, platforms)
    stores = make_stores(database, repositories, steady)
    watermarks = Watermarks(config.named_platforms, steady)
    application = Application(
        library,
        stores,
        Expiry(database, repositories, watermarks),
        watermarks,
        Wakeups(),
        steady,
        entropy,
        make_buttons(keyring),
        keyring,
        make_limits(config),
    )
    await database.transaction(repositories.commission.record)
    await application.check_revisions()
    await application.run_upkeep()
    return application


def make_limits(config: Config) -> AdmissionLimits:
    """Bound what one chat may send, and look after the disk of a database that is a file."""
    limits, database = config.limits, config.store.database
    folder = None if database is None else database.parent
    disk = DiskSpace(folder, limits.free_disk_mib * MIB, time.monotonic)
    return AdmissionLimits(limits.messages_a_minute, limits.mib_a_day * MIB, disk)


def make_buttons(keyring: Keyring) -> ButtonTokens:
    """Make button tokens with a key that outlives a restart, as buttons in chats do."""
    return ButtonTokens(partial(mac, expand(keyring.link, derive_label(Label.BUTTON), KEY_BYTES)))


def make_repositories(
    config: Config,
    keyring: Keyring,
    entropy: Entropy,
    chain: tuple[Note, ...],
    platforms: Sequence[PlatformFacts],
) -> Repositories:
    """Make the repository of every table, with its keys."""
    return Repositories(
        commission=Commission(chain),
        linked_accounts=LinkedAccountRepository(keyring, entropy),
        invitations=InvitationRepository(keyring, entropy),
        deliveries=DeliveryRepository(),
        drafts=DraftRepository(keyring, entropy, config.retention.draft_hours),
        items=ItemRepository(entropy),
        permissions=PermissionRepository(entropy),
        handovers=HandoverRepository(entropy),
        outbox=OutboxRepository(keyring, entropy),
        deletable_messages=DeletableMessageRepository(
            keyring, entropy, remembered_hours(platforms)
        ),
        inbox=InboxRepository(open_inbox_keys(keyring.folder, entropy), entropy),
        processed_messages=ProcessedMessageRepository(keyring),
        lock_names=AccountLockNames(keyring),
        counters=CounterRepository(keyring),
        cursors=CursorRepository(keyring),
        revisions=RevisionRepository(keyring, entropy),
        takeback_codes=TakebackCodeRepository(config.organisation.id, entropy),
        sessions=Sessions(),
        retention=RetentionPeriods(
            config.retention.draft_hours,
            config.retention.story_months,
            config.retention.unfetched_days,
        ),
        entropy=entropy,
    )


def make_settings(
    config: Config,
    permissions: Registry = PERMISSIONS,
    languages: Mapping[str, Language] = LANGUAGES,
) -> Settings:
    """Take from the configuration what handlers need; the library adds the questionnaires."""
    return Settings(
        organisation=config.organisation.name,
        flow=NO_FLOW,
        help_lines=tuple(
            HelpLine(line.name, line.contact, line.hours) for line in config.organisation.help
        ),
        hold_hours=config.handover.hold_hours,
        draft_hours=config.retention.draft_hours,
        unfetched_days=config.retention.unfetched_days,
        text_length=config.limits.text_length,
        cases_per_day=config.limits.cases_per_day,
        permissions=permissions,
        keeps_remains=config.store.database is None,
        languages={tag: languages[tag] for tag in config.flow.languages},
    )


def read_flows(
    config: Config,
    *,
    first: bool = True,
    permissions: Registry = PERMISSIONS,
    languages: Mapping[str, Language] = LANGUAGES,
) -> FlowLibrary:
    """Open the published questionnaires, with every revision that an open draft may have."""
    settings = make_settings(config, permissions, languages)
    library = FlowLibrary(config.flow, time.monotonic, settings)
    library.load(first=first)
    return library
