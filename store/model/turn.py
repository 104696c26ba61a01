"""The decision that a turn commits, and the result of committing it."""

from collections.abc import Callable
from dataclasses import dataclass

from store.model.changes import Change
from store.model.outbox import OutboxMessage, TextRef
from store.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision about one message; with nothing in it, nothing is written."""

    changes: tuple[Change, ...] = ()
    texts: tuple[TextRef, ...] = ()
    deletable: bool = False
    """Remember the message's id on its platform, so that the chat can be cleaned later."""


Decide = Callable[[Snapshot], Decision]
"""Pure: it is called inside the transaction, and called anew if the turn must begin again."""


@dataclass(frozen=True, slots=True)
class TurnResult:
    """The result of a turn: what rendering needs, and the messages that wait, in order."""

    snapshot: Snapshot
    messages: tuple[OutboxMessage, ...]
    fresh: bool
    """False: the message was handled before, and nothing was done now."""
