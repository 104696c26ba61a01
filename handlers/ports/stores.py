"""Define the ports to what is at rest for reporters, one for each need."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from store.model.accounts import Account
from store.model.changes import Change
from store.model.outbox import DeletableMessages, OutboxMessage, SentMessages, TextRef
from store.model.snapshot import Snapshot
from store.model.turn import Decide, TurnResult


class SnapshotSource(Protocol):
    """Loads what is at rest for an account."""

    async def snapshot(self, account: Account, now: datetime, *, pieces: bool = False) -> Snapshot:
        """Load all that deciding and rendering need; the pieces only if asked for."""
        ...


class CaseStore(Protocol):
    """Commits turns.

    Guaranteed: a turn is committed whole or not at all; what it erased has left the disk when
    ``turn`` or ``commit`` returns; the same message is committed once. Not guaranteed: that what
    a turn answers is sent, or that a reader forgets what they fetched.
    """

    async def turn(
        self,
        account: Account,
        message: str,
        decide: Decide,
        now: datetime,
        *,
        pieces: bool = False,
        chat_message: str = "",
    ) -> TurnResult:
        """Load, decide and write in one transaction; not fresh if processed before."""
        ...

    async def commit(
        self,
        account: Account,
        message: str,
        changes: Sequence[Change],
        texts: Sequence[TextRef],
        now: datetime,
        *,
        chat_message: str = "",
    ) -> bool:
        """Write a turn that was decided before; return False if it was processed before."""
        ...

    async def pending(self, account: Account, now: datetime) -> TurnResult:
        """Load what waits to be sent to an account, with what rendering it needs."""
        ...


class RecoveryStore(Protocol):
    """Opens cases and takes them back for people who come with words or a code."""

    async def count(self, kind: str, account: Account, now: datetime) -> int:
        """Count one more act of this kind, and return how many there were today."""
        ...

    async def open_with_words(self, account: Account, text: str, now: datetime) -> bool | None:
        """Open a case; return False if nothing is kept there, None if these are no such words."""
        ...

    async def find_by_code(self, text: str) -> bytes | None:
        """Find the case that four words may take back; slow on purpose."""
        ...

    async def take_back_by_code(
        self,
        account: Account,
        message: str,
        locator: bytes,
        answer: TextRef,
        now: datetime,
        *,
        erase: bool,
        chat_message: str = "",
    ) -> bool:
        """Withdraw, or erase, with the code alone."""
        ...


class BegunCases(Protocol):
    """Knows how many cases an account began."""

    async def cases_begun(self, account: Account, now: datetime) -> int:
        """Return how many cases this account began today."""
        ...


class OutboxStore(Protocol):
    """Holds messages until they are sent."""

    async def messages_for(self, account: Account) -> list[OutboxMessage]:
        """Return the messages that wait for this account, in order."""
        ...

    async def record_attempt(self, message: OutboxMessage) -> None:
        """Record that a message could not be sent, or that nobody knows whether it was."""
        ...

    async def confirm(
        self, messages: Sequence[OutboxMessage], sent: Sequence[SentMessages] = ()
    ) -> None:
        """Remove messages that were sent or never can be; remember what stands in the chat."""
        ...


class WaitingAccounts(Protocol):
    """Knows for whom something waits."""

    async def waiting_accounts(self, platform: str) -> tuple[Account, ...]:
        """Return every account of a platform for which a message waits."""
        ...


class ReachableAccounts(Protocol):
    """Knows who can be written to."""

    async def reachable_accounts(self, platform: str) -> tuple[Account, ...]:
        """Return every account of a platform whose chat is remembered.

        Reporters who clean their chat without help are not among them.
        """
        ...


class DeletableMessageStore(Protocol):
    """Remembers what can be deleted from chats."""

    async def of_account(self, account: Account) -> tuple[DeletableMessages, ...]:
        """Return what stands in this account's chat and may be deleted."""
        ...

    async def forget(self, messages: Sequence[DeletableMessages]) -> None:
        """Forget messages that were deleted, or cannot be."""
        ...

    async def ageing(
        self, platform: str, until_hour: int
    ) -> tuple[tuple[Account, tuple[DeletableMessages, ...]], ...]:
        """Return what came in this hour or before, by account."""
        ...


class RevisionStore(Protocol):
    """Remembers which recalls were announced."""

    async def is_recall_announced(self, platform: str, revision: str) -> bool:
        """Return whether every reachable account was told that this revision is recalled."""
        ...

    async def record_recall_announced(self, platform: str, revision: str) -> None:
        """Record that every reachable account was told."""
        ...
