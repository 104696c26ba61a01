"""The bot on Telegram: logs in with its token, and receives updates by polling."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.app import Application
from bot.platforms.base import STOP_SECONDS, Diagnosis, PlatformAdapter
from bot.platforms.stored_messages import decode_message
from bot.platforms.telegram.facts import CHAT_PACE, TELEGRAM
from bot.platforms.telegram.failures import TokenMissing, problem_of, report_webhook
from bot.platforms.telegram.http_transport import TooManyRequests, open_transport
from bot.platforms.telegram.menu import set_menu
from bot.platforms.telegram.messenger import TelegramMessenger
from bot.platforms.telegram.poller import Poller
from bot.platforms.telegram.update_handler import UpdateHandler
from bot.runtime.admission import Admission
from bot.runtime.conversations import Conversations
from bot.runtime.help_sender import HelpSender
from bot.runtime.send_queues import QUIET_SECONDS
from bot.runtime.status import NotifyOperator, StatusReporter
from bot.runtime.waiting import cancel_all
from handlers.context import Settings
from handlers.messages import IncomingMessage, PlatformFacts
from store.model.inbox import WaitingMessage


@dataclass(frozen=True, slots=True)
class BotApiEndpoint:
    """A Bot API server, and the file that holds the bot's token."""

    root: str
    token_file: Path

    def token(self) -> str:
        """Read the token from its file, so that a new one needs no restart.

        Raise ``TokenMissing`` if there is none, and ``InvalidToken`` if it cannot be a token.
        """
        try:
            text = self.token_file.read_text("utf-8-sig").strip()
        except OSError:
            raise TokenMissing from None
        except UnicodeDecodeError:
            raise InvalidToken from None
        if not text:
            raise TokenMissing
        if "/" in text or len(text.split()) > 1:
            raise InvalidToken
        return text


@dataclass(frozen=True, slots=True)
class TelegramConnection:
    """One connection to Telegram: a bot whose token was accepted."""

    bot: Bot = field(repr=False)
    conversations: Conversations
    admission: Admission
    help_sender: HelpSender
    poller: Poller
    settings: Settings
    tasks: "set[asyncio.Task[None]]" = field(default_factory=set, repr=False)

    async def listen(self) -> None:
        """Poll until told to stop, while the menu is set; raise if the token is taken away."""
        self.tasks.add(asyncio.create_task(self._set_menu()))
        try:
            await self.poller.run()
        finally:
            await self.admission.scheduler.stop(STOP_SECONDS)

    async def _set_menu(self) -> None:
        await set_menu(self.bot, self.settings.organisation, self.settings.languages)

    async def close(self) -> None:
        """Confirm the last batch of updates."""
        await cancel_all(*self.tasks)
        await asyncio.gather(self.poller.confirm(), self.help_sender.stop(STOP_SECONDS))

    async def run_upkeep(self) -> None:
        """Do nothing: Telegram needs no upkeep of its own."""


@dataclass(frozen=True, slots=True)
class TelegramConnector:
    """Opens connections to Telegram."""

    application: Application
    endpoint: BotApiEndpoint
    status: StatusReporter
    stop: asyncio.Event
    quiet: float = QUIET_SECONDS
    title: str = "Telegram"
    facts: PlatformFacts = TELEGRAM
    errors: tuple[type[Exception], ...] = (TelegramError,)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[TelegramConnection]:
        """Check the token, and clear the way for polling; raise ``TelegramError``."""
        async with open_transport() as transport:
            bot = Bot(
                self.endpoint.token(),
                base_url=f"{self.endpoint.root}/bot",
                base_file_url=f"{self.endpoint.root}/file/bot",
                request=transport,
                get_updates_request=transport,
            )
            await self._introduce(bot)
            settings = self.application.settings
            texts = settings.own_texts.telegram
            messenger = TelegramMessenger(bot, self.application.clock, texts)
            conversations = self.application.conversations(messenger, self.quiet, CHAT_PACE)
            help_sender = HelpSender(conversations.sender.send_help, time.monotonic)
            decode = partial(decode_for_turn, help_sender)
            admission = self.application.admission(conversations, decode)
            updates = UpdateHandler(
                messenger,
                conversations.send_queues,
                admission,
                help_sender,
                self.application.clock,
                conversations.snapshots.languages,
            )
            poller = Poller(
                transport,
                f"{bot.base_url}/getUpdates",
                updates,
                admission,
                self.status,
                self.stop,
                partial(delete_webhook, bot),
            )
            settings = self.application.settings
            yield TelegramConnection(bot, conversations, admission, help_sender, poller, settings)

    async def _introduce(self, bot: Bot) -> None:
        """Check the token, and delete a webhook, which would keep the bot from polling.

        If only the deletion fails, polling meets the webhook and deletes it then.
        """
        await bot.get_me()
        with suppress(TelegramError):
            if (await bot.get_webhook_info()).url:
                report_webhook(self.status)
        with suppress(TelegramError):
            await delete_webhook(bot)
        self.status.recovered()

    def diagnose(self, error: Exception, failures: int) -> Diagnosis:
        """Explain an error of Telegram's."""
        del failures
        if isinstance(error, TooManyRequests):
            return Diagnosis(None, error.after)
        return Diagnosis(problem_of(error))


def make_telegram_adapter(
    application: Application,
    endpoint: BotApiEndpoint,
    notify_operator: NotifyOperator,
    stop: asyncio.Event,
    quiet: float = QUIET_SECONDS,
) -> PlatformAdapter[TelegramConnection]:
    """Build the bot on Telegram."""
    status = StatusReporter(notify_operator, "Telegram")
    connector = TelegramConnector(application, endpoint, status, stop, quiet)
    return PlatformAdapter(application, connector, status, stop)


def decode_for_turn(help_sender: HelpSender, waiting: WaitingMessage) -> IncomingMessage:
    """Decode a message for its turn, which sends no help that is sent without it."""
    incoming = decode_message(waiting)
    return replace(incoming, helped=True) if help_sender.helps(incoming.id) else incoming


async def delete_webhook(bot: Bot) -> None:
    """Have Telegram keep updates for polling, those included that it has not delivered yet."""
    await bot.delete_webhook(drop_pending_updates=False)
