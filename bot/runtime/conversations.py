"""Hold together all that answers the accounts of one platform, over one messenger."""

from dataclasses import dataclass

from bot.runtime.send_queues import SendQueues
from handlers.context import SnapshotReader
from handlers.messages import IncomingMessage
from handlers.reporter.recall_notifier import RecallNotifier
from handlers.sending.chat_cleaner import ChatCleaner
from handlers.sending.effect_dispatcher import EffectDispatcher
from handlers.sending.outbox_sender import OutboxSender
from handlers.turn import TurnProcessor
from store.model.accounts import Account


@dataclass(frozen=True, slots=True)
class Conversations:
    """The conversations of one platform, over one connection."""

    processor: TurnProcessor
    snapshots: SnapshotReader
    sender: OutboxSender
    cleaner: ChatCleaner
    recalls: RecallNotifier
    dispatcher: EffectDispatcher
    send_queues: SendQueues

    async def receive(self, incoming: IncomingMessage) -> None:
        """Process one message, and send what it causes before returning, without a queue."""
        for effect in await self.processor.process(incoming):
            await self.dispatcher.dispatch(effect)
        await self.sender.send_waiting(incoming.who, quiet=False)

    async def settle(self, account: Account) -> None:
        """Send the acknowledgement that was held back until a burst of messages is over."""
        await self.sender.settle(account)

    async def hang_up(self, account: Account, message: str) -> None:
        """Leave the conversation for a reporter whose input ended inside it, and say so."""
        await self.processor.hang_up(account, message)
        await self.sender.send_waiting(account, quiet=False)

    def forget_results(self) -> None:
        """Forget what was kept in memory to send it: it is read again when it is sent."""
        self.processor.unsent.discard_all()

    async def notify_recalled(self) -> int:
        """Tell everybody whose questionnaire was recalled; return how many that were."""
        count = 0
        async for account in self.recalls.notify():
            self.send_queues.wake(account)
            count += 1
        return count
