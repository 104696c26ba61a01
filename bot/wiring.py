"""The one composition root: everything with state is made here, and passed in."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import flows
from bot.config import Config
from bot.errors import FolderError
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
from store.roster import Note, read_chain
from store.selftest import check_backend
from store.shelf import Shelf, Terms
from store.statements import Statements
from store.takeback import TakebackCodes
from store.traces import Traces
from store.unlocked import Unlocked
from store.upkeep import Upkeep

DAYS_IN_MONTH = 31

Bell = Callable[[], Awaitable[None]]
"""Tells everybody on a platform for whom something waits."""


@dataclass(frozen=True, slots=True)
class House:
    """One organisation's bot, put together; platforms are attached to it."""

    setting: Setting
    casebook: Casebook
    reader_desk: ReaderDesk
    upkeep: Upkeep
    clock: Clock
    entropy: Entropy = field(repr=False)
    buttons: Buttons = field(repr=False)
    keyring: Keyring = field(repr=False)
    bells: dict[str, Bell] = field(default_factory=dict, repr=False)
    """Of the platforms that are connected, by their names."""

    def desk(self, messenger: Messenger) -> Desk:
        """The reporters' side for one platform, with the readers' commands beside it."""
        elsewhere = partial(self._ring_elsewhere, messenger.platform.name)
        return Desk(
            self.casebook,
            Readers(self.reader_desk, messenger, self.clock, self.casebook.count),
            messenger,
            self.setting,
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
    config: Config, clock: Clock, entropy: Entropy, reached: Reached = unreached
) -> AsyncIterator[House]:
    """Check everything, open the database, do what is due; give it all back at the end."""
    check_backend()
    flow, revisions = read_flows(config)
    keyring = open_keyring(config.store.keyring, entropy)
    chain = read_roster(config)
    database = Database(config.store.url)
    try:
        shelf = make_shelf(config, keyring, entropy, chain)
        house = House(
            make_setting(config, flow, revisions),
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
        codes=TakebackCodes(config.organisation.id, entropy),
        unlocked=Unlocked(),
        terms=Terms(
            config.retention.draft_hours,
            config.retention.story_months * DAYS_IN_MONTH,
            config.retention.unfetched_days,
        ),
        entropy=entropy,
    )


def make_setting(config: Config, flow: Flow, revisions: Mapping[str, Flow]) -> Setting:
    """What the handlers are told of the configuration."""
    return Setting(
        organisation=config.organisation.name,
        flow=flow,
        help_lines=tuple(
            HelpLine(line.name, line.contact, line.hours) for line in config.organisation.help
        ),
        hold_hours=config.handover.hold_hours,
        draft_hours=config.retention.draft_hours,
        unfetched_days=config.retention.unfetched_days,
        text_length=config.limits.text_length,
        cases_per_day=config.limits.cases_per_day,
        revisions=dict(revisions),
    )


def read_roster(config: Config) -> tuple[Note, ...]:
    """The chain of rosters, checked back to the pinned genesis."""
    return read_chain(
        read_text(config.roster.file, "holdfast roster new"), bytes.fromhex(config.roster.genesis)
    )


def read_flows(config: Config) -> tuple[Flow, dict[str, Flow]]:
    """The questionnaire, and every revision of it that an open talk may still have.

    The one in use is put beside the earlier ones, so that a talk that began with these words
    goes on with them after an edit.
    """
    path = config.flow.folder / config.flow.files[0]
    text = read_text(path, "holdfast init")
    flow = flows.load(text, path.name)
    archive = config.flow.folder / "published" / flow.name
    _archive(archive / f"{flow.revision}.toml", text)
    earlier = [_earlier(kept) for kept in sorted(archive.glob("*.toml"))]
    return flow, {f.revision: f for f in earlier}


def _earlier(path: Path) -> Flow:
    """A revision of the archive; a problem in it is not to be taken for one of the flow in use."""
    return flows.load(read_text(path, "holdfast init"), "/".join(path.parts[-3:]))


def _archive(path: Path, text: str) -> None:
    if path.exists():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(text, "utf-8")
        new.replace(path)
    except OSError as error:
        raise FolderError(
            f"{path} cannot be written ({error.strerror}). The bot keeps there which words an "
            "open talk began with: make the flow folder writable for it, then start again."
        ) from None


def read_text(path: Path, command: str) -> str:
    """A file of the installation, or a sentence with the command that makes it."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise FolderError(f"There is no {path}. `{command}` makes it.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FolderError(
            f"{path} cannot be read ({type(error).__name__}). Check its owner, that it is text."
        ) from None
