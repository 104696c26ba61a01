"""Define what a platform must do, and share the loop: connect, serve, retry, stop.

A platform consists of a ``Connector``, which opens connections and classifies their errors, and of
the ``Connection`` that it opens. ``PlatformAdapter`` does the rest, in the same way everywhere.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from bot.app import Application
from bot.config.values import Config
from bot.runtime.conversations import Conversations
from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import backoff
from bot.runtime.status import NotifyOperator, Problem, StatusReporter
from bot.runtime.supervisor import SupervisedPlatform
from bot.runtime.waiting import run_unless_stopped, stopped_within
from handlers.messages import PlatformFacts

_log = logging.getLogger(__name__)

STOP_SECONDS = 2.0
"""How long the send queues may go on sending after the program was told to stop."""

LONGEST_RETRY_SECONDS = 10.0
"""The longest pause between two attempts: an operator who has just mended something is waiting."""


class Connection(Protocol):
    """One connection to a platform, ready to be used."""

    @property
    def conversations(self) -> Conversations:
        """Return everything that answers the accounts of this connection."""
        ...

    async def listen(self) -> None:
        """Receive messages until told to stop; raise if a new connection is needed."""
        ...

    async def close(self) -> None:
        """End what ``listen`` left running; called while the send queues are stopped."""
        ...

    async def run_upkeep(self) -> None:
        """Do what is due on this platform besides sending and deleting."""
        ...


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What an error of a connection means."""

    problem: Problem | None
    """What the operator must hear; None if the error needs nobody's attention."""
    retry_after: float | None = None
    """The pause that the server asked for, in seconds; None: wait as after any failure."""


@dataclass(frozen=True, slots=True)
class PlatformDefinition:
    """A platform that the bot can be on: what it is like, and how the bot gets there."""

    facts: PlatformFacts
    is_configured: Callable[[Config], bool]
    """Tells whether the config names the platform."""
    make_adapter: "MakeAdapter"

    @property
    def name(self) -> str:
        """The platform's name, which is also that of its section of the config."""
        return self.facts.name


class MakeAdapter(Protocol):
    """Build the bot on one platform."""

    def __call__(
        self,
        config: Config,
        application: Application,
        notify_operator: NotifyOperator,
        stop: asyncio.Event,
    ) -> SupervisedPlatform:
        """Build the adapter for a config that names the platform."""
        ...


C = TypeVar("C", bound=Connection)
C_co = TypeVar("C_co", bound=Connection, covariant=True)


class Connector(Protocol[C_co]):
    """Opens connections to one platform, and knows its errors."""

    @property
    def title(self) -> str:
        """The platform's name as people write it."""
        ...

    @property
    def facts(self) -> PlatformFacts:
        """What the platform can do, see and keep."""
        ...

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """The errors after which a new connection is opened."""
        ...

    def connect(self) -> AbstractAsyncContextManager[C_co]:
        """Log in and open a connection; it is released at the end of the context.

        Raise one of ``errors`` if the platform cannot be reached or does not accept the bot.
        """
        ...

    def diagnose(self, error: Exception, failures: int) -> Diagnosis:
        """Explain one of ``errors``; ``failures`` counts those since the last connection."""
        ...


@dataclass(slots=True)
class PlatformAdapter(Generic[C]):
    """The bot on one platform, from its start until it is told to stop."""

    application: Application
    connector: Connector[C]
    status: StatusReporter
    stop: asyncio.Event
    connection: C | None = field(default=None, init=False)
    """The connection that there is now."""

    @property
    def title(self) -> str:
        """The platform's name as people write it."""
        return self.connector.title

    @property
    def is_connected(self) -> bool:
        """Return whether there is a connection, also one that is in trouble for the moment."""
        return self.connection is not None

    @property
    def problem(self) -> str:
        """Return what is wrong with the connection now, as the operator was told; else empty."""
        return self.status.current

    async def run(self) -> None:
        """Keep the bot on its platform until told to stop, with as many connections as it takes.

        What is wrong with the platform is reported to the operator; only errors that the
        connector does not know are raised.
        """
        failures = 0
        while not self.stop.is_set():
            try:
                async with AsyncExitStack() as stack:
                    connecting = stack.enter_async_context(self.connector.connect())
                    connection = await run_unless_stopped(connecting, self.stop)
                    if connection is not None and not self.stop.is_set():
                        failures = 0
                        await self._serve(connection)
            except self.connector.errors as error:
                await self._pause(error, failures)
                failures += 1

    async def _pause(self, error: Exception, failures: int) -> None:
        diagnosis = self.connector.diagnose(error, failures)
        if diagnosis.problem is not None:
            self.status.report(diagnosis.problem, error)
        seconds = diagnosis.retry_after
        if seconds is None:
            seconds = min(backoff(failures), LONGEST_RETRY_SECONDS)
        await stopped_within(self.stop, seconds)

    async def _serve(self, connection: C) -> None:
        """Send what waited, then listen; everything has ended when this returns."""
        platform, queues = self.connector.facts.name, connection.conversations.send_queues
        event(_log, Event.STARTED, platform=platform, revision=self._revision())
        self.connection = connection
        # Connected until the queues have stopped: their last turns may wake somebody here.
        with self.application.wakeups.connect(platform, queues):
            try:
                await queues.wake_all(burst_over=True)
                await connection.listen()
            finally:
                self.connection = None
                await asyncio.gather(connection.close(), queues.stop(STOP_SECONDS))
        event(_log, Event.STOPPED, platform=platform)

    def _revision(self) -> str:
        return self.application.settings.flow.revision

    async def run_upkeep(self) -> None:
        """Delete what would soon be too old for it, send what still waits, and tidy up.

        An account whose send queue is busy is left for the next round.
        """
        if (connection := self.connection) is None:
            return
        conversations = connection.conversations
        queues = conversations.send_queues
        conversations.forget_results()
        for effect in await conversations.cleaner.find_ageing():
            if not queues.is_busy(effect.account):
                queues.add_effect(effect.account, effect)
        await queues.wake_all()
        await connection.run_upkeep()

    async def notify_recalled(self) -> None:
        """Tell those whose questions were recalled, once."""
        if (connection := self.connection) is None:
            return
        if count := await connection.conversations.notify_recalled():
            platform = self.connector.facts.name
            event(_log, Event.RECALL_TOLD, count=count, platform=platform)
