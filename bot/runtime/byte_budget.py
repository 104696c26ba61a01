"""How much one chat may tell in a day, so that nobody fills the disk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from store.model.clock import day_of

LITTLE_LEFT_AT = 80
"""When so many hundredths of a day's bytes came, this is said, before nothing more is taken."""


@dataclass(slots=True)
class ByteBudget:
    """The bytes that came from each chat today, in memory: a restart begins anew."""

    clock: Callable[[], datetime]
    a_day: int
    day: int = 0
    spent: dict[str, int] = field(default_factory=dict, repr=False)

    def is_spent(self, chat: str, coming: int = 0) -> bool:
        """Return whether a chat has sent as much as it may today, with what is just coming."""
        self._begin_day()
        return self.spent.get(chat, 0) + coming >= self.a_day

    def leaves_little(self, chat: str, coming: int, size: int) -> bool:
        """Return whether these bytes, behind what is just coming, are those that leave little."""
        self._begin_day()
        before, mark = self.spent.get(chat, 0) + coming, self.a_day * LITTLE_LEFT_AT // 100
        return before < mark <= before + size < self.a_day

    def count(self, chat: str, size: int) -> None:
        """Note so many bytes of a chat."""
        self._begin_day()
        self.spent[chat] = self.spent.get(chat, 0) + size

    def _begin_day(self) -> None:
        today = day_of(self.clock())
        if today != self.day:
            self.day = today
            self.spent = {}
