"""The decision that a turn commits, what it may need for it, and the result of committing it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from store.model.accounts import Account
from store.model.changes import Change, KeepStaged
from store.model.drafts import Piece, StoredAnswer
from store.model.outbox import DeletableMessages, DeletionRef, OutboxMessage, TextRef
from store.model.snapshot import Snapshot


class Need(Enum):
    """Something slow that a decision cannot be made without, met outside of the transaction."""

    PIECES = auto()
    """The pieces of the story, opened."""
    CODE = auto()
    """A new take-back code, stretched."""
    LOOKUP = auto()
    """The case that typed words or a code belong to."""
    STAGED = auto()
    """An answer that is too long for one transaction, sealed and written before this one."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision about one message; with nothing in it, nothing is written."""

    changes: tuple[Change, ...] = ()
    texts: tuple[TextRef | DeletionRef, ...] = ()
    deletable: bool = False
    """Remember the message's id on its platform, so that the chat can be cleaned later."""
    cleans: bool = False
    """The chat is cleaned with the answer, or all of it forgotten: the result names what can be
    deleted from it."""
    needs: Need | None = None
    """Nothing is written: the decision is made anew once this is met."""


Decide = Callable[[Snapshot], Decision]
"""Pure: it is called inside the transaction, and called anew if the turn must begin again."""


@dataclass(frozen=True, slots=True)
class NewCode:
    """A take-back code that was drawn and stretched, and is in nobody's use."""

    number: int = field(repr=False)
    id: bytes = field(repr=False)
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case that twelve words open; its answers as they were when its conversation ended."""

    entropy: bytes = field(repr=False)
    answers: tuple[StoredAnswer, ...] = field(default=(), repr=False)
    revision: str = ""
    """Of the questionnaire that it ended with; empty if that is not known."""
    language: str = "en"
    """In which it ended."""


@dataclass(frozen=True, slots=True)
class Supplies:
    """What was fetched for a turn before its transaction."""

    pieces: Mapping[str, Piece | None] | None = field(default=None, repr=False)
    """By item, None for one that is gone. A draft that has others since needs them anew."""
    code: NewCode | None = field(default=None, repr=False)
    found: FoundCase | None = None
    """The turn sees this case as opened, unless the account has a draft."""
    other: FoundCase | None = None
    """A second case, which may be joined to the one that is open."""
    staged: KeepStaged | None = None
    """The change that keeps what was staged."""


NOTHING_SUPPLIED = Supplies()


@dataclass(frozen=True, slots=True)
class TurnResult:
    """The result of a turn: what rendering needs, and the messages that wait, in order."""

    snapshot: Snapshot
    messages: tuple[OutboxMessage, ...]
    fresh: bool
    """False: the message was handled before, and nothing was done now."""
    needs: Need | None = None
    """Nothing was done: the turn is to be run again with this."""
    deletable: tuple[DeletableMessages, ...] | None = None
    """What can be deleted from the chat; None if that was not read."""
    notified: tuple[Account, ...] = ()
    """Accounts for which a message waits because of this turn, besides its own answer."""
