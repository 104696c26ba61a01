"""Define what follows a commit: values, returned by turns and dispatched in one place.

An effect is not stored. If the program ends before it is dispatched it is lost, so nothing that
must happen is one: what must be sent stands in the outbox.
"""

from dataclasses import dataclass, field

from handlers.context import View
from handlers.messages import Offer
from store.model.accounts import Account
from store.model.outbox import DeletableMessages, TextRef


@dataclass(frozen=True, slots=True)
class SendDirect:
    """Send a text that is never stored: help comes even if nothing else works."""

    account: Account
    text: TextRef
    view: View = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeleteMessage:
    """Delete a message that its reporter has just written."""

    account: Account
    message: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeleteAgeing:
    """Delete messages that will soon be too old for it."""

    account: Account
    messages: tuple[DeletableMessages, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class UpdateSelection:
    """Show other ticks on a question that is not answered yet."""

    account: Account
    message: str = field(repr=False)
    """The id of the message whose button was pressed."""
    offers: tuple[Offer, ...] = field(repr=False)
    view: View = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotifyOthers:
    """Have what waits for other accounts since a turn sent to them."""

    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class HoldBack:
    """Wait before the answer: it slows down somebody who tries many codes."""

    seconds: float


@dataclass(frozen=True, slots=True)
class PlatformEffect:
    """The base of effects that one platform defines, and its messenger performs."""


PostCommitEffect = (
    SendDirect
    | DeleteMessage
    | DeleteAgeing
    | UpdateSelection
    | NotifyOthers
    | HoldBack
    | PlatformEffect
)
"""Something to do after a commit. It may be tried again."""
