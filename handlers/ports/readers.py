"""The ports to what readers do."""

from datetime import datetime
from typing import Protocol, TypeVar

from store.model.accounts import Account
from store.model.readers import Delivery

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

    async def deliveries(self, member: Member) -> tuple[Delivery, ...]:
        """What waits for this reader."""
        ...

    async def bundle(self, member: Member, code: str) -> bytes:
        """A delivery as a file; raises for any that is not theirs to fetch."""
        ...

    async def record_fetch(self, member: Member, code: str) -> None:
        """The file is safely with its reader."""
        ...


class ReaderCommands(Protocol):
    """Handle the readers' commands."""

    async def handle_command(self, account: Account, name: str, argument: str) -> None:
        """Do what one command asks for, and answer at once."""
        ...

    async def is_reader(self, account: Account) -> bool:
        """Return whether this account is a reader's."""
        ...
