"""The bot on Telegram: connects, listens, sends, keeps up, and stops within seconds."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from telegram import Bot, Update
from telegram.error import InvalidToken, TelegramError

from bot.app import Application
from bot.platforms.telegram.failures import NoToken, TelegramStatus
from bot.platforms.telegram.http_transport import HttpTransport, TooManyRequests
from bot.platforms.telegram.menu import set_menu
from bot.platforms.telegram.messenger import TelegramMessenger, translated
from bot.platforms.telegram.poller import Poller
from bot.platforms.telegram.updates import (
    PLATFORM,
    BotBlocked,
    GroupMessage,
    Meaning,
    MessageReceived,
    OrphanPress,
    meaning,
)
from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import RateLimiter, backoff
from bot.runtime.send_queues import QUIET_SECONDS, SendQueues
from handlers.messages import IncomingMessage
from handlers.ports.messenger import MessageRefused, RecipientGone
from handlers.texts import english as words
from handlers.turn import Aside, Desk
from store.model.accounts import Account

_log = logging.getLogger(__name__)

STOP_SECONDS = 2.0
TRIES = 3
TRY_AGAIN_SECONDS = 0.2
LONGEST_SECONDS = 10.0
"""Between two tries to connect: whoever has just mended the token waits for it."""


@dataclass(frozen=True, slots=True)
class BotApiEndpoint:
    """Where the bot speaks to Telegram, and the file with what it proves itself by."""

    root: str
    token_file: Path

    def token(self) -> str:
        """Read anew each time, so that a new one needs no restart."""
        try:
            text = self.token_file.read_text("utf-8-sig").strip()
        except OSError:
            raise NoToken from None
        except UnicodeDecodeError:
            raise InvalidToken from None
        if not text:
            raise NoToken
        if "/" in text or len(text.split()) > 1:
            raise InvalidToken
        return text


@dataclass(slots=True)
class TelegramAdapter:
    """One bot on Telegram."""

    house: Application
    address: BotApiEndpoint
    tell: Callable[[str], None]
    stop: asyncio.Event
    quiet: float = QUIET_SECONDS
    name: str = "Telegram"
    herald: TelegramStatus = field(init=False)
    talks: "UpdateHandler | None" = field(default=None, init=False)
    """Of the connection that there is now."""

    def __post_init__(self) -> None:
        self.herald = TelegramStatus(self.tell)

    async def run(self) -> None:
        """Until told to stop, however often the connection must be made anew."""
        failures = 0
        while not self.stop.is_set():
            try:
                async with _carrier() as carrier:
                    bot = self._bot(carrier)
                    if await self._unless_stopped(self._introduce(bot)):
                        failures = 0
                        await self._serve(bot, carrier)
            except TelegramError as error:
                await self._wait(error, failures)
                failures += 1

    async def _wait(self, error: TelegramError, failures: int) -> None:
        seconds = min(backoff(failures), LONGEST_SECONDS)
        if isinstance(error, TooManyRequests):
            seconds = error.after
        else:
            self.herald.trouble(error)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)

    def _bot(self, carrier: HttpTransport) -> Bot:
        return Bot(
            self.address.token(),
            base_url=f"{self.address.root}/bot",
            base_file_url=f"{self.address.root}/file/bot",
            request=carrier,
            get_updates_request=carrier,
        )

    async def _introduce(self, bot: Bot) -> None:
        """The token is taken, and no webhook is in the way of polling.

        If only the second fails, polling finds it out, and it is tried again.
        """
        await bot.get_me()
        with suppress(TelegramError):
            if (await bot.get_webhook_info()).url:
                self.herald.webhook()
        with suppress(TelegramError):
            await bot.delete_webhook(drop_pending_updates=False)
        self.herald.fine()

    async def _unless_stopped(self, work: Awaitable[None]) -> bool:
        """Whether it came to its end before being told to stop."""
        doing = asyncio.ensure_future(work)
        stopped = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait({doing, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                doing.result()
            return doing.done() and not self.stop.is_set()
        finally:
            await _end(doing, stopped)

    async def _serve(self, bot: Bot, carrier: HttpTransport) -> None:
        self.talks = talks = make_talks(self.house, bot, self.stop, self.quiet)
        event(_log, Event.STARTED, platform=PLATFORM, revision=self.house.settings.flow.revision)
        menu = asyncio.create_task(set_menu(bot, self.house.settings.organisation))
        free = partial(bot.delete_webhook, drop_pending_updates=False)
        url = f"{bot.base_url}/getUpdates"
        poller = Poller(carrier, url, talks.hear, self.herald, self.stop, free)
        self.house.bells[PLATFORM] = talks.desk.tell_waiting
        try:
            await talks.lanes.ring_all()
            await poller.run()
        finally:
            self.talks = None
            self.house.bells.pop(PLATFORM, None)
            await _end(menu)
            await asyncio.gather(poller.confirm(), talks.lanes.stop(STOP_SECONDS))
        event(_log, Event.STOPPED, platform=PLATFORM)

    async def keep_up(self) -> None:
        """What is due, once a minute; called from outside."""
        if self.talks is not None:
            await self.talks.keep_up()

    async def tell_recalled(self) -> None:
        """Those whose questions were taken back hear of it, once; called from outside."""
        if self.talks is not None and (count := await self.talks.desk.tell_recalled()):
            event(_log, Event.RECALL_TOLD, count=count, platform=PLATFORM)


@asynccontextmanager
async def _carrier() -> AsyncIterator[HttpTransport]:
    carrier = HttpTransport()
    await carrier.initialize()
    try:
        yield carrier
    finally:
        await carrier.shutdown()


async def _end(*tasks: "asyncio.Future[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def make_talks(house: Application, bot: Bot, stop: asyncio.Event, quiet: float) -> "UpdateHandler":
    """Everything of one connection."""
    messenger = TelegramMessenger(bot, house.clock)
    desk = house.desk(messenger)
    lanes = SendQueues(desk, RateLimiter(time.monotonic), quiet)
    desk.wake = lanes.ring
    return UpdateHandler(bot, messenger, desk, lanes, stop)


@dataclass(slots=True)
class UpdateHandler:
    """What becomes of each update."""

    bot: Bot = field(repr=False)
    messenger: TelegramMessenger
    desk: Desk
    lanes: SendQueues
    stop: asyncio.Event
    groups: set[int] = field(default_factory=set, repr=False)
    """Groups that are being left."""

    async def hear(self, update: Update) -> bool:
        """One update; whether it is on the disk, or needs nothing there."""
        match _meaning(update):
            case MessageReceived(incoming, press):
                return await self._said(incoming, press)
            case BotBlocked(who):
                self.lanes.leave(who)
            case GroupMessage(chat):
                self._leave(chat)
            case OrphanPress(press):
                self.lanes.also(_nobody(press), self._acknowledge(press))
            case None:
                pass
        return True

    async def _said(self, incoming: IncomingMessage, press: str) -> bool:
        first = (self._acknowledge(press),) if press else ()
        for tried in range(TRIES):
            try:
                asides = await self.desk.hear(incoming)
            except Exception as error:  # noqa: BLE001 - the edge: the talk stays where it was
                event(_log, Event.TURN_FAILED, error=error)
                if await self._stopped_within(TRY_AGAIN_SECONDS * 2**tried):
                    return False
            else:
                self.lanes.put(incoming.who, (*first, *asides))
                return True
        return await self._give_up(incoming, first)

    async def _stopped_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)
        return self.stop.is_set()

    async def _give_up(self, incoming: IncomingMessage, first: tuple[Aside, ...]) -> bool:
        """Said to its sender if that much can be written; else it comes again, and is kept."""
        try:
            await self.desk.give_up(incoming)
        except Exception as error:  # noqa: BLE001 - the edge: the disk may be full
            event(_log, Event.TURN_FAILED, error=error)
            return False
        self.lanes.put(incoming.who, first)
        return True

    def _acknowledge(self, press: str) -> Aside:
        async def acknowledge() -> None:
            await self.messenger.acknowledge(press)

        return acknowledge

    def _leave(self, chat: int) -> None:
        """One sentence, and then the bot goes: it has no business there."""
        if chat not in self.groups:
            self.groups.add(chat)
            self.lanes.also(_nobody(str(chat)), partial(_say_in, self.bot, chat))
            self.lanes.also(_nobody(str(chat)), partial(self._go_from, chat))

    async def _go_from(self, chat: int) -> None:
        with suppress(RecipientGone, MessageRefused), translated():
            await self.bot.leave_chat(chat)
        self.groups.discard(chat)

    async def keep_up(self) -> None:
        """Deletions that are due, and what still waits; whose lane is busy comes next time."""
        for who, sweep in await self.desk.sweeps():
            if who.name not in self.lanes.lanes:
                self.lanes.also(who, sweep)
        await self.lanes.ring_all()


def _meaning(update: Update) -> Meaning:
    """Nothing for what is of a form that nobody knows: it must not hold up all others."""
    try:
        return meaning(update)
    except Exception as error:  # noqa: BLE001 - whatever a server sends
        event(_log, Event.UNREADABLE, error=error)
        return None


async def _say_in(bot: Bot, chat: int) -> None:
    with suppress(RecipientGone, MessageRefused), translated():
        await bot.send_message(chat, words.GROUP, disable_notification=True)


def _nobody(name: str) -> Account:
    """A lane without an account behind it."""
    return Account(PLATFORM, f"- {name}", "")
