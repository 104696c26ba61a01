"""A chat in memory: it remembers messages by id, deletes and marks them, and fails where told.

``Phone`` is one person in it. Every message finds the program started anew from what is on the
disk, except inside ``staying``.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from bot.runtime.conversations import Conversations
from handlers.effects import PlatformEffect
from handlers.messages import (
    EditedMessage,
    IncomingMessage,
    MessageContent,
    Offer,
    OutgoingFile,
    PlatformFacts,
    Reply,
    TextMessage,
    UnresolvedPress,
)
from handlers.ports.messenger import SendError
from handlers.reporter.markers import BACK
from store.model.accounts import Account
from tests.rig import Rig
from tests.talk_script import FILLS, twelve_words

CHAT = PlatformFacts(
    name="chat",
    reads_along=lambda _texts: ", and so can the company behind this chat",
    keeps=lambda _texts: "what the company has kept.",
    can_clear=True,
    single=True,
    buttons=True,
    deletable_hours=48,
)


def account(name: str = "anna") -> Account:
    """Somebody in the chat."""
    return Account(CHAT.name, name, name)


@dataclass
class Chat:
    """The platform: whose messages stand where, and everything that ever happened, in order."""

    platform: PlatformFacts = CHAT
    standing: dict[str, tuple[str, Reply | str]] = field(default_factory=dict)
    """By id: in whose chat, and what: a reply of the program, or a person's own words."""
    log: list[tuple[str, str]] = field(default_factory=list)
    """Events with the id of their message."""
    said: dict[str, Reply] = field(default_factory=dict)
    """Every reply that was ever taken, by id."""
    files: dict[str, bytes] = field(default_factory=dict)
    arrived: list[OutgoingFile] = field(default_factory=list)
    """Every file that was ever taken, in order."""
    file_faults: deque[tuple[BaseException | None, bool]] = field(default_factory=deque)
    """What becomes of the next files: what is raised, and whether they arrive all the same."""
    stuck: set[str] = field(default_factory=set)
    """Messages that cannot be deleted any more."""
    faults: deque[SendError | None] = field(default_factory=deque)
    """What becomes of the next sends; None: it is taken."""
    broken: dict[str, SendError] = field(default_factory=dict)
    """For deleting in somebody's chat."""
    gate: asyncio.Event | None = None
    """A send waits at it after it was taken."""
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while one waits."""
    sends: int = 0
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def typed(self, who: Account, text: str) -> str:
        """A person's own message: its id."""
        name = str(next(self.numbers))
        self.standing[name] = (who.name, text)
        self.log.append(("typed", name))
        return name

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        """Everything fits into one message here."""
        return (reply,)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        self.sends += 1
        fault = self.faults.popleft() if self.faults else None
        if fault is not None:
            raise fault
        name = str(next(self.numbers))
        self.standing[name] = (to.name, reply)
        self.said[name] = reply
        self.log.append(("sent", name))
        if self.gate is not None:
            self.taken.set()
            await self.gate.wait()
        return (name,)

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        fault, arrives = self.file_faults.popleft() if self.file_faults else (None, True)
        if arrives:
            self.files[file.name] = file.data
            self.arrived.append(file)
            self.log.append(("file", file.name))
        if fault is not None:
            raise fault

    async def update_buttons(self, to: Account, message: str, reply: Reply) -> None:
        if message not in self.standing:
            return
        self.standing[message] = (to.name, reply)
        self.said[message] = reply
        self.log.append(("marked", message))

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        if to.name in self.broken:
            raise self.broken[to.name]
        for name in messages:
            assert name not in self.standing or self.standing[name][0] == to.name
            if name in self.standing and name not in self.stuck:
                del self.standing[name]
                self.log.append(("deleted", name))
        return sum(name in self.standing for name in messages)

    async def leave(self, to: Account) -> None:
        self.log.append(("left", to.name))

    async def perform(self, effect: PlatformEffect) -> None:
        raise AssertionError("this chat has no effects of its own")

    def when(self, event: str, message: str) -> int:
        """At which place of the log; it happened once."""
        (place,) = (n for n, each in enumerate(self.log) if each == (event, message))
        return place


@dataclass
class Phone:
    """One person in the chat, and the program that answers."""

    rig: Rig
    chat: Chat = field(default_factory=Chat)
    who: Account = field(default_factory=account)
    conversations: Conversations | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Conversations]:
        """The program that goes on running, or one that was just started."""
        if self.conversations is not None:
            yield self.conversations
            return
        async with self.rig.house() as house:
            yield house.conversations(self.chat)

    @asynccontextmanager
    async def staying(self) -> AsyncIterator[Conversations]:
        """What is only in memory stays."""
        async with self.running() as conversations:
            self.conversations = conversations
            try:
                yield conversations
            finally:
                self.conversations = None

    def another(self, name: str) -> "Phone":
        """Somebody else, who talks to the same program."""
        return Phone(self.rig, self.chat, account(name), self.conversations)

    # What a person does

    def incoming(
        self, heard: MessageContent, *, message: str = "", on: str = ""
    ) -> IncomingMessage:
        """As the platform hands it on: with an id of its own."""
        return IncomingMessage(secrets.token_hex(8), self.who, heard, message, on)

    async def hear(self, incoming: IncomingMessage) -> list[Reply]:
        """A message, and the end of its burst; all that was said since."""
        before = len(self.chat.log)
        async with self.running() as conversations:
            await conversations.receive(incoming)
            await conversations.settle(self.who)
        return self.since(before)

    def since(self, place: int) -> list[Reply]:
        """What was said to anybody since then."""
        return [self.chat.said[m] for event, m in self.chat.log[place:] if event == "sent"]

    async def type(self, *texts: str) -> str:
        """Messages, one after the other; the id of the last."""
        message = ""
        for text in texts:
            message = self.chat.typed(self.who, text)
            await self.hear(self.incoming(TextMessage(text), message=message))
        return message

    async def edit(self, message: str, text: str) -> list[Reply]:
        """Other words in a message of before."""
        return await self.hear(self.incoming(EditedMessage(text, message), message=message))

    async def press(self, *choices: str) -> list[Reply]:
        """Buttons of the newest message that has them, one after the other; the last's answer."""
        replies: list[Reply] = []
        for choice in choices:
            on, token = self.button(choice)
            replies = await self.hear(self.incoming(UnresolvedPress(token), on=on))
        return replies

    def button(self, choice: str) -> tuple[str, str]:
        """The message it stands on, and its token."""
        for name, reply in reversed(self.shown()):
            for offer in buttons_of(reply):
                if choice in {offer.id, offer.label.split(",")[0]}:
                    return name, offer.token
        raise AssertionError(f"there is no button {choice}")

    # What a person sees

    def shown(self) -> list[tuple[str, Reply]]:
        """The program's messages that stand in this chat, the newest last."""
        mine = ((n, r) for n, (who, r) in self.chat.standing.items() if who == self.who.name)
        return [(name, reply) for name, reply in mine if isinstance(reply, Reply)]

    def own(self) -> list[str]:
        """The person's own words that stand in this chat."""
        mine = (what for who, what in self.chat.standing.values() if who == self.who.name)
        return [what for what in mine if isinstance(what, str)]

    def texts(self) -> list[str]:
        """What of the program's words stands in this chat."""
        return [reply.text for _, reply in self.shown()]

    @property
    def question(self) -> str:
        """The question that was asked last and stands there."""
        return next((r.question for _, r in reversed(self.shown()) if r.question), "")

    # A talk, step by step

    async def begin(self, cleaning: str, *story: str) -> None:
        """From hello to the story."""
        await self.type("/start")
        await self.press("go", cleaning)
        await self.type(*story)

    async def share(self, reader: str, *, keep: bool, now: bool = True) -> None:
        """From the end of the story to the second yes."""
        await self.press("done", "read", "none", "skip", "skip", "none", reader, "submit", "all")
        await self.press("listen", "yes" if keep else "no", "right")
        await self.press("now" if now else "hold")

    async def pieces(self) -> list[str]:
        """What is read back."""
        async with self.running() as conversations:
            return [
                p.text
                for p in (
                    await conversations.snapshots.read(self.who, pieces=True)
                ).snapshot.pieces
            ]

    async def give_back(self) -> tuple[str, ...]:
        """Give back the two words that are asked for, and have the code written down."""
        twelve = await self.type_two_words()
        await self.press("have")
        return twelve

    async def type_two_words(self) -> tuple[str, ...]:
        """Give back the two words that are asked for; all twelve."""
        if self.question == BACK:
            await self.press("words")
        shown = self.texts()[-1]
        await self.type(FILLS["two words"](shown))
        return twelve_words(shown)

    def code(self) -> str:
        """The four words, as they stand in the chat."""
        shown = next(t for t in self.texts() if t.startswith("Your take-back code"))
        return next(line for line in shown.splitlines() if line.startswith("    ")).strip()


def buttons_of(reply: Reply) -> tuple[Offer, ...]:
    """Everything that can be pressed on it."""
    return (*reply.offers, *reply.commands)
