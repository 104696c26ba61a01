"""Handles the updates of one connection: messages and presses, blocks, groups."""

import asyncio
import logging
from dataclasses import dataclass, field

from telegram import Update

from bot.platforms.intake import MessageIntake
from bot.platforms.telegram.effects import AcknowledgePress, ExplainToGroup, LeaveGroup
from bot.platforms.telegram.messenger import TelegramMessenger
from bot.platforms.telegram.updates import (
    PLATFORM,
    BotBlocked,
    GroupMessage,
    MessageReceived,
    OrphanPress,
    UpdateContent,
    content_of,
)
from bot.runtime.conversations import Conversations
from bot.runtime.logs import Event, event
from store.model.accounts import Account

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class UpdateHandler:
    """Handles each update of one connection."""

    messenger: TelegramMessenger
    conversations: Conversations
    stop: asyncio.Event
    intake: MessageIntake = field(init=False)

    def __post_init__(self) -> None:
        conversations = self.conversations
        self.intake = MessageIntake(conversations.processor, conversations.send_queues, self.stop)

    async def handle(self, update: Update) -> bool:
        """Handle one update, and return whether it may be confirmed to Telegram."""
        send_queues = self.conversations.send_queues
        match _content_of(update):
            case MessageReceived(incoming, press):
                first = (AcknowledgePress(press),) if press else ()
                return await self.intake.accept(incoming, first)
            case BotBlocked(who):
                send_queues.drop(who)
            case GroupMessage(chat):
                self._leave_group(chat)
            case OrphanPress(press):
                send_queues.add_effect(_queue_of(press), AcknowledgePress(press))
            case None:
                pass
        return True

    def _leave_group(self, chat: int) -> None:
        """Say in one sentence that the bot does not belong there, and leave."""
        if chat not in self.messenger.groups_being_left:
            self.messenger.groups_being_left.add(chat)
            queue, send_queues = _queue_of(str(chat)), self.conversations.send_queues
            send_queues.add_effect(queue, ExplainToGroup(chat))
            send_queues.add_effect(queue, LeaveGroup(chat))


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
