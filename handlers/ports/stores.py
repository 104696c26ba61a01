"""Define the ports to what is at rest for reporters, one for each need."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from store.model.accounts import Account
from store.model.changes import Change, KeepStaged, SealItem
from store.model.drafts import Piece
from store.model.inbox import MessageKey
from store.model.outbox import (
    NOTHING_FORGOTTEN,
    DeletableMessages,
    DeletionRef,
    ForgottenMessages,
    OutboxMessage,
    SentMessages,
    TextRef,
)
from store.model.snapshot import Snapshot
from store.model.turn import (
    NOTHING_SUPPLIED,
    Decide,
    FoundCase,
    NewCode,
    Supplies,
    TurnResult,
)


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
        message: MessageKey,
        decide: Decide,
        now: datetime,
        supplies: Supplies = NOTHING_SUPPLIED,
        *,
        chat_message: str = "",
    ) -> TurnResult:
        """Load, decide and write in one transaction; not fresh if processed before.

        Where the decision needs something, nothing is done, and the result says what.
        """
        ...

    async def open_pieces(self, account: Account, now: datetime) -> Mapping[str, Piece | None]:
        """Open the pieces of the account's story for a turn that needs them."""
        ...

    def expects_handover(self, account: Account) -> bool:
        """Return whether the account may hand over next; known from memory, if at all."""
        ...

    def expects_handovers(self) -> bool:
        """Return whether any account may hand over next."""
        ...

    async def supplies_for_handover(self, account: Account, now: datetime) -> Supplies:
        """Supply what a hand-over needs, so far as it is ready; an unused code is given back."""
        ...

    def give_back(self, code: NewCode) -> None:
        """Take back a code that was supplied to a turn which did not use it."""
        ...

    async def new_code(self) -> NewCode:
        """Draw and stretch a take-back code for a turn that needs one; slow on purpose."""
        ...

    async def commit(
        self,
        account: Account,
        message: MessageKey,
        changes: Sequence[Change],
        texts: Sequence[TextRef | DeletionRef],
        now: datetime,
        *,
        chat_message: str = "",
    ) -> bool:
        """Write a turn that was decided before; return False if it was processed before."""
        ...

    async def discard(self, account: Account, message: MessageKey, now: datetime) -> bool:
        """Count a message as processed, without a look at what is at rest for its account."""
        ...

    async def pending(self, account: Account, now: datetime) -> TurnResult:
        """Load what waits to be sent to an account, with what rendering it needs."""
        ...


class StagingStore(Protocol):
    """Writes what a turn will keep, before the turn.

    Guaranteed: what is staged is seen by nobody before a turn keeps it, and goes if none does, at
    the latest after some hours. Not guaranteed: that it is still there when the turn comes.
    """

    async def stage(self, account: Account, answer: SealItem, now: datetime) -> KeepStaged | None:
        """Seal an answer to the case of the account's draft; None if there is none any more."""
        ...

    async def discard(self, staged: KeepStaged) -> None:
        """Delete what was staged, unless a turn has kept it."""
        ...


class RecoveryStore(Protocol):
    """Finds the cases of people who come with words or a code."""

    async def count(self, kind: str, account: Account, now: datetime) -> int:
        """Count one more act of this kind, and return how many there were today."""
        ...

    def are_words(self, text: str) -> bool:
        """Return whether this can be twelve recovery words."""
        ...

    def are_code(self, text: str) -> bool:
        """Return whether this can be a take-back code."""
        ...

    def unlisted_places(self, text: str) -> tuple[int, ...]:
        """Return the places, from 1, of the words that stand in no list of recovery words."""
        ...

    async def find_by_words(self, text: str) -> FoundCase | None:
        """Find the case of twelve words; return None if nothing is kept under them."""
        ...

    async def find_by_code(self, text: str) -> bytes | None:
        """Find the case that four words may take back; slow on purpose."""
        ...

    async def is_kept(self, locator: bytes) -> bool:
        """Return whether the case stays when nobody may read it any more."""
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
        self,
        messages: Sequence[OutboxMessage],
        sent: Sequence[SentMessages] = (),
        forgotten: ForgottenMessages = NOTHING_FORGOTTEN,
    ) -> None:
        """Remove messages that were sent or never can be; remember what stands in the chat.

        Forget in the same transaction what was deleted from it before.
        """
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
