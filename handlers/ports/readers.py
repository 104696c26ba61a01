"""Define the ports to the readers' side."""

from datetime import datetime
from typing import Protocol, TypeVar

from store.model.accounts import Account
from store.model.readers import Delivery

Member = TypeVar("Member")
"""A reader as the store knows them; the handlers only pass them on."""


class ReaderStore(Protocol[Member]):
    """Links readers and hands deliveries over.

    Not guaranteed: that the person who types the digits is the one whom the roster names.
    """

    def named(self, name: str, now: datetime) -> Member | None:
        """Find the active reader with this name."""
        ...

    async def reader_on(self, who: Account) -> Member | None:
        """Find the reader to whom this account belongs."""
        ...

    async def invite(self, who: Account, member: Member, now: datetime) -> bytes:
        """Make the sealed file with the eight digits that link this account."""
        ...

    async def join(self, who: Account, digits: str, now: datetime) -> bool:
        """Link the account, and return whether these were the digits."""
        ...

    async def deliveries(self, member: Member) -> tuple[Delivery, ...]:
        """List what waits for this reader."""
        ...

    async def bundle(self, member: Member, code: str) -> bytes:
        """Build a delivery as a file; raise for any that is not theirs to fetch."""
        ...

    async def record_fetch(self, member: Member, code: str) -> None:
        """Record that the file is safely with its reader."""
        ...


class ReaderCommands(Protocol):
    """Handle the readers' commands."""

    async def handle_command(self, account: Account, name: str, argument: str) -> None:
        """Do what one command asks for, and answer at once."""
        ...

    async def is_reader(self, account: Account) -> bool:
        """Return whether this account is a reader's."""
        ...
