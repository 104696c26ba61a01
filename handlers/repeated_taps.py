"""Tell a second tap of one button from a new one: fingers tap twice, and slow chats twice more.

The answer to the first tap is on its way then. Once more the same would be asked or shown twice.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from handlers.messages import IncomingMessage, UnresolvedPress
from handlers.recent_notes import RecentNotes

REPEATED_WITHIN = timedelta(seconds=5)
"""Later, somebody who taps the same button looks for an answer."""


@dataclass(slots=True)
class RecentTaps:
    """Remember the last tap of each account, in memory and for seconds."""

    tokens: RecentNotes[str] = field(
        default_factory=partial(RecentNotes, REPEATED_WITHIN), repr=False
    )

    def is_repeated(self, incoming: IncomingMessage, now: datetime) -> bool:
        """Return whether this is the button that the account has just pressed."""
        token = _token(incoming)
        return token is not None and token == self.tokens.get(incoming.who.name, now)

    def note(self, incoming: IncomingMessage, now: datetime) -> None:
        """Note a message that was handled; whatever it is, an earlier tap is not the last."""
        self.tokens.set(incoming.who.name, _token(incoming), now)


def _token(incoming: IncomingMessage) -> str | None:
    return incoming.heard.token if isinstance(incoming.heard, UnresolvedPress) else None
