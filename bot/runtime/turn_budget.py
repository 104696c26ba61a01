"""How many messages of one chat are handled in a minute, so that nobody takes everybody's time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.runtime.rate_limits import Monotonic
from store.model.inbox import InboxRow, WaitingMessage

MINUTE_SECONDS = 60.0
SWEEP_CHATS = 1024
"""So many chats are remembered before those that have their whole budget again are forgotten."""

Notify = Callable[[WaitingMessage | InboxRow], Awaitable[None]]
"""Lets whoever sent this, which waits, know that it takes a little longer; it never raises."""


async def nobody(_: WaitingMessage | InboxRow) -> None:
    """Let nobody know."""


@dataclass(slots=True)
class TurnBudget:
    """The turns of each chat: so many in a minute, and as many at once after a pause."""

    monotonic: Monotonic
    a_minute: int
    notify: Notify = field(default=nobody, repr=False)
    """Called once for a chat that has to wait, until it has its whole budget again."""
    spent_until: dict[str, float] = field(default_factory=dict, repr=False)
    """By chat, when the turns that it had would be over, had they been spread evenly."""
    told: set[str] = field(default_factory=set, repr=False)
    """Chats that know that they have to wait."""

    def left(self, chat: str) -> float:
        """Return for how many seconds the next turn of this chat is before its time."""
        ahead = self.spent_until.get(chat, 0.0) - self.monotonic()
        return max(0.0, ahead - MINUTE_SECONDS + self._seconds)

    def is_news(self, chat: str) -> bool:
        """Return whether a chat does not know yet that it has to wait; from now on it does."""
        if chat in self.told:
            return False
        self.told.add(chat)
        return True

    def count(self, chat: str) -> None:
        """Note that a chat has a turn."""
        now = self.monotonic()
        if self.spent_until.get(chat, now + 1) <= now:
            self.told.discard(chat)
        if len(self.spent_until) >= SWEEP_CHATS and chat not in self.spent_until:
            self.spent_until = {c: until for c, until in self.spent_until.items() if until > now}
            self.told &= self.spent_until.keys()
        self.spent_until[chat] = max(now, self.spent_until.get(chat, now)) + self._seconds

    @property
    def _seconds(self) -> float:
        return MINUTE_SECONDS / self.a_minute
