"""Messages to be sent, and messages that were sent."""

from dataclasses import dataclass, field

from store.model.accounts import Account


@dataclass(frozen=True, slots=True)
class TextRef:
    """A message to be rendered when it is sent: a sentence by name, never typed words."""

    sentence: str
    step: str = ""
    ids: tuple[str, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A row of the outbox, opened: what to say to whom, and by which id it is confirmed."""

    id: bytes = field(repr=False)
    to: Account
    text: TextRef
    repeated: bool
    """It was tried before: it is sent without a sound, and may arrive twice."""


@dataclass(frozen=True, slots=True)
class SentMessages:
    """Messages that a platform took, by the ids that it gave them."""

    to: Account
    ids: tuple[str, ...] = field(repr=False)
    lasting: bool
    """They stay until the conversation ends: recovery words, help lines."""
    deletable: bool
    """They are to be remembered for cleaning the chat."""


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
