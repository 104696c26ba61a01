"""Messages that wait in the inbox until they are handled."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AcceptedMessage:
    """One message of a platform that is to be kept until it is handled."""

    id: str = field(repr=False)
    """The platform's own, by which a message that comes twice is kept once."""
    chat: str = field(repr=False)
    """Messages of one chat are handled one after the other, in the order in which they came."""
    content: bytes = field(repr=False)
    """What handling it needs, in the platform's own form."""
    sent: datetime
    """When it was sent, as the platform says; where it does not, when it came."""
    one_of: str = field(default="", repr=False)
    """Of those of a batch with the same, only the first that is new is kept; if it is empty, each
    that is new."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """The number of a row of the inbox, which the turn of its message deletes."""

    seq: int


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A message that waits in the inbox."""

    row: InboxRow
    chat: str = field(repr=False)
    tries: int
    """How often handling it failed."""
    starts: int
    """How often the program ended while it was handled, perhaps because of it."""
    content: bytes = field(repr=False)
    id: str = field(default="", repr=False, compare=False)
    """The platform's own, as long as it was just accepted: no row says it."""
    at_start: bool = False
    """It was the first of its chat when the program started: an end may have been its doing."""


MessageKey = str | InboxRow
"""By what a turn knows its message: the row in which it waits, or the platform's id of one that is
handled without having waited. With either it counts once."""
