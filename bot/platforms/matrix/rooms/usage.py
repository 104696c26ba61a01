"""Tell whether the bot still needs the chat with an account."""

from collections.abc import Callable
from dataclasses import dataclass

from handlers.context import Clock
from store.cases.case_store import CaseStore
from store.model.accounts import Account
from store.outbox.outbox_store import OutboxStore
from store.readers.reader_store import ReaderStore


@dataclass(frozen=True, slots=True)
class RoomUsage:
    """Finds out whether something with an account is still open."""

    cases: CaseStore
    outbox: OutboxStore
    readers: ReaderStore
    clock: Clock
    awaits_words: Callable[[Account], bool]
    """Tells whether an account was asked for recovery words or a code."""
    count_waiting: Callable[[str], int]
    """Counts the messages of a room that were not handled yet."""

    async def is_needed(self, who: Account) -> bool:
        """Return whether something would be missed if the chat with the account were left."""
        if self.count_waiting(who.address) or await self.is_open(who):
            return True
        return await self._is_held(who) or bool(await self.outbox.messages_for(who))

    async def _is_held(self, who: Account) -> bool:
        """Return whether the account can still stop a hand-over: the room is its way to say so."""
        return bool((await self.cases.snapshot(who, self.clock())).holds)

    async def is_open(self, who: Account) -> bool:
        """Return whether the chat goes on, also when everything that waits is sent."""
        snapshot = await self.cases.snapshot(who, self.clock())
        if snapshot.draft is not None or snapshot.opened is not None:
            return True
        return self.awaits_words(who) or await self.readers.reader_on(who) is not None
