"""Define the ports to the readers' side."""

from datetime import datetime
from typing import Protocol

from store.model.accounts import Account
from store.model.inbox import MessageKey
from store.model.outbox import OutboxMessage, Payload, SendStart
from store.model.readers import DecideForReader, ReaderSnapshot


class ReaderStore(Protocol):
    """Commits the turns of readers.

    Guaranteed: a turn is committed whole or not at all, and the same message once. Not
    guaranteed: that the person who types the digits is the one whom the roster names.
    """

    async def turn(
        self,
        account: Account,
        message: MessageKey,
        decide: DecideForReader,
        now: datetime,
        *,
        digits: str = "",
    ) -> bool:
        """Load, decide and write in one transaction; return False if processed before."""
        ...


class ReaderSource(Protocol):
    """Loads what is at rest for a reader."""

    async def snapshot(self, account: Account, now: datetime) -> ReaderSnapshot:
        """Load an account as a reader's; it may be anybody's."""
        ...


class PayloadStore(Protocol):
    """Builds the sealed payloads of the outbox, and records each step of sending one.

    Guaranteed: what was begun counts as fetched for its reporter, until it is undone; a
    withdrawal that was committed before ``begin`` keeps the file from being sent. Not guaranteed:
    that a file arrives once.
    """

    async def load(self, message: OutboxMessage) -> Payload | None:
        """Build the file of a row; None if its reader may not have it, or not any more."""
        ...

    async def begin(self, message: OutboxMessage) -> SendStart:
        """Record that the first byte is about to leave, unless the payload must be withheld."""
        ...

    async def undo(self, message: OutboxMessage) -> None:
        """Record that nothing of a first attempt can have arrived."""
        ...

    async def confirm(self, message: OutboxMessage) -> None:
        """Record that the platform has taken the file, and remove its row."""
        ...
