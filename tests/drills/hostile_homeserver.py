"""Sequences of hostile acts of a homeserver, while somebody allows something and takes it back.

The reporter reads what their own device shows and answers by what stands there, as people do. The
server repeats, holds back, reorders and loses what they write, takes their place, gives it back,
adds devices, puts the bot out of the room and invites it, and restarts the bot. Whatever it does,
what is allowed in the end is what the reporter allowed, what was told is what they told, what
readers can fetch is that and no more, and nobody else has read a word of it.

What the reporter allowed is what they typed after what they were shown; what the bot holds is read
from its store. Neither is asked of the server: that is in ``hostile_double`` and
``hostile_synapse``.
"""

import asyncio
import random
import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import select

from store.db.connection import Connection
from store.db.schema import access_grant, permission
from store.model.accounts import Account
from store.readers.delivery_bundle import open_delivery
from store.readers.notebook import Notebook
from tests.doubles.matrix.person import Person, Refused
from tests.integration.matrix.running import Running
from tests.rig import Rig
from tests.stages import as_typed

MOST_ACTS = 20
MOST_STEPS = 120
SECONDS, IN_THE_END = 3.0, 20.0
"""The longest that is waited for an answer, and for the last one: the next sequence must not find
what this one left."""
KINDS = 12
"""Hostile acts that there are."""
LOOK, QUIET_LOOKS = 0.01, 3
ALONE_IN_CHARGE = "private_chat"
"""Who opens such a chat can put the bot out of it, as far as a real server is concerned."""

TOLD = "What would you like to say?"
REVIEW = "Is this what you want to say"
ENDINGS = ("Your take-back code", "Your twelve words", "I leave now")
TAKEN_BACK = "Stopped."
PIECE = re.compile(r"M\d+, part \d+\.")
OUT_OF_ORDER = ("!start", "!show", "!show 1", "!done", "!permissions", "!back", "!skip", "!words")
CONSENTS = (
    "Let someone read it",
    "Everything",
    "Yes, keep it",
    "Yes, that's right",
    "Yes, send now",
    "Only the code",
    "No, only me",
    "I'll do it myself",
    *map(str, range(1, 60, 4)),
)
"""What somebody says who wants to allow something in another one's name."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a reporter wants."""

    shares: bool
    reader: str
    keeps: bool
    holds: bool
    takes_back: bool
    pieces: int

    def answers(self) -> tuple[tuple[str, str], ...]:
        """Return by which words each question is known, and what is answered."""
        again = "Yes, send in 12 hours" if self.holds else "Yes, send now"
        second = again if self.shares else "Yes, keep it like this"
        return (
            ("Could anyone else see this chat?", "No, only me"),
            ("Should I delete our messages", "I'll do it myself"),
            (TOLD, ""),
            (
                "What would you like to do with your story?",
                "Let someone read it" if self.shares else "Just keep it",
            ),
            ("What would help you now?", "Nothing for now"),
            ("What would you like to happen", "!skip"),
            ("Who is your story about", "!skip"),
            ("must never read your story?", "Nobody in particular"),
            ("Who may read your story?", self.reader),
            ("How much may they read?", "Everything"),
            ("What may the people who read it do", "Only read and listen"),
            ("May I keep your story", "Yes, keep it" if self.keeps else "No"),
            ("This is what you allow", "Yes, that's right"),
            (REVIEW, second),
            ("How would you like to come back?", "Only the code"),
        )


def plan_of(chance: random.Random) -> Plan:
    """Draw what somebody wants."""
    shares = chance.random() < 0.7
    holds = shares and chance.random() < 0.5
    return Plan(
        shares,
        chance.choice(["Oak", "Ash"]),
        keeps=not shares or chance.random() < 0.5,
        holds=holds,
        takes_back=holds and chance.random() < 0.6,
        pieces=chance.randint(1, 3),
    )


@dataclass(slots=True)
class Reporter:
    """Somebody who allows what their plan says, and nothing else."""

    person: Person
    bot: str
    plan: Plan
    mark: str
    """Stands in every piece of theirs."""
    said: list[str] = field(default_factory=list)
    """Their pieces."""
    events: list[str] = field(default_factory=list)
    """Everything that they sent."""
    allowed: bool = False
    """They gave their second yes."""
    ended: bool = False
    """They were told that their part is done."""
    asked_back: bool = False
    taken_back: bool = False
    """They were told so."""
    handled: int = 0
    telling: bool = False

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left that they want."""
        return self.taken_back if self.plan.takes_back else self.ended

    @property
    def is_alone(self) -> bool:
        """Whether the bot is not in the chat that is open."""
        return self.person.members().get(self.bot) != "join"

    def look(self) -> None:
        """Take in what was said since."""
        told = [text for _, text in self.person.told]
        self.ended |= any(end in text for end in ENDINGS for text in told)
        self.taken_back |= self.asked_back and any(TAKEN_BACK in text for text in told)

    def next_words(self) -> str:
        """Return what they say next, by what was asked last."""
        if self.ended and self.plan.takes_back:
            self.asked_back = True
            return "!withdraw"
        told = [text for _, text in self.person.told[self.handled :]]
        self.handled = len(self.person.told)
        for text in reversed(told):
            for question, answer in reversed(self.plan.answers()):
                if question in text:
                    return self._answer(question, answer)
        return self._go_on() if self.telling else "!start"

    def _answer(self, question: str, answer: str) -> str:
        self.telling = question == TOLD
        if self.telling:
            return self._go_on()
        self.allowed |= question == REVIEW
        return as_typed([answer], self.person) if answer[0] != "!" else answer

    def _go_on(self) -> str:
        if len(self.said) < self.plan.pieces:
            self.said.append(f"{self.mark}, part {len(self.said) + 1}.")
            return self.said[-1]
        return "!done"


class HostileServer(Protocol):
    """Whoever runs the server that the bot and the reporter use."""

    def hides(self, person: Person) -> bool:
        """Return whether an identity of the server's own is shown in place of this one."""
        ...

    def knows(self, event: str) -> bool:
        """Return whether an event came by, so that it can be repeated."""
        ...

    def repeat(self, event: str) -> object:
        """Deliver an event to the bot once more, as a new one."""
        ...

    def withhold(self, room: str) -> None:
        """Deliver nothing that is written in a room from now on."""
        ...

    def held(self, room: str) -> int:
        """Return how many events are withheld."""
        ...

    def release(self, room: str, order: list[int] | None = None) -> object:
        """Deliver what was withheld, in this order if there is one; the others are lost."""
        ...

    async def move(self, person: Person, membership: str) -> None:
        """Put the bot out of somebody's room in their name, or invite it."""
        ...

    async def take_place(self, of: Person) -> Person:
        """Show an identity and a device of its own in place of somebody's, and use them."""
        ...

    def give_back(self, of: Person) -> None:
        """Show somebody as they made themselves."""
        ...

    async def add_device(self, of: Person) -> Person:
        """Give an account a device that its owner does not know."""
        ...


@dataclass(slots=True)
class Stage(ABC):
    """A server, a bot that it can restart, and people."""

    rig: Rig
    lives: AsyncExitStack = field(default_factory=AsyncExitStack, kw_only=True)
    bot: Running = field(init=False)

    @abstractmethod
    def starting(self) -> AbstractAsyncContextManager[Running]:
        """Run the bot for as long as the block."""

    @abstractmethod
    def hostile(self) -> HostileServer:
        """Return whoever runs the server."""

    @abstractmethod
    async def person(self) -> Person:
        """Make somebody new."""

    @abstractmethod
    async def come_to_rest(self, person: Person) -> None:
        """Wait until the bot has heard everything, and this person what it answered."""

    async def begin(self) -> None:
        """Start the bot."""
        self.bot = await self.lives.enter_async_context(self.starting())

    async def restart(self) -> None:
        """Stop the bot and start it again."""
        await self.lives.aclose()
        await self.begin()

    async def settle(self, person: Person, seconds: float = SECONDS) -> None:
        """Wait until all is quiet, or for as long as anybody would."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.come_to_rest(person)

    def is_idle(self) -> bool:
        """Return whether the bot has nothing to do with what it has heard."""
        connection = self.bot.adapter.connection
        return (
            connection is not None
            and not connection.admission.scheduler.count
            and not connection.conversations.send_queues.queues
            and not connection.rooms.membership.invitations.pending
        )

    async def statements(self) -> dict[bytes, tuple[str, bool, frozenset[bytes]]]:
        """Return each statement: its kind, whether it stands, and who got a header by it."""

        def read(connection: Connection) -> dict[bytes, tuple[str, bool, frozenset[bytes]]]:
            rows = connection.execute(
                select(permission.c.stmt, permission.c.kind, permission.c.revoked)
            )
            grants = connection.execute(select(access_grant.c.stmt, access_grant.c.fp)).all()
            return {
                row.stmt: (
                    row.kind,
                    row.revoked is None,
                    frozenset(fp for stmt, fp in grants if stmt == row.stmt),
                )
                for row in rows.all()
            }

        return await self.bot.application.stores.cases.database.read(read)

    async def pieces(self, of: Person) -> list[str]:
        """Return what is sealed in somebody's open conversation."""
        who = Account("matrix", of.id, of.room)
        cases = self.bot.application.stores.cases
        found = await cases.snapshot(who, self.rig.clock(), pieces=True)
        return [piece.text for piece in found.pieces]

    async def codes(self) -> dict[str, str]:
        """Return the code of each delivery that can be fetched, and by which reader."""
        readers, now = self.bot.application.stores.readers, self.rig.clock()
        members = {name: readers.named(name, now) for name in self.rig.keys}
        return {
            delivery.code: name
            for name, member in members.items()
            if member is not None
            for delivery in await readers.deliveries(member)
        }

    async def deliveries(self, known: Collection[str]) -> list[tuple[str, str]]:
        """Open the deliveries beyond those that are known: each one's reader and text."""
        readers, now = self.bot.application.stores.readers, self.rig.clock()
        found = list[tuple[str, str]]()
        for code, name in (await self.codes()).items():
            member = readers.named(name, now)
            if code not in known and member is not None:
                bundle = await readers.bundle(member, code)
                found.append((name, open_delivery(bundle, self.rig.keys[name], Notebook()).text))
        return found


async def quiet(holds: Callable[[], bool]) -> None:
    """Wait until this has been so for a few looks."""
    looks = 0
    while looks < QUIET_LOOKS:
        await asyncio.sleep(LOOK)
        looks = looks + 1 if holds() else 0


@dataclass(slots=True)
class Attack:
    """The hostile side of one sequence."""

    stage: Stage
    server: HostileServer
    reporter: Reporter
    chance: random.Random
    done: list[str] = field(default_factory=list)
    """The acts, in order."""
    others: list[Person] = field(default_factory=list)
    """Devices of the server's own."""
    rooms: list[str] = field(default_factory=list)
    """Rooms in which something is held back."""

    @property
    def holds_back(self) -> bool:
        """Whether the reporter waits in vain."""
        return self.reporter.person.room in self.rooms

    async def act(self) -> None:
        """Do one hostile thing."""
        acts: dict[str, Any] = {
            "repeat": self._repeat,
            "repeat all": self._repeat_all,
            "hold back": self._hold_back,
            "release": self._release,
            "shuffle": self._shuffle,
            "put out": self._put_out,
            "invite back": self._invite_back,
            "take the place": self._take_place,
            "give back": self._give_back,
            "add a device": self._add_device,
            "speak": self._speak,
            "restart": self._restart,
        }
        name = self.chance.choice([*acts, "repeat", "speak", "shuffle"])
        self.done.append(name)
        await acts[name]()

    async def _restart(self) -> None:
        await self.stage.restart()
        if self.chance.random() < 0.5:
            await self._repeat_all()

    async def _repeat(self) -> None:
        known = [e for e in self.reporter.events if self.server.knows(e)]
        if known:
            self.server.repeat(self.chance.choice(known))

    async def _repeat_all(self) -> None:
        for event in self.reporter.events[-6:]:
            if self.server.knows(event):
                self.server.repeat(event)

    async def _hold_back(self) -> None:
        room = self.reporter.person.room
        if room and room not in self.rooms:
            self.rooms.append(room)
            self.server.withhold(room)

    async def _release(self) -> None:
        for room in self.rooms:
            self.server.release(room)
        self.rooms.clear()

    async def _shuffle(self) -> None:
        for room in self.rooms:
            order = list(range(self.server.held(room)))
            self.chance.shuffle(order)
            self.server.release(room, order[: self.chance.randint(0, len(order))])
        self.rooms.clear()

    async def _put_out(self) -> None:
        person = self.reporter.person
        if person.room:
            how = self.chance.choice(["leave", "ban"])
            await self.server.move(person, how)

    async def _invite_back(self) -> None:
        person = self.reporter.person
        if person.room and self.reporter.is_alone:
            await self.server.move(person, "invite")

    async def _take_place(self) -> None:
        if self.server.hides(self.reporter.person):
            return
        other = await self.server.take_place(self.reporter.person)
        self.others.append(other)
        if self.chance.random() < 0.5:
            await other.open_chat(self.reporter.bot, joined=False, preset=ALONE_IN_CHARGE)
            await self.stage.settle(self.reporter.person)

    async def _give_back(self) -> None:
        if self.server.hides(self.reporter.person):
            self.server.give_back(self.reporter.person)

    async def _add_device(self) -> None:
        if len(self.others) < 3:
            self.others.append(await self.server.add_device(self.reporter.person))

    async def _speak(self) -> None:
        """Say something in the reporter's name, from any device of the server's."""
        able = [o for o in self.others if o.members().get(o.id) == "join"]
        if able:
            other = self.chance.choice(able)
            with suppress(Refused):
                await other.say(self.chance.choice([*OUT_OF_ORDER, *CONSENTS]))

    async def end(self) -> None:
        """Let everything through in the end."""
        await self._shuffle()
        await self._give_back()


@dataclass(frozen=True, slots=True)
class Played:
    """What became of one sequence."""

    acts: tuple[str, ...]
    ended: bool
    """The reporter came to the end of what they wanted."""
    delivered: int
    """So many deliveries were opened."""
    faults: tuple[str, ...]


async def play(stage: Stage, seed: str) -> Played:
    """Play one sequence."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    before, fetched = await stage.statements(), await stage.codes()
    person = await stage.person()
    mark = f"M{chance.randrange(10**9)}"
    reporter = Reporter(person, stage.bot.id, plan_of(chance), mark)
    attack = Attack(stage, stage.hostile(), reporter, chance)
    faults = list[str]()
    for _ in range(MOST_STEPS):
        if reporter.is_over and len(attack.done) >= MOST_ACTS // 2:
            break
        if len(attack.done) < MOST_ACTS and chance.random() < 0.3:
            await attack.act()
        else:
            await _go_on(stage, reporter, attack)
        reporter.look()
        faults += await wrong_pieces(stage, reporter)
        if faults:
            break
    await attack.end()
    await stage.settle(person, IN_THE_END)
    reporter.look()
    faults += await wrong_pieces(stage, reporter)
    faults += wrong_statements(reporter, before, await stage.statements(), stage.rig)
    delivered = await stage.deliveries(fetched)
    faults += wrong_deliveries(reporter, delivered)
    faults += read_by_others(attack)
    await leave(attack)
    said = (f"{seed}: {fault} after {reporter.plan} and {attack.done}" for fault in faults)
    return Played(tuple(attack.done), reporter.is_over, len(delivered), tuple(said))


async def play_all(stages: Sequence[Stage], seeds: Sequence[str]) -> list[Played]:
    """Play sequences in front of several bots side by side, and fail if anything was wrong."""

    async def play_before(stage: Stage, own: Sequence[str]) -> list[Played]:
        return [await play(stage, seed) for seed in own]

    count = len(stages)
    parts = (play_before(stage, seeds[n::count]) for n, stage in enumerate(stages))
    played = [one for part in await asyncio.gather(*parts) for one in part]
    faults = [fault for one in played for fault in one.faults]
    assert not faults, "\n".join(faults)
    assert len({act for one in played for act in one.acts}) == KINDS, "every hostile act was done"
    assert sum(one.ended for one in played) > len(played) // 4, "people came to their end"
    return played


async def play_until_found(stage: Stage, seeds: Iterable[str]) -> bool:
    """Play sequences until one finds that something is wrong; return whether one did."""
    for seed in seeds:
        if (await play(stage, seed)).faults:
            return True
    return False


async def _go_on(stage: Stage, reporter: Reporter, attack: Attack) -> None:
    """Have the reporter do what they do next."""
    person, is_hidden = reporter.person, attack.server.hides(reporter.person)
    if reporter.is_over or (is_hidden and attack.chance.random() < 0.9):
        return  # their device is shown to nobody, so that nothing comes of what they say
    if not person.room or (reporter.is_alone and attack.chance.random() < 0.8):
        await person.open_chat(reporter.bot, joined=False, preset=ALONE_IN_CHARGE)
        await stage.settle(person)
    elif not reporter.is_alone:
        with suppress(Refused):  # the room may be lost to them meanwhile
            reporter.events.append(await person.say(reporter.next_words()))
        if not attack.holds_back:
            await stage.settle(person)


async def leave(attack: Attack) -> None:
    """Have everybody go, so that the next sequence finds a quiet server."""
    for person in (attack.reporter.person, *attack.others):
        await person.stop()


async def wrong_pieces(stage: Stage, reporter: Reporter) -> list[str]:
    """Return what is sealed and was never told, or stands there twice."""
    if not reporter.person.room:
        return []
    counted = Counter(await stage.pieces(reporter.person))
    faults = [
        "a piece of somebody else is sealed" for text in counted if text not in reporter.said
    ]
    return [*faults, *("a piece is sealed twice" for n in counted.values() if n > 1)]


def wrong_statements(
    reporter: Reporter,
    before: dict[bytes, tuple[str, bool, frozenset[bytes]]],
    after: dict[bytes, tuple[str, bool, frozenset[bytes]]],
    rig: Rig,
) -> list[str]:
    """Return what stands and was not allowed, and what was confirmed and does not stand."""
    plan = reporter.plan
    new = [found for stmt, found in after.items() if stmt not in before]
    faults = [
        "a permission of somebody else has ended" for s, f in before.items() if after.get(s) != f
    ]
    named = [fps for kind, stands, fps in new if kind == "named" and stands]
    kept = any(stands for kind, stands, _ in new if kind == "keep")
    if named and not (reporter.allowed and plan.shares):
        faults.append("somebody may read what nobody shared")
    if any(fps - {rig.keys[plan.reader].fp} for fps in named):
        faults.append("another reader may read than was named")
    if kept and not (reporter.allowed and plan.keeps):
        faults.append("it is kept although nobody said so")
    if reporter.taken_back and named:
        faults.append("it can be read although it was taken back")
    if reporter.ended and plan.shares and not reporter.asked_back and not named:
        faults.append("a permission that was confirmed is gone")
    if reporter.ended and plan.keeps and not kept:
        faults.append("what was to be kept is not")
    return faults


def wrong_deliveries(reporter: Reporter, delivered: Collection[tuple[str, str]]) -> list[str]:
    """Return what readers can fetch and open although nobody allowed it."""
    plan, faults = reporter.plan, list[str]()
    for reader, text in delivered:
        if not (reporter.allowed and plan.shares):
            faults.append("a reader can open what nobody shared")
        if reader != plan.reader:
            faults.append("another reader can open it than was named")
        if reporter.taken_back:
            faults.append("a reader can open what was taken back")
        if not {*PIECE.findall(text)} <= {*reporter.said}:
            faults.append("a reader can open what was never told")
    return faults


def read_by_others(attack: Attack) -> list[str]:
    """Return what the server's own devices have read."""
    secret = (attack.reporter.mark, *ENDINGS[:2])
    return [
        "another device has read of it"
        for other in attack.others
        for _, text in other.told
        if any(part in text for part in secret)
    ]
