"""The one place where effects are dispatched."""

import asyncio
from dataclasses import dataclass

from handlers.effects import (
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
from handlers.sending.chat_cleaner import ChatCleaner
from handlers.sending.outbox_sender import OutboxSender
from handlers.sending.wakeups import Wakeups


@dataclass(frozen=True, slots=True)
class EffectDispatcher:
    """Does what turns on one platform want done after their commits."""

    sender: OutboxSender
    cleaner: ChatCleaner
    messenger: Messenger
    wakeups: Wakeups

    async def dispatch(self, effect: PostCommitEffect) -> None:
        """Do what this effect says. Raise ``SendError``; the caller may then try again."""
        match effect:
            case SendDirect():
                await self.sender.send_direct(effect)
            case DeleteMessage(account, message):
                await self.cleaner.delete_own(account, message)
            case DeleteAgeing():
                await self.sender.delete_ageing(effect)
            case UpdateSelection():
                await self.sender.update_selection(effect)
            case NotifyOthers(accounts):
                self.wakeups.wake(accounts)
            case HoldBack(seconds):
                await asyncio.sleep(seconds)
            case PlatformEffect():
                await self.messenger.perform(effect)
