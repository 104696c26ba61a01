"""Connect the bot to Matrix: log in, publish and sign the device, explain errors."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from bot.app import Application
from bot.platforms.base import Diagnosis, PlatformAdapter
from bot.platforms.matrix.account import MatrixAccount
from bot.platforms.matrix.connection import (
    ConnectionSettings,
    Device,
    MatrixConnection,
    make_connection,
)
from bot.platforms.matrix.device import open_device, publish_device
from bot.platforms.matrix.facts import MATRIX
from bot.platforms.matrix.failures import ACCOUNT_ERRORS, problem_of
from bot.platforms.matrix.http_client import HttpClient, RateLimited, SessionExpired, connected
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.platforms.matrix.signals import SignalQueue
from bot.runtime.send_queues import QUIET_SECONDS
from bot.runtime.status import NotifyOperator, StatusReporter
from handlers.messages import PlatformFacts


@dataclass(frozen=True, slots=True)
class MatrixConnector:
    """Open connections to Matrix."""

    application: Application
    account: MatrixAccount
    status: StatusReporter
    stop: asyncio.Event
    settings: ConnectionSettings
    title: str = "Matrix"
    facts: PlatformFacts = MATRIX
    errors: tuple[type[Exception], ...] = ACCOUNT_ERRORS

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[MatrixConnection]:
        """Open a connection: log in, publish the device's keys, sign it with the bot's identity.

        Raises one of ``ACCOUNT_ERRORS``. The file of the device's sessions is closed last.
        """
        keyring, entropy = self.application.keyring, self.application.entropy
        async with connected(HttpClient(self.account.homeserver)) as http_client:
            signals = SignalQueue()
            crypto = await open_device(http_client, self.account, keyring, entropy, signals)
            try:
                verify_identity = partial(
                    publish_device, http_client, crypto, self.account, keyring, entropy
                )
                await verify_identity()
                device = Device(http_client, crypto, signals, verify_identity)
                connection = make_connection(
                    self.application, device, self.status, self.stop, self.settings
                )
                async with connection.handling_signals():
                    yield connection
            finally:
                crypto.close()

    def diagnose(self, error: Exception, failures: int) -> Diagnosis:
        """Explain an error; the first refused session needs nobody, as the password may do."""
        if isinstance(error, RateLimited):
            return Diagnosis(None, error.after)
        if isinstance(error, SessionExpired) and not failures:
            return Diagnosis(None)
        return Diagnosis(problem_of(error))


def make_matrix_adapter(
    application: Application,
    account: MatrixAccount,
    notify_operator: NotifyOperator,
    stop: asyncio.Event,
    quiet: float = QUIET_SECONDS,
    delays: MembershipDelays | None = None,
) -> PlatformAdapter[MatrixConnection]:
    """Build the bot on Matrix."""
    status = StatusReporter(notify_operator, "Matrix")
    settings = ConnectionSettings(quiet, delays or MembershipDelays())
    connector = MatrixConnector(application, account, status, stop, settings)
    return PlatformAdapter(application, connector, status, stop)
