"""Deleting the messages in which recovery words stand, as the outbox has it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers.context import Clock
from handlers.outcome import WORDS_STAY
from handlers.ports.messenger import Undelivered
from handlers.ports.stores import CaseStore, OutboxStore
from handlers.sending.chat_cleaner import MOST_FAILURES, ChatCleaner
from store.model.accounts import Account
from store.model.outbox import DeletionRef, OutboxMessage, TextRef


@dataclass(frozen=True, slots=True)
class SecretDeleter:
    """Deletes what the outbox names, and has it said which messages stay.

    One that fails for good holds nothing up: it is said, and tried again at each later send.
    """

    cases: CaseStore
    outbox: OutboxStore
    cleaner: ChatCleaner
    clock: Clock
    failures: dict[bytes, int] = field(default_factory=dict, repr=False)
    """How often deleting failed, by row."""

    async def delete(self, account: Account, waiting: Sequence[OutboxMessage]) -> bool:
        """Delete what is to be deleted of what waits; return whether the outbox differs since."""
        changed = False
        for message in waiting:
            if isinstance(message.content, DeletionRef):
                changed |= await self._delete(account, message, message.content, waiting)
        return changed

    async def _delete(
        self,
        account: Account,
        message: OutboxMessage,
        ref: DeletionRef,
        waiting: Sequence[OutboxMessage],
    ) -> bool:
        try:
            gone = await self.cleaner.delete_own(message.to, ref.message)
        except Undelivered as error:
            if error.after:
                raise
            failures = self.failures[message.id] = self.failures.get(message.id, 0) + 1
            if failures != MOST_FAILURES:
                return False
            await self._say_that_it_stays(account, message)
            return True
        self.failures.pop(message.id, None)
        if gone:
            untrue = _words_stay(message)
            await self.outbox.confirm((message, *(m for m in waiting if m.content == untrue)))
        else:
            await self._say_that_it_stays(account, message)
            await self.outbox.confirm((message,))
        return True

    async def _say_that_it_stays(self, account: Account, message: OutboxMessage) -> None:
        """Write it to the outbox; once, wherever the program is cut off."""
        name, text = f"stays {message.id.hex()}", _words_stay(message)
        await self.cases.commit(account, name, (), (text,), self.clock())


def _words_stay(message: OutboxMessage) -> TextRef:
    """Refer to the sentence that says so, in whatever language the account is spoken to then."""
    return TextRef(WORDS_STAY, ids=(message.id.hex(),), language="")
