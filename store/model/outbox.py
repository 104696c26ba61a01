"""Messages to be sent, and messages that were sent."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto

from store.model.accounts import Account


@dataclass(frozen=True, slots=True)
class TextRef:
    """A message to be rendered when it is sent: a sentence by name, never typed words."""

    sentence: str
    step: str = ""
    ids: tuple[str, ...] = ()
    language: str = "en"
    """In which it is said; empty if in that of the account when it is sent."""


class PayloadKind(StrEnum):
    """What a sealed payload is."""

    INVITATION = "invitation"
    """The file with the digits that link a reader's account, sealed to the reader."""
    DELIVERY = "delivery"
    """The file of a delivery, built from its rows when it is sent."""


@dataclass(frozen=True, slots=True)
class PayloadRef:
    """A sealed payload to be sent as a file: its kind, and the id by which it is found."""

    kind: PayloadKind
    id: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeletionRef:
    """A message of the account that is to be deleted from its chat: recovery words stand in it."""

    message: str = field(repr=False)
    """The platform's id of it."""


OutboxContent = TextRef | PayloadRef | DeletionRef


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A row of the outbox, opened: what to send to whom, and by which id it is confirmed."""

    id: bytes = field(repr=False)
    to: Account
    content: OutboxContent
    repeated: bool
    """It was tried before: it is sent without a sound, and may arrive twice."""

    @property
    def sentence(self) -> str:
        """Return the name of the sentence; empty for anything but a text."""
        return self.content.sentence if isinstance(self.content, TextRef) else ""


@dataclass(frozen=True, slots=True)
class Payload:
    """A sealed payload as the file that is sent."""

    name: str
    data: bytes = field(repr=False)


class SendStart(Enum):
    """What was found when the beginning of a send was to be recorded."""

    WITHHELD = auto()
    """Nothing was recorded: the reader may not have the payload, or not any more."""
    FIRST = auto()
    """Nothing of it can have arrived before."""
    REPEATED = auto()
    """It may have arrived before."""


@dataclass(frozen=True, slots=True)
class SentMessages:
    """Messages that a platform took, by the ids that it gave them."""

    to: Account
    ids: tuple[str, ...] = field(repr=False)
    lasting: bool
    """They stay until the conversation ends: recovery words, help lines."""
    deletable: bool
    """They are to be remembered for cleaning the chat."""
    hold: str = field(default="", repr=False)
    """They stay while this hand-over can be stopped, by their button; empty for all others."""


@dataclass(frozen=True, slots=True)
class DeletableMessages:
    """Messages in a chat that can still be cleaned, as one row remembers them."""

    row: bytes = field(repr=False)
    ids: tuple[str, ...] = field(repr=False)
    hour: int
    """Hour since 1970 at which the oldest of them came."""
    lasting: bool
    address: str = field(repr=False)
    """The chat they stand in: on Matrix an account can have stood in several rooms."""
    hold: str = field(default="", repr=False)
    """As in ``SentMessages``."""


@dataclass(frozen=True, slots=True)
class ForgottenMessages:
    """Messages in a chat that need not be cleaned any more."""

    messages: tuple[DeletableMessages, ...] = ()


NOTHING_FORGOTTEN = ForgottenMessages()
