"""Handles the updates of one connection: messages and presses, blocks, groups."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from telegram import Bot, Update

from bot.platforms.intake import MessageIntake
from bot.platforms.telegram.messenger import TelegramMessenger, translated
from bot.platforms.telegram.updates import (
    PLATFORM,
    BotBlocked,
    GroupMessage,
    MessageReceived,
    OrphanPress,
    UpdateContent,
    content_of,
)
from bot.runtime.logs import Event, event
from bot.runtime.send_queues import SendQueues
from handlers.ports.messenger import MessageRefused, RecipientGone
from handlers.texts.english import ENGLISH
from handlers.turn import Aside
from store.model.accounts import Account

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class UpdateHandler:
    """Handles each update of one connection."""

    bot: Bot = field(repr=False)
    messenger: TelegramMessenger
    send_queues: SendQueues
    stop: asyncio.Event
    intake: MessageIntake = field(init=False)
    groups_being_left: set[int] = field(default_factory=set, repr=False)

    def __post_init__(self) -> None:
        self.intake = MessageIntake(self.send_queues.desk, self.send_queues, self.stop)

    async def handle(self, update: Update) -> bool:
        """Handle one update, and return whether it may be confirmed to Telegram."""
        match _content_of(update):
            case MessageReceived(incoming, press):
                first = (self._acknowledge(press),) if press else ()
                return await self.intake.accept(incoming, first)
            case BotBlocked(who):
                self.send_queues.leave(who)
            case GroupMessage(chat):
                self._leave_group(chat)
            case OrphanPress(press):
                self.send_queues.also(_queue_of(press), self._acknowledge(press))
            case None:
                pass
        return True

    def _acknowledge(self, press: str) -> Aside:
        async def acknowledge() -> None:
            await self.messenger.acknowledge(press)

        return acknowledge

    def _leave_group(self, chat: int) -> None:
        """Say in one sentence that the bot does not belong there, and leave."""
        if chat not in self.groups_being_left:
            self.groups_being_left.add(chat)
            queue = _queue_of(str(chat))
            self.send_queues.also(queue, partial(self._explain_to_group, chat))
            self.send_queues.also(queue, partial(self._leave_chat, chat))

    async def _explain_to_group(self, chat: int) -> None:
        with suppress(RecipientGone, MessageRefused), translated():
            await self.bot.send_message(chat, ENGLISH.telegram.group, disable_notification=True)

    async def _leave_chat(self, chat: int) -> None:
        with suppress(RecipientGone, MessageRefused), translated():
            await self.bot.leave_chat(chat)
        self.groups_being_left.discard(chat)


def _content_of(update: Update) -> UpdateContent:
    """Read an update; one in an unknown form is ignored, so that it does not hold up others."""
    try:
        return content_of(update)
    except Exception as error:  # noqa: BLE001 - a server may send anything
        event(_log, Event.UNREADABLE, error=error)
        return None


def _queue_of(name: str) -> Account:
    """Name a send queue that belongs to no account."""
    return Account(PLATFORM, f"- {name}", "")
