"""The port to what is at rest for reporters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from store.model.accounts import Account
from store.model.changes import Change
from store.model.outbox import DeletableMessages, OutboxMessage, SentMessages, TextRef
from store.model.snapshot import Snapshot
from store.model.turn import Decide, TurnResult


class CaseStore(Protocol):
    """What is at rest for reporters.

    Guaranteed: a turn is committed whole or not at all; what it erased has left the disk when
    ``turn`` or ``commit`` returns; the same message is committed once. Not guaranteed: that what
    was said is sent (``handlers.turn`` does that), or that a reader forgets what they fetched.
    """

    async def snapshot(self, who: Account, now: datetime, *, pieces: bool = False) -> Snapshot:
        """All that deciding and rendering need; the pieces only where asked for."""
        ...

    async def turn(
        self,
        who: Account,
        message: str,
        decide: Decide,
        now: datetime,
        *,
        pieces: bool = False,
        trace: str = "",
    ) -> TurnResult:
        """Load, decide and write in one transaction; not fresh, and nothing done, if seen."""
        ...

    async def commit(
        self,
        who: Account,
        message: str,
        changes: Sequence[Change],
        says: Sequence[TextRef],
        now: datetime,
        *,
        trace: str = "",
    ) -> bool:
        """One turn that was decided before; False, and nothing done, if it was committed."""
        ...

    async def waiting(self, who: Account, now: datetime) -> TurnResult:
        """What is to be said to this account, with what rendering needs."""
        ...

    async def waiting_accounts(self, platform: str) -> tuple[Account, ...]:
        """Everybody to whom something is still to be said there."""
        ...

    async def count(self, kind: str, who: Account, now: datetime) -> int:
        """One more of this kind by this account today; how many that makes."""
        ...

    async def begun(self, who: Account, now: datetime) -> int:
        """How many cases this account began today."""
        ...

    async def open_with_words(self, who: Account, text: str, now: datetime) -> bool | None:
        """True: opened. False: nothing is kept there. None: no such words."""
        ...

    async def find_by_code(self, text: str) -> bytes | None:
        """The case that four words may take back; slow on purpose."""
        ...

    async def take_back_by_code(
        self,
        who: Account,
        message: str,
        locator: bytes,
        say: TextRef,
        now: datetime,
        *,
        erase: bool,
        trace: str = "",
    ) -> bool:
        """Withdraw, or erase, with the code alone."""
        ...

    async def posts(self, who: Account) -> list[OutboxMessage]:
        """What is to be said to this account, in order."""
        ...

    async def tried(self, post: OutboxMessage) -> None:
        """It could not be sent, or nobody knows whether it was."""
        ...

    async def confirm(
        self, posts: Sequence[OutboxMessage], sent: Sequence[SentMessages] = ()
    ) -> None:
        """They were sent, or never can be; what stands in the chat since is remembered."""
        ...

    async def traces(self, who: Account) -> tuple[DeletableMessages, ...]:
        """What stands in this account's chat and may be cleaned away."""
        ...

    async def forget_traces(self, rows: Sequence[DeletableMessages]) -> None:
        """It is gone from there, or cannot go."""
        ...

    async def old_traces(
        self, platform: str, before_hour: int
    ) -> tuple[tuple[Account, tuple[DeletableMessages, ...]], ...]:
        """What will soon be too old to be cleaned, by account."""
        ...

    async def reachable(self, platform: str) -> tuple[Account, ...]:
        """Everybody there whose chat is remembered; not those who clean it themselves."""
        ...

    async def is_told(self, platform: str, revision: str) -> bool:
        """Whether everybody there who can be reached knows that this revision is recalled."""
        ...

    async def all_told(self, platform: str, revision: str) -> None:
        """They know."""
        ...
