"""Tell whether the bot still needs the chat with an account."""

from collections.abc import Container
from dataclasses import dataclass, field

from handlers.context import Clock
from store.cases.case_store import CaseStore
from store.model.accounts import Account
from store.readers.reader_store import ReaderStore


@dataclass(frozen=True, slots=True)
class RoomUsage:
    """Looks for open business; ``expected`` holds the accounts whose next words are awaited."""

    case_store: CaseStore
    readers: ReaderStore
    clock: Clock
    expected: Container[str] = field(repr=False)

    async def is_needed(self, who: Account) -> bool:
        """Return whether something would be missed if the chat with the account were left."""
        snapshot = await self.case_store.snapshot(who, self.clock())
        if snapshot.draft is not None or snapshot.opened is not None:
            return True
        if await self.case_store.posts(who) or who.name in self.expected:
            return True
        return await self.readers.reader_on(who) is not None
