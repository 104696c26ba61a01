"""The bot on Telegram: connects, listens, sends, keeps up, and stops within seconds."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from telegram import Bot, Update
from telegram.error import InvalidToken, TelegramError

from bot.errors import FolderError
from bot.logs import Event, event
from bot.telegram.carrier import Carrier, Flooded
from bot.telegram.lanes import Lanes
from bot.telegram.menu import set_menu
from bot.telegram.messenger import Telegram
from bot.telegram.patience import Patience, backoff
from bot.telegram.poller import Poller, Reached
from bot.telegram.reading import PLATFORM, InGroup, Left, Pressed, Said, meaning
from bot.telegram.trouble import Herald
from bot.wiring import House
from handlers import words
from handlers.desk import Aside, Desk, unreached
from handlers.messages import Incoming
from store.records import Account

_log = logging.getLogger(__name__)

UPKEEP_SECONDS = 60.0
STOP_SECONDS = 2.5
TRIES = 3
TRY_AGAIN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Address:
    """Where the bot speaks to Telegram, and the file with what it proves itself by."""

    root: str
    token_file: Path

    def token(self) -> str:
        """Read anew each time, so that a new one needs no restart."""
        try:
            return self.token_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise FolderError(
                f"{self.token_file} cannot be read ({type(error).__name__}). Put the token that "
                "@BotFather gave you into it, and let only the bot's user read it."
            ) from None


@dataclass(slots=True)
class Service:
    """One bot on Telegram."""

    house: House
    address: Address
    tell: Callable[[str], None]
    stop: asyncio.Event
    herald: Herald = field(init=False)

    def __post_init__(self) -> None:
        self.herald = Herald(self.tell)

    async def run(self) -> None:
        """Until told to stop, however often the connection must be made anew."""
        self.address.token()
        failures = 0
        while not self.stop.is_set():
            try:
                async with self._connected() as bot:
                    failures = 0
                    await self._serve(bot)
            except (TelegramError, FolderError) as error:
                await self._wait(error, failures)
                failures += 1

    async def _wait(self, error: Exception, failures: int) -> None:
        if isinstance(error, TelegramError):
            self.herald.trouble(error)
        seconds = error.after if isinstance(error, Flooded) else backoff(failures)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Bot]:
        """A bot whose token was taken, with no webhook in the way of polling."""
        carrier = Carrier()
        await carrier.initialize()
        try:
            bot = self._bot(carrier)
            await bot.get_me()
            await bot.delete_webhook(drop_pending_updates=False)
            self.herald.fine()
            yield bot
        finally:
            await carrier.shutdown()

    def _bot(self, carrier: Carrier) -> Bot:
        token = self.address.token()
        if not token:
            raise InvalidToken
        return Bot(
            token,
            base_url=f"{self.address.root}/bot",
            base_file_url=f"{self.address.root}/file/bot",
            request=carrier,
            get_updates_request=carrier,
        )

    async def _serve(self, bot: Bot) -> None:
        talks = make_talks(self.house, bot)
        event(_log, Event.STARTED, platform=PLATFORM, revision=self.house.setting.flow.revision)
        beside = [
            asyncio.create_task(talks.keep_up()),
            asyncio.create_task(set_menu(bot, self.house.setting.organisation)),
        ]
        carrier = bot.request
        if not isinstance(carrier, Carrier):
            raise TypeError("the bot was made with another carrier")
        url, reached = f"{bot.base_url}/getUpdates", talks.reached
        poller = Poller(carrier, url, talks.hear, self.herald, self.stop, reached=reached)
        try:
            await talks.lanes.ring_all()
            await poller.run()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await talks.lanes.stop(STOP_SECONDS)
        event(_log, Event.STOPPED, platform=PLATFORM)


def make_talks(house: House, bot: Bot) -> "Talks":
    """Everything of one connection."""
    messenger = Telegram(bot, house.clock)
    desk = house.desk(messenger)
    reached = house.casebook.reached
    lanes = Lanes(desk, Patience(time.monotonic), reached=reached)
    desk.wake = lanes.ring
    return Talks(house, bot, messenger, desk, lanes, reached=reached)


@dataclass(slots=True)
class Talks:
    """What becomes of each update."""

    house: House
    bot: Bot = field(repr=False)
    messenger: Telegram
    desk: Desk
    lanes: Lanes
    groups: set[int] = field(default_factory=set, repr=False)
    """Groups that were told already why nothing happens there."""
    reached: Reached = unreached

    async def hear(self, update: Update) -> bool:
        """One update; whether it is on the disk, or needs nothing there."""
        match meaning(update):
            case Said(incoming, press):
                return await self._said(incoming, press)
            case Left(who):
                await self.desk.drop(who)
            case InGroup(chat):
                self._leave(chat)
            case Pressed(press):
                self.lanes.put(_nobody(press), (self._acknowledge(press),))
            case None:
                pass
        return True

    async def _said(self, incoming: Incoming, press: str) -> bool:
        first = (self._acknowledge(press),) if press else ()
        for tried in range(TRIES):
            try:
                asides = await self.desk.hear(incoming)
                self.reached("on the disk")
            except Exception as error:  # noqa: BLE001 - the edge: the talk stays where it was
                event(_log, Event.TURN_FAILED, error=error)
                await asyncio.sleep(TRY_AGAIN_SECONDS * 2**tried)
            else:
                self.lanes.put(incoming.who, (*first, *asides))
                self.reached("put")
                return True
        return await self._give_up(incoming)

    async def _give_up(self, incoming: Incoming) -> bool:
        """Said to its sender if that much can be written; else it comes again, and is kept."""
        try:
            await self.desk.give_up(incoming)
        except Exception as error:  # noqa: BLE001 - the edge: the disk may be full
            event(_log, Event.TURN_FAILED, error=error)
            return False
        self.lanes.put(incoming.who)
        return True

    def _acknowledge(self, press: str) -> Aside:
        async def acknowledge() -> None:
            await self.messenger.acknowledge(press)

        return acknowledge

    def _leave(self, chat: int) -> None:
        """One sentence, and then the bot goes: it has no business there."""
        if chat in self.groups:
            return
        self.groups.add(chat)

        async def leave() -> None:
            with suppress(TelegramError):
                await self.bot.send_message(chat, words.GROUP, disable_notification=True)
            with suppress(TelegramError):
                await self.bot.leave_chat(chat)

        self.lanes.put(_nobody(str(chat)), (leave,))

    async def keep_up(self) -> None:
        """What is due, once a minute: releases, ends, deletions, and what still waits."""
        while True:
            await asyncio.sleep(UPKEEP_SECONDS)
            try:
                await self.house.upkeep.run(self.house.clock())
                await self.desk.sweep()
                await self.lanes.ring_all()
            except Exception as error:  # noqa: BLE001 - the edge: the next round tries again
                event(_log, Event.UPKEEP_FAILED, error=error)


def _nobody(name: str) -> Account:
    """A lane without an account behind it."""
    return Account(PLATFORM, f"- {name}", "")
