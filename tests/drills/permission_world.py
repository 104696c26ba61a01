"""An organisation with several stories, and a model of what their reporters have allowed.

``Story`` is the model, kept apart from the program. ``World`` is the program itself, with its
store on either engine and its real handlers; only the questions before the second yes are filled
in at once, because nothing is allowed by them. Time passes honestly unless an act lets the
machine's clock jump.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.app import Application, start_application
from bot.runtime.conversations import Conversations
from handlers.messages import ButtonPress, IncomingMessage, MessageContent, TextMessage
from store.crypto.keyring import open_keyring
from store.model.accounts import Account
from store.model.changes import Change
from store.model.clock import hour_of, week_of
from store.model.snapshot import Snapshot
from store.readers import roster_chain
from store.readers.key_file import ReaderKey
from store.readers.roster import Chain, Member, Note
from tests.rig import START, Rig, founding, person
from tests.unit.store.people import reader

SINCE = 202601
FIRST_KEYS = 40
"""The number from which further keys of readers are counted."""


@dataclass
class Share:
    """What one reader was given."""

    name: str
    key: ReaderKey = field(repr=False)
    due: int = 0
    """Hour until which it is held; 0 if it is not."""
    on_disk: bool = False
    text: str = ""
    """What they read in it."""
    holder: Account | None = None
    """Who may stop it while it is held."""
    code: str = ""
    """The six characters by which they fetch it."""
    signed: int = 0
    """Shares of the same number were given by the same yes."""


@dataclass
class Story:
    """One story, as its reporter knows it."""

    account: Account
    """Who told it."""
    text: str
    words: tuple[str, ...] = ()
    locator: bytes = field(default=b"", repr=False)
    code: str = ""
    talk: Account | None = None
    """Where a conversation about it is open."""
    talk_ends: int = 0
    added: list[str] = field(default_factory=list)
    """What was added to it, and acknowledged."""
    lasts: bool = False
    """It does not end with its conversation."""
    kept: bool = False
    was_kept: bool = False
    """Its words are worth something: it was kept once."""
    ends: int = 0
    """The week after which it ends by its time; 0 if it ends with its conversation."""
    readable: bool = True
    """What was told is still there, and not only the report."""
    barred: set[str] = field(default_factory=set)
    handed: bool = False
    """A hand-over was not taken back, whether its readers are still in office or not."""
    shares: list[Share] = field(default_factory=list)
    gone: bool = False
    """It was erased, by its word or by its time."""

    def take_back(self) -> None:
        """End the reading, and nothing else."""
        self.shares, self.handed = [], False

    def end(self) -> None:
        """End all of it."""
        self.take_back()
        self.gone, self.kept, self.talk = True, False, None


@dataclass
class World:
    """One organisation, its readers and their keys, and a program that can lose its memory."""

    rig: Rig
    chance: random.Random
    members: dict[str, ReaderKey]
    """Who is in office, with the key of now."""
    everybody: dict[str, list[ReaderKey]]
    """Every key that anybody ever had, by name."""
    chain: Chain
    stories: list[Story] = field(default_factory=list)
    wall: datetime = START
    """What the machine's clock shows."""
    elapsed: float = 0.0
    """The seconds that have really passed."""
    count: int = 0
    trail: list[str] = field(default_factory=list)
    """The acts so far, for the message of a law that is broken."""
    tried: dict[bytes, dict[bytes, bool]] = field(default_factory=dict, repr=False)
    """By header: which readers' keys open it."""
    _program: tuple[Application, Conversations] | None = None

    # The program

    async def start(self) -> None:
        """Start the program anew: nothing that was only in memory is left."""
        rig = self.rig
        application = await start_application(
            rig.config,
            lambda: self.wall,
            rig.entropy,
            rig.kept.library(rig.config, rig.permissions),
            open_keyring(rig.config.store.keyring, rig.entropy),
            self.chain,
            await rig.kept.database(rig.config),
            elapsed=lambda: self.elapsed,
        )
        self._program = application, application.conversations(rig.screen)

    @property
    def application(self) -> Application:
        """Return the program that runs."""
        assert self._program is not None
        return self._program[0]

    @property
    def now(self) -> datetime:
        """Return the time by which the program goes."""
        return self.application.clock()

    @property
    def hour(self) -> int:
        """Return the hour of it."""
        return hour_of(self.now)

    async def pass_time(self, by: timedelta) -> None:
        """Let real time pass while the program runs, and what is due be done."""
        self.wall += by
        self.elapsed += by.total_seconds()
        await self.application.run_upkeep()
        for story in self.stories:
            self._age(story)
        self.forget_departed()

    def _age(self, story: Story) -> None:
        """Do to the model what time does."""
        if story.talk is not None and story.talk_ends <= self.hour:
            story.talk, story.readable = None, story.readable and story.kept
            if not story.lasts:
                story.end()
        if 0 < story.ends < week_of(self.now):
            story.end()

    # People

    def account(self, name: str) -> Account:
        """Make an account that nobody has used."""
        self.count += 1
        return person(f"{name}-{self.count}")

    async def hear(self, who: Account, heard: MessageContent) -> str:
        """Have one message handled; return what was answered."""
        assert self._program is not None
        replies, before = self.rig.screen.replies, len(self.rig.screen.replies)
        self.count += 1
        incoming = IncomingMessage(f"message {self.count}", who, heard)
        await self._program[1].receive(incoming)
        return "\n".join(reply.text for to, reply in replies[before:] if to == who.name)

    async def say(self, who: Account, text: str) -> str:
        """Type something."""
        return await self.hear(who, TextMessage(text))

    async def press(self, who: Account, question: str, *choices: str) -> str:
        """Choose something."""
        return await self.hear(who, ButtonPress(question, choices))

    async def snapshot(self, who: Account) -> Snapshot:
        """Load an account as handlers see it."""
        return await self.application.stores.cases.snapshot(who, self.now)

    async def write(self, who: Account, *changes: Change) -> None:
        """Write answers, as if they had been given one after the other."""
        self.count += 1
        cases = self.application.stores.cases
        assert await cases.commit(who, f"written {self.count}", changes, (), self.now)

    # The roster

    def new_key(self, name: str) -> ReaderKey:
        """Make one more key for somebody."""
        number = FIRST_KEYS + sum(len(keys) for keys in self.everybody.values())
        key = reader(number)
        self.everybody.setdefault(name, []).append(key)
        return key

    async def publish(
        self, members: dict[str, ReaderKey], after: Sequence[tuple[bytes, bytes]] = ()
    ) -> None:
        """Have a next version of the roster signed, and the bot started with it."""
        old = self.chain[-1].roster
        listed = tuple(sorted(map(_member, members.items()), key=lambda m: m.mid))
        pairs = tuple(sorted(after))
        new = replace(old, version=old.version + 1, previous=old.hash, members=listed, after=pairs)
        chain = (*self.chain, Note(new))
        for key in [*self.members.values()][:2]:
            chain = roster_chain.sign(chain, key)
        roster_chain.check_signed(chain)
        self.chain, self.members = chain, members
        await self.start()
        self.forget_departed()

    def forget_departed(self) -> None:
        """Take from the model what readers had whose key is not in office any more."""
        in_office = {key.mid for key in self.members.values()}
        for story in self.stories:
            story.shares = [s for s in story.shares if s.key.mid in in_office]


def _member(entry: tuple[str, ReaderKey]) -> Member:
    name, key = entry
    return roster_chain.member_of(key.card(name, "elected"), SINCE)


def make_world(rig: Rig, seed: str) -> World:
    """Make the world of an organisation in which nothing has happened yet."""
    keys, chain = founding(tuple(rig.keys))
    everybody = {name: [key] for name, key in keys.items()}
    chance = random.Random(seed)  # noqa: S311 - acts of a test
    return World(rig, chance, dict(keys), everybody, chain)
