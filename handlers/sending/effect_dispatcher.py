"""The one place where effects are dispatched."""

import asyncio
from dataclasses import dataclass

from handlers.effects import (
    AnswerReader,
    DeleteAgeing,
    DeleteMessage,
    HoldBack,
    NotifyOthers,
    PlatformEffect,
    PostCommitEffect,
    SendDirect,
    UpdateSelection,
)
from handlers.ports.messenger import Messenger
from handlers.ports.readers import ReaderCommands
from handlers.sending.chat_cleaner import ChatCleaner
from handlers.sending.outbox_sender import OutboxSender
from handlers.sending.wakeups import Wakeups


@dataclass(frozen=True, slots=True)
class EffectDispatcher:
    """Does what turns on one platform want done after their commits."""

    sender: OutboxSender
    cleaner: ChatCleaner
    readers: ReaderCommands
    messenger: Messenger
    wakeups: Wakeups

    async def dispatch(self, effect: PostCommitEffect) -> None:
        """Do what this effect says. Raise ``SendError``; the caller may then try again."""
        match effect:
            case SendDirect():
                await self.sender.send_direct(effect)
            case AnswerReader(account, command, arguments):
                # A notice of a delivery comes before the inbox that lists it.
                await self.sender.send_waiting(account, quiet=False)
                await self.readers.handle_command(account, command, arguments)
            case DeleteMessage(account, message):
                await self.cleaner.delete_own(account, message)
            case DeleteAgeing():
                await self.sender.delete_ageing(effect)
            case UpdateSelection():
                await self.sender.update_selection(effect)
            case NotifyOthers(account):
                await self.wakeups.wake_others(account)
            case HoldBack(seconds):
                await asyncio.sleep(seconds)
            case PlatformEffect():
                await self.messenger.perform(effect)
