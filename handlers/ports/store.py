"""What the handlers need from outside, as contracts, with what each does not guarantee.

What can become of a message that is sent::

    SendError
    ├── Undelivered   not now: the platform is away or asks for patience; it may have arrived
    ├── Gone          never: this account cannot be written to any more
    └── Refused       not this message: the platform does not take it
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from handlers.messages import PlatformFacts, Reply
from store.model.accounts import Account
from store.model.changes import Change
from store.model.outbox import DeletableMessages, OutboxMessage, SentMessages, TextRef
from store.model.readers import Delivery
from store.model.snapshot import Snapshot
from store.model.turn import Decide, TurnResult


class SendError(Exception):
    """A message was not sent; the message of the error never holds what it was."""


class Undelivered(SendError):
    """Not now; ``after`` is how many seconds the platform asks to wait, 0 if it does not say."""

    def __init__(self, message: str, after: float = 0.0) -> None:
        super().__init__(message)
        self.after = after


class RecipientGone(SendError):
    """This account cannot be written to any more: it blocked the bot, or does not exist."""


class MessageRefused(SendError):
    """The platform does not take this message, and will not take it later."""


class CaseStore(Protocol):
    """What is at rest for reporters.

    Guaranteed: a turn is committed whole or not at all; what it erased has left the disk when
    ``turn`` or ``commit`` returns; the same message is committed once. Not guaranteed: that what
    was said is sent (``handlers.turn`` does that), or that a reader forgets what they fetched.
    """

    async def situation(self, who: Account, now: datetime, *, pieces: bool = False) -> Snapshot:
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


Member = TypeVar("Member")
"""A reader as the store knows them; the handlers only pass them on."""


class ReaderStore(Protocol[Member]):
    """What readers do. Not guaranteed: that whoever types the digits is who the roster says."""

    def named(self, name: str, now: datetime) -> Member | None:
        """The active reader with this name."""
        ...

    async def reader_on(self, who: Account) -> Member | None:
        """Which reader this account belongs to."""
        ...

    async def invite(self, who: Account, member: Member, now: datetime) -> bytes:
        """The sealed file with the eight digits that link this account."""
        ...

    async def join(self, who: Account, digits: str, now: datetime) -> bool:
        """Whether these were the digits."""
        ...

    async def inbox(self, member: Member) -> tuple[Delivery, ...]:
        """What waits for this reader."""
        ...

    async def bundle(self, member: Member, code: str) -> bytes:
        """A delivery as a file; raises for any that is not theirs to fetch."""
        ...

    async def fetched(self, member: Member, code: str) -> None:
        """The file is safely with its reader."""
        ...


class Messenger(Protocol):
    """One platform, as far as sending goes. Every method may raise ``SendError``.

    Guaranteed: ``send`` returns only when the platform has taken the message. Not guaranteed:
    that it arrives once (an answer can be lost after the effect), or that anybody reads it.
    """

    @property
    def platform(self) -> PlatformFacts:
        """What this platform can do and see."""
        ...

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        """The reply in as many messages as it needs here, at least one."""
        ...

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        """One message; by which id it can be deleted, where it can."""
        ...

    async def send_file(self, to: Account, name: str, data: bytes) -> None:
        """One file."""
        ...

    async def mark(self, to: Account, message: str, reply: Reply) -> None:
        """The buttons of a message that stands in the chat become those of this reply."""
        ...

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        """Take messages out of the chat, on both sides; how many could not be.

        ``hour``: hours since 1970 when the oldest came; 0 if all are new. What is gone already
        counts as deleted.
        """
        ...

    async def leave(self, to: Account) -> None:
        """The talk is over and all of it is said: what is held only for it may go."""
        ...


class ReaderCommands(Protocol):
    """Where a reader's slash commands go."""

    async def on_command(self, who: Account, name: str, rest: str) -> None:
        """One command, answered at once."""
        ...

    async def reads_on(self, who: Account) -> bool:
        """Whether this account is a reader's."""
        ...
