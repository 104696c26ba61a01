"""Remember something of accounts for a while, in memory only."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class RecentNotes(Generic[T]):
    """Hold one note for each account of one platform until it is old or the clock goes back."""

    kept_for: timedelta
    _notes: OrderedDict[str, tuple[T, datetime]] = field(default_factory=OrderedDict, repr=False)
    """With the time of each, the latest last."""

    def __len__(self) -> int:
        """Return how many notes are held, those included that are old and not dropped yet."""
        return len(self._notes)

    def get(self, account: str, now: datetime) -> T | None:
        """Return what is noted of an account; None if nothing is, or not any more."""
        self._drop_old(now)
        note, since = self._notes.get(account, (None, now))
        return note if self._is_recent(since, now) else None

    def set(self, account: str, note: T | None, now: datetime) -> None:
        """Note something of an account, or nothing, in place of its note before."""
        self._notes.pop(account, None)
        if note is not None:
            self._notes[account] = (note, now)
        self._drop_old(now)

    def _drop_old(self, now: datetime) -> None:
        while self._notes and not self._is_recent(next(iter(self._notes.values()))[1], now):
            self._notes.popitem(last=False)

    def _is_recent(self, since: datetime, now: datetime) -> bool:
        return timedelta(0) <= now - since < self.kept_for
