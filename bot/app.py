"""Compose the program: everything with state is made here once, and passed to what needs it."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from bot.config.values import Config
from bot.platforms.facts import CHAT_PLATFORMS
from bot.publishing.archive import read_text
from bot.publishing.library import FlowLibrary
from bot.runtime.conversations import Conversations
from bot.runtime.rate_limits import RateLimiter
from bot.runtime.send_queues import QUIET_SECONDS, SendQueues
from flows import Flow
from handlers.account_locks import AccountLocks
from handlers.buttons import ButtonTokens
from handlers.context import Clock, Entropy, HelpLine, Settings, SnapshotReader
from handlers.messages import PlatformFacts
from handlers.permissions.permission import Registry
from handlers.permissions.registry import PERMISSIONS
from handlers.ports.messenger import Messenger
from handlers.readers.commands import ReaderCommandHandler
from handlers.reporter.recall_notifier import RecallNotifier
from handlers.reporter.recovery_service import RecoveryService
from handlers.sending.chat_cleaner import ChatCleaner
from handlers.sending.effect_dispatcher import EffectDispatcher
from handlers.sending.outbox_sender import OutboxSender
from handlers.sending.part_sender import PartSender
from handlers.sending.renderer import MessageRenderer
from handlers.sending.unsent_results import UnsentResults
from handlers.sending.wakeups import Wakeups
from handlers.turn import TurnProcessor
from store.cases.drafts import DraftRepository
from store.cases.expiry import Expiry
from store.cases.handovers import HandoverRepository
from store.cases.items import ItemRepository
from store.cases.permissions import PermissionRepository
from store.cases.revisions import RevisionRepository
from store.cases.sessions import Sessions
from store.cases.takeback import TakebackCodeRepository
from store.crypto.kdf import expand, mac
from store.crypto.keyring import KEY_BYTES, Keyring, open_keyring
from store.crypto.labels import Label, derive_label
from store.crypto.self_test import check_backend
from store.db.database import Database
from store.inbox.counters import CounterRepository
from store.inbox.cursors import CursorRepository
from store.inbox.processed_messages import ProcessedMessageRepository
from store.outbox.deletable_messages import DeletableMessageRepository
from store.outbox.rows import OutboxRepository
from store.readers.commission import Commission
from store.readers.deliveries import DeliveryRepository
from store.readers.invitations import InvitationRepository
from store.readers.linked_accounts import LinkedAccountRepository
from store.readers.roster import Note
from store.readers.roster_chain import read_chain
from store.repositories import Repositories, RetentionPeriods
from store.stores import Stores, make_stores

DAYS_IN_MONTH = 31
HOURS_TO_REPORT = 24
"""How long a message that became too old to be deleted is remembered, so that this is said."""

NO_FLOW = Flow("", "", "", ())
"""Stands in for a questionnaire until one is read."""


@dataclass(frozen=True, slots=True)
class Application:
    """The bot of one organisation; platforms are connected to it."""

    library: FlowLibrary
    stores: Stores
    upkeep: Expiry
    wakeups: Wakeups
    clock: Clock
    entropy: Entropy = field(repr=False)
    buttons: ButtonTokens = field(repr=False)
    keyring: Keyring = field(repr=False)

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

    def conversations(
        self, messenger: Messenger, quiet_seconds: float = QUIET_SECONDS
    ) -> Conversations:
        """Put together everything that answers the accounts behind a messenger.

        ``quiet_seconds``: a burst of messages is over when so long nothing came.
        """
        stores, platform = self.stores, messenger.platform
        buttons = self.buttons if platform.buttons else None
        readers = ReaderCommandHandler(
            stores.readers, messenger, self.clock, stores.recovery.count
        )
        snapshots = SnapshotReader(
            stores.cases, self.library.current_settings, platform, self.clock, self.entropy
        )
        processing, sending = AccountLocks(), AccountLocks()
        unsent = UnsentResults(sending)
        cleaner = ChatCleaner(stores.deletable_messages, messenger, self.clock)
        sender = OutboxSender(
            stores.cases,
            stores.outbox,
            messenger,
            snapshots,
            MessageRenderer(snapshots, readers, buttons),
            PartSender(messenger, stores.outbox),
            cleaner,
            unsent,
            sending,
        )
        recalls = RecallNotifier(
            stores.cases, stores.revisions, stores.outbox, snapshots, processing, unsent
        )
        processor = TurnProcessor(
            stores.cases,
            stores.recovery,
            snapshots,
            RecoveryService(stores.recovery, snapshots),
            recalls,
            unsent,
            processing,
            buttons,
        )
        dispatcher = EffectDispatcher(sender, cleaner, readers, messenger, self.wakeups)
        send_queues = SendQueues(
            platform.name,
            sender,
            dispatcher,
            stores.outbox,
            RateLimiter(time.monotonic),
            quiet_seconds,
        )
        return Conversations(
            processor, snapshots, sender, cleaner, recalls, dispatcher, send_queues
        )


@asynccontextmanager
async def open_application(
    config: Config,
    clock: Clock,
    entropy: Entropy,
    *,
    first: bool = True,
    permissions: Registry = PERMISSIONS,
    platforms: Sequence[PlatformFacts] = CHAT_PLATFORMS,
) -> AsyncIterator[Application]:
    """Check everything, open the database, do what is due; close the database at the end.

    ``first``: questions that were never published are published by this start. Raise the error
    that names what is missing or wrong, before a database is made.
    """
    check_backend()
    library = read_flows(config, first=first, permissions=permissions)
    keyring = open_keyring(config.store.keyring, entropy)
    chain = read_roster(config)
    database = Database(config.store.url)
    try:
        await database.migrate()
        await database.belongs_to(config.organisation.id)
        yield await start_application(
            config, clock, entropy, library, keyring, chain, database, platforms
        )
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
) -> Application:
    """Make the object graph over a migrated database, check the revisions, do what is due."""
    repositories = make_repositories(config, keyring, entropy, chain, platforms)
    stores = make_stores(database, repositories, clock)
    application = Application(
        library,
        stores,
        Expiry(database, repositories),
        Wakeups(stores.outbox),
        clock,
        entropy,
        make_buttons(keyring),
        keyring,
    )
    async with database.transaction() as connection:
        await repositories.commission.record(connection)
    await application.check_revisions()
    await application.upkeep.run(clock())
    return application


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
        processed_messages=ProcessedMessageRepository(keyring),
        counters=CounterRepository(keyring),
        cursors=CursorRepository(keyring),
        revisions=RevisionRepository(keyring, entropy),
        takeback_codes=TakebackCodeRepository(config.organisation.id, entropy),
        sessions=Sessions(),
        retention=RetentionPeriods(
            config.retention.draft_hours,
            config.retention.story_months * DAYS_IN_MONTH,
            config.retention.unfetched_days,
        ),
        entropy=entropy,
    )


def remembered_hours(platforms: Sequence[PlatformFacts]) -> dict[str, int]:
    """Return how long deletable messages are remembered where they can become too old."""
    return {
        facts.name: facts.deletable_hours + HOURS_TO_REPORT
        for facts in platforms
        if facts.deletable_hours is not None
    }


def make_settings(config: Config, permissions: Registry = PERMISSIONS) -> Settings:
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
    )


def read_roster(config: Config) -> tuple[Note, ...]:
    """Read the chain of rosters, and check it back to the pinned genesis."""
    return read_chain(
        read_text(config.roster.file, "holdfast roster new"), bytes.fromhex(config.roster.genesis)
    )


def read_flows(
    config: Config, *, first: bool = True, permissions: Registry = PERMISSIONS
) -> FlowLibrary:
    """Open the published questionnaires, with every revision that an open draft may have."""
    library = FlowLibrary(config.flow, time.monotonic, make_settings(config, permissions))
    library.load(first=first)
    return library
