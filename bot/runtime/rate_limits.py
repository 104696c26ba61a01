"""How long to wait before a platform is asked again: for one chat, and for all of them.

A flood wait holds its chat. If a second chat is told to wait meanwhile, the limit is everybody's,
and everybody waits. If nothing gets through at all, everybody waits as well, longer each time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

MARGIN_SECONDS = 0.1
FIRST_SECONDS = 1.0
LONGEST_SECONDS = 30.0
FAILURES = 5
"""So many calls without an answer, one after the other, and the platform is away."""

Monotonic = Callable[[], float]


def backoff(failures: int) -> float:
    """One second, doubling to thirty."""
    return min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(failures, 10))


@dataclass(slots=True)
class RateLimiter:
    """What is known about when to ask again."""

    monotonic: Monotonic
    chats: dict[str, float] = field(default_factory=dict, repr=False)
    everybody: float = 0.0
    failures: int = 0

    def left(self, chat: str) -> float:
        """Seconds that this chat is still to wait."""
        return max(0.0, self.everybody - self.monotonic(), self._chat(chat))

    def _chat(self, chat: str) -> float:
        left = self.chats.get(chat, 0.0) - self.monotonic()
        if left <= 0:
            self.chats.pop(chat, None)
        return left

    def flooded(self, chat: str, after: float) -> None:
        """The platform asked to wait."""
        until = self.monotonic() + after + MARGIN_SECONDS
        if any(self._chat(other) > 0 for other in list(self.chats) if other != chat):
            self.everybody = max(self.everybody, until)
        self.chats[chat] = until

    def failed(self, chat: str, tries: int) -> None:
        """No answer, or none that helps."""
        now = self.monotonic()
        self.failures += 1
        self.chats[chat] = now + backoff(tries)
        if self.failures >= FAILURES:
            self.everybody = now + backoff(self.failures - FAILURES)

    def succeeded(self) -> None:
        """Something got through."""
        self.failures = 0
