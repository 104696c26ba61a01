"""A whole organisation in a folder, a clock that can be put forward, and a screen that remembers.

Every message finds the program started anew from what is on the disk, except inside ``staying``:
surviving a restart is part of every test, not a test of its own.
"""

import random
import secrets
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import flows
from bot.app import Application, start_application
from bot.config.load import read_config
from bot.config.values import Config
from bot.platforms.terminal.adapter import terminal_platform
from bot.runtime.conversations import Conversations
from handlers.effects import PlatformEffect
from handlers.messages import (
    ButtonPress,
    IncomingMessage,
    MessageContent,
    OutgoingFile,
    PlatformFacts,
    Reply,
    TextMessage,
)
from handlers.permissions.permission import Registry
from handlers.permissions.registry import PERMISSIONS
from handlers.texts.languages import LANGUAGES, Language
from store.crypto.kdf import Entropy
from store.crypto.keyring import create_keyring, open_keyring
from store.db.database import Database
from store.model.accounts import Account
from store.model.failpoint import Hook, installed
from store.readers import roster, roster_chain
from store.readers.delivery_bundle import OpenedReport, open_delivery
from store.readers.key_file import ReaderKey
from store.readers.notebook import Notebook
from store.steady_clock import OUTAGE, confirm_clock
from tests.kept_parts import KeptParts

START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
READERS = ("Ash", "Oak", "Rowan")
FLOWS = Path(flows.__file__).parent
SQLITE_URL = "sqlite+aiosqlite:///data/holdfast.db"

CONFIG = """
[organisation]
name = "The Example Choir"
id = "example.org"
[[organisation.help]]
name = "A help line"
contact = "116 016"
hours = "day and night"
[store]
url = "{url}"
keyring = "keyring"
[roster]
file = "roster.note"
genesis = "{genesis}"
[flow]
folder = "flows"
files = ["intake.toml"]
"""


def person(name: str = "reporter-one") -> Account:
    """An account of the terminal."""
    return Account("terminal", name, name)


@dataclass
class Clock:
    """Time that only tests move."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Screen:
    """Takes messages and files, and remembers them."""

    platform: PlatformFacts = field(default_factory=lambda: terminal_platform(can_clear=True))
    replies: list[tuple[str, Reply]] = field(default_factory=list, repr=False)
    files: dict[str, bytes] = field(default_factory=dict)

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        return (reply,)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        self.replies.append((to.name, reply))
        return ()

    async def update_buttons(self, to: Account, message: str, reply: Reply) -> None:
        raise AssertionError("a screen has no buttons")

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        raise AssertionError("a screen is cleared whole")

    async def leave(self, to: Account) -> None:
        """Nothing is held."""

    async def perform(self, effect: PlatformEffect) -> None:
        raise AssertionError("a screen has no effects of its own")

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        self.files[file.name] = file.data


@dataclass
class Rig:
    """The organisation, and everything that tests do with it."""

    folder: Path
    config: Config
    keys: dict[str, ReaderKey]
    clock: Clock = field(default_factory=Clock)
    screen: Screen = field(default_factory=Screen)
    hook: Hook | None = None
    """Called at every failpoint."""
    entropy: Entropy = field(default=secrets.token_bytes, repr=False)
    """What the program and the ids of messages are drawn from."""
    permissions: Registry = PERMISSIONS
    """What the program honours."""
    languages: Mapping[str, Language] = field(default_factory=lambda: LANGUAGES, repr=False)
    """What the program can speak; the config names those of them that it does."""
    conversations: Conversations | None = None
    """Of the program that goes on running, inside ``staying``."""
    kept: KeptParts = field(default_factory=KeptParts, repr=False)
    _seen: datetime = START
    """The clock at the last start."""

    # The program

    @asynccontextmanager
    async def house(self) -> AsyncIterator[Application]:
        """Start the program anew: a new object graph with an empty memory over the same files.

        What is expensive and holds nothing of anybody's stays: the open database, the roster and
        the published questionnaires, as long as their files are the same.
        """
        database = await self.kept.database(self.config)
        await self._confirm_clock(database)
        with installed(self.hook) if self.hook else nullcontext():
            yield await start_application(
                self.config,
                self.clock,
                self.entropy,
                self.kept.library(self.config, self.permissions, self.languages),
                open_keyring(self.config.store.keyring, self.entropy),
                self.kept.chain(self.config),
                database,
            )

    async def _confirm_clock(self, database: Database) -> None:
        """Confirm, as an operator does, that the clock is right after a long time off."""
        now = self.clock()
        if now - self._seen >= OUTAGE:
            await database.transaction(lambda connection: confirm_clock(connection, now))
        self._seen = now

    @asynccontextmanager
    async def staying(self) -> AsyncIterator[None]:
        """The program goes on running: what is only in memory stays."""
        async with self.house() as house:
            self.conversations = house.conversations(self.screen)
            try:
                yield
            finally:
                self.conversations = None

    async def hear(
        self, heard: MessageContent, who: Account | None = None, *, message: str = ""
    ) -> list[Reply]:
        """One message, and everything that was answered to its account."""
        who = who or person()
        before = len(self.screen.replies)
        incoming = IncomingMessage(message or self.entropy(8).hex(), who, heard)
        if self.conversations is not None:
            await self._turn(self.conversations, incoming)
        else:
            async with self.house() as house:
                await self._turn(house.conversations(self.screen), incoming)
        return [r for to, r in self.screen.replies[before:] if to == who.name]

    async def _turn(self, conversations: Conversations, incoming: IncomingMessage) -> None:
        await conversations.receive(incoming)
        await conversations.settle(incoming.who)

    async def say(self, *texts: str, who: Account | None = None) -> list[Reply]:
        """Several lines, one after the other; all that was answered."""
        return [reply for text in texts for reply in await self.hear(TextMessage(text), who)]

    async def press(self, question: str, *choices: str, who: Account | None = None) -> list[Reply]:
        """A button."""
        return await self.hear(ButtonPress(question, choices), who)

    async def pass_time(self, **by: float) -> None:
        """Put the clock forward, and do what is due."""
        self.clock.forward(**by)
        async with self.house() as house:
            await house.upkeep.run(self.clock())

    def shown(self, who: Account | None = None) -> str:
        """Everything that stood on an account's screen."""
        name = (who or person()).name
        return "\n\n".join(r.text for to, r in self.screen.replies if to == name)

    # A talk, step by step

    async def tell(self, *story: str, who: Account | None = None) -> None:
        """From hello to the end of the story."""
        await self.say("/start", "1", "3", *story, "/done", who=who)

    async def share(self, *readers: str, keep: bool, now: bool = True, never: str = "") -> None:
        """From the fork to the second yes, for these readers."""
        for choice in ("let someone", "nothing", "/skip", "/skip", never or "nobody"):
            await self.say(choice)
        await self.say(", ".join(readers), "everything")
        await self.say("only read", "yes, keep it" if keep else "no", "yes, that's right")
        await self.press("bot.review", "now" if now else "hold")

    # Readers

    async def inbox(self, reader: str) -> dict[str, bool]:
        """Codes that wait for a reader, and whether each was fetched."""
        async with self.house() as house:
            member = house.stores.readers.named(reader, self.clock())
            assert member is not None
            return {d.code: d.fetched for d in await house.stores.readers.deliveries(member)}

    async def fetch(self, reader: str, code: str) -> bytes:
        """The file, marked as fetched."""
        async with self.house() as house:
            member = house.stores.readers.named(reader, self.clock())
            assert member is not None
            bundle = await house.stores.readers.bundle(member, code)
            await house.stores.readers.record_fetch(member, code)
            return bundle

    def open(self, reader: str, bundle: bytes) -> OpenedReport:
        """On the reader's own device."""
        return open_delivery(bundle, self.keys[reader], Notebook())

    # What is on the disk

    async def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        async with self.house() as house:
            return await house.stores.cases.database.count_rows()

    def written(self) -> dict[Path, bytes]:
        """Every file of the organisation that the program may write, keyring excepted."""
        inside = (p for p in self.folder.rglob("*") if p.is_file())
        return {p: p.read_bytes() for p in inside if p.parent.name != "keyring"}


def make_roster(keys: dict[str, ReaderKey], *, about: str = "elected") -> roster.Chain:
    """A founding roster that every reader has signed."""
    members = [roster_chain.member_of(k.card(name, about), 202601) for name, k in keys.items()]
    chain: roster.Chain = (roster_chain.genesis("example.org", 2, members),)
    for key in keys.values():
        chain = roster_chain.sign(chain, key)
    return chain


@cache
def founding(readers: tuple[str, ...]) -> tuple[dict[str, ReaderKey], roster.Chain]:
    """Throw-away keys of these readers, and the roster that all of them have signed."""
    chance = random.Random(7)  # noqa: S311 - throw-away keys of a test
    keys = {name: ReaderKey.generate(chance.randbytes) for name in readers}
    return keys, make_roster(keys)


def make_rig(
    folder: Path,
    readers: Sequence[str] = READERS,
    entropy: Entropy = secrets.token_bytes,
    *,
    url: str = SQLITE_URL,
) -> Rig:
    """A new organisation in this folder, which keeps its rows where the URL says."""
    keys, chain = founding(tuple(readers))
    create_keyring(folder / "keyring", entropy)
    (folder / "data").mkdir(mode=0o700)
    (folder / "flows").mkdir()
    shutil.copy(FLOWS / "intake.toml", folder / "flows")
    (folder / "roster.note").write_text(roster.format_chain(chain))
    genesis = chain[0].roster.hash.hex()
    (folder / "config.toml").write_text(CONFIG.format(genesis=genesis, url=url))
    return Rig(folder, read_config(folder / "config.toml"), dict(keys), entropy=entropy)
