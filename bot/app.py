"""The one composition root: everything with state is made here, and passed in."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from bot.config.values import Config
from bot.publishing.archive import read_text
from bot.publishing.library import FlowLibrary
from flows import Flow
from handlers.buttons import ButtonTokens
from handlers.context import Clock, Entropy, HelpLine, Settings
from handlers.permissions.permission import Registry
from handlers.permissions.registry import PERMISSIONS
from handlers.ports.messenger import Messenger
from handlers.readers.commands import ReaderCommandHandler
from handlers.turn import Desk
from store.cases.case_store import CaseStore
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
from store.readers.reader_store import ReaderStore
from store.readers.roster import Note
from store.readers.roster_chain import read_chain
from store.repositories import Repositories, RetentionPeriods

DAYS_IN_MONTH = 31
DELETABLE_HOURS = {"telegram": 72}
"""Telegram deletes nothing after 48 hours; the day after them is there to say so."""
NOTHING = Flow("", "", "", ())
"""Before anything was read."""

Bell = Callable[[], Awaitable[None]]
"""Tells everybody on a platform for whom something waits."""


@dataclass(frozen=True, slots=True)
class Application:
    """One organisation's bot, put together; platforms are attached to it."""

    library: FlowLibrary
    case_store: CaseStore
    reader_desk: ReaderStore
    upkeep: Expiry
    clock: Clock
    entropy: Entropy = field(repr=False)
    buttons: ButtonTokens = field(repr=False)
    keyring: Keyring = field(repr=False)
    bells: dict[str, Bell] = field(default_factory=dict, repr=False)
    """Of the platforms that are connected, by their names."""

    @property
    def settings(self) -> Settings:
        """The organisation, with the questions as they are published now."""
        return self.library.current_settings()

    async def check_revisions(self) -> None:
        """Every revision that something at rest may name is there, or the start is refused."""
        await self.case_store.note_revisions(tuple(self.settings.revisions), self.clock())
        self.library.require_revisions(await self.case_store.needed(self.clock()))

    def desk(self, messenger: Messenger) -> Desk:
        """The reporters' side for one platform, with the readers' commands beside it."""
        elsewhere = partial(self._ring_elsewhere, messenger.platform.name)
        return Desk(
            self.case_store,
            ReaderCommandHandler(self.reader_desk, messenger, self.clock, self.case_store.count),
            messenger,
            self.library.current_settings,
            self.clock,
            self.entropy,
            self.buttons if messenger.platform.buttons else None,
            elsewhere=elsewhere,
        )

    async def _ring_elsewhere(self, here: str) -> None:
        """A reporter on one platform may name a reader who is on another."""
        for platform, bell in list(self.bells.items()):
            if platform != here:
                await bell()


@asynccontextmanager
async def open_house(
    config: Config,
    clock: Clock,
    entropy: Entropy,
    *,
    first: bool = True,
    permissions: Registry = PERMISSIONS,
) -> AsyncIterator[Application]:
    """Check everything, open the database, do what is due; give it all back at the end.

    ``first``: questions that were never published are published by this start.
    """
    check_backend()
    library = read_flows(config, first=first, permissions=permissions)
    keyring = open_keyring(config.store.keyring, entropy)
    chain = read_roster(config)
    database = Database(config.store.url)
    try:
        await database.migrate()
        await database.belongs_to(config.organisation.id)
        yield await start_application(config, clock, entropy, library, keyring, chain, database)
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
) -> Application:
    """Make the object graph over a migrated database, check the revisions, do what is due."""
    repositories = make_repositories(config, keyring, entropy, chain)
    house = Application(
        library,
        CaseStore(database, repositories, clock),
        ReaderStore(database, repositories),
        Expiry(database, repositories),
        clock,
        entropy,
        make_buttons(keyring),
        keyring,
    )
    async with database.transaction() as connection:
        await repositories.commission.record(connection)
    await house.check_revisions()
    await house.upkeep.run(clock())
    return house


def make_buttons(keyring: Keyring) -> ButtonTokens:
    """With a key of their own, so that a button still means the same after a restart."""
    return ButtonTokens(partial(mac, expand(keyring.link, derive_label(Label.BUTTON), KEY_BYTES)))


def make_repositories(
    config: Config, keyring: Keyring, entropy: Entropy, chain: tuple[Note, ...]
) -> Repositories:
    """Every table, with its keys."""
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
        deletable_messages=DeletableMessageRepository(keyring, entropy, DELETABLE_HOURS),
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


def make_setting(config: Config, permissions: Registry = PERMISSIONS) -> Settings:
    """What the handlers are told of the configuration; the questions come from the library."""
    return Settings(
        organisation=config.organisation.name,
        flow=NOTHING,
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
    """The chain of rosters, checked back to the pinned genesis."""
    return read_chain(
        read_text(config.roster.file, "holdfast roster new"), bytes.fromhex(config.roster.genesis)
    )


def read_flows(
    config: Config, *, first: bool = True, permissions: Registry = PERMISSIONS
) -> FlowLibrary:
    """The questionnaires as they are published, and every revision that an open talk may have."""
    library = FlowLibrary(config.flow, time.monotonic, make_setting(config, permissions))
    library.load(first=first)
    return library
