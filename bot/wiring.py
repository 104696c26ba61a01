"""The one composition root: everything with state is made here, and passed in."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from bot.archive import read_text
from bot.config import Config
from bot.library import Library
from flows import Flow
from handlers.buttons import Buttons
from handlers.desk import Desk
from handlers.ports import Messenger
from handlers.readers import Readers
from handlers.setting import Clock, Entropy, HelpLine, Setting
from store.casebook import Casebook, Reached, unreached
from store.commission import Commission
from store.cursor import Cursor
from store.db import Database
from store.drafts import Drafts
from store.items import Items
from store.kdf import expand, mac
from store.keyring import KEY_BYTES, Keyring, open_keyring
from store.labels import Label, derive_label
from store.marks import Marks
from store.outbox import Outbox
from store.readerdesk import ReaderDesk
from store.revisions import Revisions
from store.roster import Note, read_chain
from store.selftest import check_backend
from store.shelf import Shelf, Terms
from store.statements import Statements
from store.takeback import TakebackCodes
from store.traces import Traces
from store.unlocked import Unlocked
from store.upkeep import Upkeep

DAYS_IN_MONTH = 31
NOTHING = Flow("", "", "", ())
"""Before anything was read."""

Bell = Callable[[], Awaitable[None]]
"""Tells everybody on a platform for whom something waits."""


@dataclass(frozen=True, slots=True)
class House:
    """One organisation's bot, put together; platforms are attached to it."""

    library: Library
    casebook: Casebook
    reader_desk: ReaderDesk
    upkeep: Upkeep
    clock: Clock
    entropy: Entropy = field(repr=False)
    buttons: Buttons = field(repr=False)
    keyring: Keyring = field(repr=False)
    bells: dict[str, Bell] = field(default_factory=dict, repr=False)
    """Of the platforms that are connected, by their names."""

    @property
    def setting(self) -> Setting:
        """The organisation, with the questions as they are published now."""
        return self.library.now()

    async def check_revisions(self) -> None:
        """Every revision that something at rest may name is there, or the start is refused."""
        await self.casebook.note_revisions(tuple(self.setting.revisions), self.clock())
        self.library.refuse_missing(await self.casebook.needed(self.clock()))

    def desk(self, messenger: Messenger) -> Desk:
        """The reporters' side for one platform, with the readers' commands beside it."""
        elsewhere = partial(self._ring_elsewhere, messenger.platform.name)
        return Desk(
            self.casebook,
            Readers(self.reader_desk, messenger, self.clock, self.casebook.count),
            messenger,
            self.library.now,
            self.clock,
            self.entropy,
            self.casebook.reached,
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
    reached: Reached = unreached,
    *,
    first: bool = True,
) -> AsyncIterator[House]:
    """Check everything, open the database, do what is due; give it all back at the end.

    ``first``: questions that were never published are published by this start.
    """
    check_backend()
    library = read_flows(config, first=first)
    keyring = open_keyring(config.store.keyring, entropy)
    chain = read_roster(config)
    database = Database(config.store.url)
    try:
        shelf = make_shelf(config, keyring, entropy, chain)
        house = House(
            library,
            Casebook(database, shelf, clock, reached),
            ReaderDesk(database, shelf),
            Upkeep(database, shelf),
            clock,
            entropy,
            make_buttons(keyring),
            keyring,
        )
        await database.migrate()
        await database.belongs_to(config.organisation.id)
        async with database.turn() as connection:
            await shelf.commission.record(connection)
        await house.check_revisions()
        await house.upkeep.run(clock())
        yield house
    finally:
        await database.close()


def make_buttons(keyring: Keyring) -> Buttons:
    """With a key of their own, so that a button still means the same after a restart."""
    return Buttons(partial(mac, expand(keyring.link, derive_label(Label.BUTTON), KEY_BYTES)))


def make_shelf(
    config: Config, keyring: Keyring, entropy: Entropy, chain: tuple[Note, ...]
) -> Shelf:
    """Every table, with its keys."""
    return Shelf(
        commission=Commission(keyring, entropy, chain),
        drafts=Drafts(keyring, entropy, config.retention.draft_hours),
        items=Items(entropy),
        statements=Statements(entropy),
        outbox=Outbox(keyring, entropy),
        traces=Traces(keyring, entropy),
        marks=Marks(keyring),
        cursor=Cursor(keyring),
        revisions=Revisions(keyring, entropy),
        codes=TakebackCodes(config.organisation.id, entropy),
        unlocked=Unlocked(),
        terms=Terms(
            config.retention.draft_hours,
            config.retention.story_months * DAYS_IN_MONTH,
            config.retention.unfetched_days,
        ),
        entropy=entropy,
    )


def make_setting(config: Config) -> Setting:
    """What the handlers are told of the configuration; the questions come from the library."""
    return Setting(
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
    )


def read_roster(config: Config) -> tuple[Note, ...]:
    """The chain of rosters, checked back to the pinned genesis."""
    return read_chain(
        read_text(config.roster.file, "holdfast roster new"), bytes.fromhex(config.roster.genesis)
    )


def read_flows(config: Config, *, first: bool = True) -> Library:
    """The questionnaires as they are published, and every revision that an open talk may have."""
    library = Library(config.flow, time.monotonic, make_setting(config))
    library.open(first=first)
    return library
