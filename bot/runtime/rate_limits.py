"""Decide how long to wait before a platform is asked again, for one chat and for all.

A refusal ("too many requests") holds its chat. Whether it says anything about everybody depends on
the chat: one that was written to faster than its pace has caused the refusal itself. Only when
two chats that were within their pace are refused, everybody waits. If nothing gets through at
all, everybody waits as well, longer each time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

MARGIN_SECONDS = 0.1
FIRST_SECONDS = 1.0
LONGEST_SECONDS = 30.0
FAILURES = 5
"""How many calls in a row must fail before the platform counts as away."""

SWEEP_CHATS = 256
"""So many chats are remembered before those without anything to remember are looked for."""

Monotonic = Callable[[], float]


def backoff(failures: int) -> float:
    """Return how many seconds to wait after so many failures: one, doubling to thirty."""
    return min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(failures, 10))


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform lets a bot write to one chat."""

    seconds: float
    """The time between two messages that the platform promises to accept in the long run."""
    burst: int
    """How many messages may go at once after a pause, as long as none is refused."""
    steady: int
    """How many calls at once still count as within the pace if one of them is refused."""


@dataclass(slots=True)
class ChatLimit:
    """What is remembered about one chat; each time is one of the clock that the limiter has."""

    held_until: float = 0.0
    """The end of the wait after a refusal or a failure."""
    messages_until: float = 0.0
    """When the messages so far would all be sent, had they been spread evenly."""
    calls_until: float = 0.0
    """The same of everything that was asked for the chat, deletions included."""
    too_fast: bool = False
    """The last call came faster than the pace."""


@dataclass(slots=True)
class RateLimiter:
    """The times at which each chat, and everybody, may be written to again.

    Without a ``pace`` the platform limits the bot and not its chats, so that every refusal counts
    as one of a chat within its pace.
    """

    monotonic: Monotonic
    pace: Pace | None = None
    chats: dict[str, ChatLimit] = field(default_factory=dict, repr=False)
    refused: dict[str, float] = field(default_factory=dict, repr=False)
    """Until when chats wait that were refused although they were within their pace."""
    everybody: float = 0.0
    failures: int = 0
    sweep_at: int = field(default=SWEEP_CHATS, repr=False)

    def left(self, chat: str) -> float:
        """Return for how many seconds this chat must still wait after a refusal or a failure."""
        return max(0.0, self.everybody - self.monotonic(), self._chat_left(chat))

    def _chat_left(self, chat: str) -> float:
        limit, now = self.chats.get(chat), self.monotonic()
        if limit is None:
            return 0.0
        if _is_idle(limit, now):
            del self.chats[chat]
        return limit.held_until - now

    def pace_left(self, chat: str) -> float:
        """Return for how many seconds the next message to this chat is before its time."""
        limit = self.chats.get(chat)
        if self.pace is None or limit is None:
            return 0.0
        ahead = limit.messages_until - self.monotonic()
        return max(0.0, ahead - (self.pace.burst - 1) * self.pace.seconds)

    def count_message(self, chat: str) -> None:
        """Note that a message is sent to a chat, or one in it is changed."""
        if self.pace is not None:
            limit = self._limit(chat)
            limit.messages_until = max(self.monotonic(), limit.messages_until) + self.pace.seconds
            self.count_calls(chat)

    def count_calls(self, chat: str, number: int = 1) -> None:
        """Note that the platform is asked for so many things in a chat; messages are counted."""
        if self.pace is not None:
            limit, now = self._limit(chat), self.monotonic()
            limit.calls_until = max(now, limit.calls_until) + number * self.pace.seconds
            limit.too_fast = limit.calls_until - now > self.pace.steady * self.pace.seconds

    def flooded(self, chat: str, after: float) -> None:
        """Note that the platform asked a chat to wait for so many seconds."""
        now = self.monotonic()
        until = now + after + MARGIN_SECONDS
        limit = self._limit(chat)
        limit.held_until = until
        if self.pace is not None and limit.too_fast:
            # It starts without an allowance: what is refused again right after is its own fault.
            spent = until + (self.pace.burst - 1) * self.pace.seconds
            limit.messages_until = max(limit.messages_until, spent)
            limit.calls_until = max(limit.calls_until, spent)
            return
        self.refused = {other: end for other, end in self.refused.items() if end > now}
        if any(other != chat for other in self.refused):
            self.everybody = max(self.everybody, until)
        self.refused[chat] = until

    def failed(self, chat: str, tries: int) -> None:
        """Note that a call for a chat failed, after so many tries before."""
        now = self.monotonic()
        self.failures += 1
        self._limit(chat).held_until = now + backoff(tries)
        if self.failures >= FAILURES:
            self.everybody = now + backoff(self.failures - FAILURES)

    def succeeded(self) -> None:
        """Note that a call succeeded, so that the platform is there."""
        self.failures = 0

    def _limit(self, chat: str) -> ChatLimit:
        limit = self.chats.get(chat)
        if limit is None:
            if len(self.chats) >= self.sweep_at:
                self._sweep()
            limit = self.chats[chat] = ChatLimit()
        return limit

    def _sweep(self) -> None:
        """Forget chats whose times are over; half of those remembered must have come since."""
        now = self.monotonic()
        self.chats = {c: limit for c, limit in self.chats.items() if not _is_idle(limit, now)}
        self.sweep_at = max(SWEEP_CHATS, 2 * len(self.chats))


def _is_idle(limit: ChatLimit, now: float) -> bool:
    return max(limit.held_until, limit.messages_until, limit.calls_until) <= now
