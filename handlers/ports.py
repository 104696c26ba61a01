"""What the handlers need from outside, as contracts, with what each does not guarantee."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from handlers.messages import Platform, Reply
from store.records import Account, Change, Delivery, Post, Say, Situation


class Casebook(Protocol):
    """What is at rest for reporters.

    Guaranteed: a turn is committed whole or not at all; what it erased has left the disk when
    ``commit`` returns; the same message is committed once. Not guaranteed: that what was said is
    sent (``handlers.desk`` does that), that a situation still holds when a turn is committed (one
    lane an account takes care of that), or that a reader forgets what they fetched.
    """

    async def is_seen(self, who: Account, message: str) -> bool:
        """Whether this message was committed before."""
        ...

    async def situation(self, who: Account, now: datetime, *, pieces: bool = False) -> Situation:
        """All that deciding and rendering need; the pieces only where asked for."""
        ...

    async def commit(
        self,
        who: Account,
        message: str,
        changes: Sequence[Change],
        says: Sequence[Say],
        now: datetime,
    ) -> bool:
        """One turn; False, and nothing done, if the message was committed meanwhile."""
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
        self, who: Account, message: str, locator: bytes, say: Say, now: datetime, *, erase: bool
    ) -> bool:
        """Withdraw, or erase, with the code alone."""
        ...

    async def posts(self, who: Account) -> list[Post]:
        """What is to be said to this account, in order."""
        ...

    async def tried(self, post: Post) -> None:
        """An attempt to send begins."""
        ...

    async def confirm(self, posts: Sequence[Post]) -> None:
        """They were sent."""
        ...


Member = TypeVar("Member")
"""A reader as the store knows them; the handlers only pass them on."""


class ReaderDesk(Protocol[Member]):
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
    """One platform, as far as sending goes.

    Guaranteed: ``send`` returns only when the platform has taken the message. Not guaranteed:
    that it arrives once (an answer can be lost after the effect), or that anybody reads it.
    """

    @property
    def platform(self) -> Platform:
        """What this platform can do and see."""
        ...

    async def send(self, to: Account, reply: Reply) -> None:
        """One message."""
        ...

    async def send_file(self, to: Account, name: str, data: bytes) -> None:
        """One file."""
        ...


class ReaderCommands(Protocol):
    """Where a reader's slash commands go."""

    async def on_command(self, who: Account, name: str, rest: str) -> None:
        """One command, answered at once."""
        ...
