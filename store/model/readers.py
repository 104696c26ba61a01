"""Readers as reporters see them, what waits for them, and the decisions on their commands."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from store.model.outbox import TextRef


@dataclass(frozen=True, slots=True)
class Reader:
    """A commission member as a reporter sees them. ``id`` is the fingerprint in hexadecimal."""

    id: str
    name: str
    about: str
    must_pass_on: bool
    other_keys: tuple[str, ...] = ()
    """Fingerprints of every other key of theirs, earlier or later, also from a time in office
    before: a ``never`` for one of those holds here too."""

    def is_among(self, ids: Collection[str]) -> bool:
        """Check whether one of these ids is of this reader, under any key of theirs."""
        return self.id in ids or any(key in ids for key in self.other_keys)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that waits for a reader: six Crockford characters, and whether it was fetched."""

    code: str
    fetched: bool
    """The reader has it, as far as this program can know: a chat took it, or a disk."""


@dataclass(frozen=True, slots=True)
class ReaderSnapshot:
    """All that is at rest about one account as a reader's."""

    linked: bool = False
    """The account belongs to a reader of the roster."""
    deliveries: tuple[Delivery, ...] = ()
    """What that reader can fetch."""
    names: tuple[str, ...] = ()
    """The readers in office."""
    invited: bool = False
    """An invitation of this account is open."""
    invitations_today: int = 0
    """How many were made for this account today."""
    wrong_digits_today: int = 0
    """How often everybody together typed wrong digits for an open invitation."""
    digits_fit: bool = False
    """The digits that were typed are those of the open invitation."""


@dataclass(frozen=True, slots=True)
class MakeInvitation:
    """Make an invitation for the reader with this name, and send its file."""

    name: str


@dataclass(frozen=True, slots=True)
class TryDigits:
    """Link the account if these are the digits of its invitation, otherwise count a try."""

    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SendDelivery:
    """Send the file of one of the reader's deliveries."""

    code: str


ReaderChange = MakeInvitation | TryDigits | SendDelivery


@dataclass(frozen=True, slots=True)
class ReaderDecision:
    """The decision about one command of a reader: files go before texts."""

    changes: tuple[ReaderChange, ...] = ()
    texts: tuple[TextRef, ...] = ()


DecideForReader = Callable[[ReaderSnapshot], ReaderDecision]
"""Pure: it is called inside the transaction, and called anew if the turn must begin again."""
