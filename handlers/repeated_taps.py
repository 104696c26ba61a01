"""Tell a second tap of one button from a new one: fingers tap twice, and slow chats twice more.

The answer to the first tap is on its way then. Once more the same would be asked or shown twice.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers.messages import IncomingMessage, UnresolvedPress

REPEATED_WITHIN = timedelta(seconds=5)
"""Later, somebody who taps the same button looks for an answer."""


@dataclass(frozen=True, slots=True)
class _Tap:
    token: str = field(repr=False)
    at: datetime


@dataclass(slots=True)
class RecentTaps:
    """Remember the last tap of each account, in memory and for seconds."""

    taps: OrderedDict[str, _Tap] = field(default_factory=OrderedDict, repr=False)
    """By account, the latest last."""

    def is_repeated(self, incoming: IncomingMessage, now: datetime) -> bool:
        """Return whether this is the button that the account has just pressed."""
        heard, last = incoming.heard, self.taps.get(incoming.who.name)
        if last is None or not isinstance(heard, UnresolvedPress):
            return False
        return last.token == heard.token and _is_recent(last, now)

    def note(self, incoming: IncomingMessage, now: datetime) -> None:
        """Note a message that was handled; whatever it is, an earlier tap is not the last."""
        self.taps.pop(incoming.who.name, None)
        if isinstance(incoming.heard, UnresolvedPress):
            self.taps[incoming.who.name] = _Tap(incoming.heard.token, now)
        while self.taps and not _is_recent(next(iter(self.taps.values())), now):
            self.taps.popitem(last=False)


def _is_recent(tap: _Tap, now: datetime) -> bool:
    return timedelta(0) <= now - tap.at < REPEATED_WITHIN
