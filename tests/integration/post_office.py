"""A platform that exists in tests only: a post office, where people leave letters for the bot.

This module is all that it takes to add a platform, besides its line in a registry.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.app import Application
from bot.config.values import Config
from bot.platforms.arrivals import make_arrival
from bot.platforms.base import (
    STOP_SECONDS,
    Diagnosis,
    PlatformAdapter,
    PlatformDefinition,
)
from bot.platforms.stored_messages import decode_message
from bot.runtime.admission import Admission
from bot.runtime.conversations import Conversations
from bot.runtime.logs import Event
from bot.runtime.status import NotifyOperator, Problem, StatusReporter
from bot.runtime.waiting import run_unless_stopped
from handlers.context import Clock
from handlers.effects import PlatformEffect
from handlers.messages import (
    IncomingMessage,
    OutgoingFile,
    PlatformFacts,
    Reply,
    TextMessage,
)
from handlers.ports.messenger import Undelivered
from store.model.accounts import Account

POST = PlatformFacts(
    name="post",
    reads_along=lambda _texts: ", and so can the post office",
    keeps=lambda _texts: "what the post office keeps.",
    can_clear=False,
)
CLOSED = "The post office is closed. It is tried again by itself."
QUIET_SECONDS = 0.02


class OfficeClosed(Exception):
    """The post office does not answer."""


@dataclass
class PostOffice:
    """The server of the platform: it keeps each letter until the bot confirms it."""

    letters: list[IncomingMessage] = field(default_factory=list)
    received: dict[str, list[str]] = field(default_factory=dict)
    """What each account received."""
    is_open: bool = True
    takes_replies: bool = True
    connections: int = 0
    written: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def write(self, name: str, text: str) -> None:
        """Leave a letter for the bot."""
        self.written += 1
        who = Account(POST.name, name, name)
        async with self.changed:
            self.letters.append(IncomingMessage(f"{self.written}", who, TextMessage(text)))
            self.changed.notify_all()

    async def set_state(self, *, is_open: bool = True, takes_replies: bool = True) -> None:
        """Open or close the office, or only its counter for replies."""
        async with self.changed:
            self.is_open, self.takes_replies = is_open, takes_replies
            self.changed.notify_all()

    async def wait(self, holds: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until something holds of the office."""
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(holds)

    # The bot's side

    async def connect(self) -> None:
        """Begin a connection; raise if the office is closed."""
        async with self.changed:
            self.connections += 1
            self.changed.notify_all()
            if not self.is_open:
                raise OfficeClosed

    async def next_letter(self) -> IncomingMessage:
        """Wait for the oldest letter that is not confirmed; raise when the office closes."""
        async with self.changed:
            await self.changed.wait_for(lambda: bool(self.letters) or not self.is_open)
            if not self.is_open:
                raise OfficeClosed
            return self.letters[0]

    async def confirm(self, letter: IncomingMessage) -> None:
        """Forget a letter."""
        async with self.changed:
            self.letters.remove(letter)
            self.changed.notify_all()

    async def deliver(self, to: Account, text: str) -> None:
        """Hand a reply to an account; raise if the office takes none."""
        async with self.changed:
            if not self.is_open or not self.takes_replies:
                raise Undelivered(CLOSED)
            self.received.setdefault(to.name, []).append(text)
            self.changed.notify_all()


@dataclass(frozen=True)
class PostMessenger:
    """Sends replies by post."""

    office: PostOffice
    platform: PlatformFacts = POST

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        return (reply,)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        await self.office.deliver(to, reply.text)
        return ()

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        raise AssertionError("no reader has an account here")

    async def update_buttons(self, to: Account, message: str, reply: Reply) -> None:
        raise AssertionError("a letter has no buttons")

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        raise AssertionError("a letter cannot be deleted")

    async def leave(self, to: Account) -> None:
        """Do nothing: nothing is held for an account."""

    async def perform(self, effect: PlatformEffect) -> None:
        raise AssertionError("a post office has no effects of its own")


@dataclass(frozen=True)
class PostConnection:
    """One connection to the post office."""

    office: PostOffice
    conversations: Conversations
    admission: Admission
    clock: Clock
    stop: asyncio.Event

    async def listen(self) -> None:
        await self.admission.begin()
        try:
            while not self.stop.is_set():
                letter = await run_unless_stopped(self.office.next_letter(), self.stop)
                if letter is not None:
                    await run_unless_stopped(self._take(letter), self.stop)
        finally:
            await self.admission.scheduler.stop(STOP_SECONDS)

    async def _take(self, letter: IncomingMessage) -> None:
        """Take one letter at a time: the next only when this one was answered."""
        arrival = make_arrival(letter, letter.who.name, None, self.clock())
        await self.admission.accept([arrival])
        await self.admission.scheduler.has_fewer_than(1)
        await self.office.confirm(letter)

    async def close(self) -> None:
        """Do nothing: nothing runs beside ``listen``."""

    async def run_upkeep(self) -> None:
        """Do nothing: the office needs no upkeep."""


@dataclass(frozen=True)
class PostConnector:
    """Opens connections to the post office."""

    application: Application
    office: PostOffice
    status: StatusReporter
    stop: asyncio.Event
    title: str = "Post"
    facts: PlatformFacts = POST
    errors: tuple[type[Exception], ...] = (OfficeClosed,)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[PostConnection]:
        await self.office.connect()
        self.status.recovered()
        messenger = PostMessenger(self.office)
        conversations = self.application.conversations(messenger, QUIET_SECONDS)
        admission = self.application.admission(conversations, decode_message)
        clock = self.application.clock
        yield PostConnection(self.office, conversations, admission, clock, self.stop)

    def diagnose(self, error: Exception, failures: int) -> Diagnosis:
        return Diagnosis(Problem(CLOSED, Event.UNREACHABLE))


def define_post(office: PostOffice) -> PlatformDefinition:
    """Make the line of a registry."""

    def make_adapter(
        config: Config,
        application: Application,
        notify_operator: NotifyOperator,
        stop: asyncio.Event,
    ) -> PlatformAdapter[PostConnection]:
        status = StatusReporter(notify_operator, "Post")
        return PlatformAdapter(
            application, PostConnector(application, office, status, stop), status, stop
        )

    return PlatformDefinition(POST, lambda _config: True, make_adapter)
