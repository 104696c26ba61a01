"""Decide how long to wait before a platform is asked again, for one chat and for all.

A flood wait holds its chat. If a second chat is told to wait meanwhile, the limit is everybody's,
and everybody waits. If nothing gets through at all, everybody waits as well, longer each time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

MARGIN_SECONDS = 0.1
FIRST_SECONDS = 1.0
LONGEST_SECONDS = 30.0
FAILURES = 5
"""How many calls in a row must fail before the platform counts as away."""

Monotonic = Callable[[], float]


def backoff(failures: int) -> float:
    """Return how many seconds to wait after so many failures: one, doubling to thirty."""
    return min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(failures, 10))


@dataclass(slots=True)
class RateLimiter:
    """The times at which each chat, and everybody, may be written to again."""

    monotonic: Monotonic
    chats: dict[str, float] = field(default_factory=dict, repr=False)
    everybody: float = 0.0
    failures: int = 0

    def left(self, chat: str) -> float:
        """Return for how many seconds this chat must still wait."""
        return max(0.0, self.everybody - self.monotonic(), self._chat_left(chat))

    def _chat_left(self, chat: str) -> float:
        left = self.chats.get(chat, 0.0) - self.monotonic()
        if left <= 0:
            self.chats.pop(chat, None)
        return left

    def flooded(self, chat: str, after: float) -> None:
        """Note that the platform asked a chat to wait for so many seconds."""
        until = self.monotonic() + after + MARGIN_SECONDS
        if any(self._chat_left(other) > 0 for other in list(self.chats) if other != chat):
            self.everybody = max(self.everybody, until)
        self.chats[chat] = until

    def failed(self, chat: str, tries: int) -> None:
        """Note that a call for a chat failed, after so many tries before."""
        now = self.monotonic()
        self.failures += 1
        self.chats[chat] = now + backoff(tries)
        if self.failures >= FAILURES:
            self.everybody = now + backoff(self.failures - FAILURES)

    def succeeded(self) -> None:
        """Note that a call succeeded, so that the platform is there."""
        self.failures = 0
