"""Remember who was asked for recovery words, and for what; not for ever."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers.outcome import LookupPurpose

AWAITED_FOR = timedelta(hours=12)
"""Long enough to find a paper. Later, somebody who writes begins with something else."""


@dataclass(slots=True)
class AwaitedWords:
    """The accounts of one platform whose next words are looked up, in memory only."""

    asked: OrderedDict[str, tuple[LookupPurpose, datetime]] = field(
        default_factory=OrderedDict, repr=False
    )
    """What for, and when each was asked last, the latest last."""

    def purpose(self, account: str, now: datetime) -> LookupPurpose | None:
        """Return what the next words of an account are for; None if none are awaited."""
        purpose, since = self.asked.get(account, (None, now))
        return purpose if _is_recent(since, now) else None

    def note(self, account: str, purpose: LookupPurpose | None, now: datetime) -> None:
        """Note for what words are awaited now, if they are."""
        self.asked.pop(account, None)
        if purpose is not None:
            self.asked[account] = (purpose, now)
        while self.asked and not _is_recent(next(iter(self.asked.values()))[1], now):
            self.asked.popitem(last=False)


def _is_recent(since: datetime, now: datetime) -> bool:
    return timedelta(0) <= now - since < AWAITED_FOR
