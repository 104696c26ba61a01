"""Staging of long answers: sealed before their turn, which then keeps them.

A turn waits for nothing but its transaction. What takes longer (to fetch, to seal, to write) is
prepared before it, for one message of an account after the other, while the account's turns go
on. If the program ends in between, the message comes again and is staged anew.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from handlers.account_locks import AccountLocks
from handlers.context import Clock
from handlers.messages import IncomingMessage, TextMessage
from handlers.ports.stores import StagingStore
from store.model.accounts import Account
from store.model.changes import Change, KeepStaged, SealItem
from store.model.snapshot import Snapshot

LONG = 16 * 1024
"""Characters beyond which a message is staged: so many can make a whole chunk of 64 KiB."""


@dataclass(frozen=True, slots=True)
class AnswerStaging:
    """Stages the long answers of one platform."""

    store: StagingStore
    clock: Clock
    locks: AccountLocks = field(default_factory=AccountLocks)
    """Held while a long message of an account is prepared and processed."""

    @asynccontextmanager
    async def of(
        self, account: Account, answer: SealItem | None
    ) -> AsyncIterator[KeepStaged | None]:
        """Stage an answer, if there is one, for as long as the context lasts.

        Give the change that keeps it, or None if the account has no case any more. What was not
        kept by then is deleted.
        """
        staged = await self.store.stage(account, answer, self.clock()) if answer else None
        try:
            yield staged
        finally:
            if staged is not None:
                await self.store.discard(staged)


def is_long(incoming: IncomingMessage) -> bool:
    """Return whether the answer in a message may have to be staged."""
    return isinstance(incoming.heard, TextMessage) and len(incoming.heard.shown) > LONG


def long_answer(
    incoming: IncomingMessage, snapshot: Snapshot, changes: Sequence[Change]
) -> SealItem | None:
    """Find the answer among the changes that must be staged; None if there is none.

    An edited message replaces an item of the same id, so it is sealed in its turn however long it
    is; so is one that begins a case, because nobody has the key of that case before.
    """
    if not is_long(incoming) or snapshot.draft is None:
        return None
    answers = (change for change in changes if isinstance(change, SealItem))
    return next(answers, None)
