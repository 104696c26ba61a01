"""Remember to whom the help lines were just shown unasked: a burst of messages has them once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from handlers.outcome import say
from handlers.recent_notes import RecentNotes
from store.model.accounts import Account
from store.model.outbox import TextRef

BURST = timedelta(seconds=60)
DANGER = say("DANGER")


@dataclass(slots=True)
class RecentDanger:
    """The accounts of one platform that were just shown them, in memory and for a minute."""

    shown: RecentNotes[bool] = field(default_factory=partial(RecentNotes, BURST), repr=False)

    def without_repetition(
        self, account: Account, texts: Sequence[TextRef], now: datetime
    ) -> tuple[TextRef, ...]:
        """Leave them out if they stand right above; help that was asked for always comes."""
        is_in_sight = self.shown.get(account.name, now)
        if DANGER not in texts:
            return tuple(texts)
        if is_in_sight:
            return tuple(text for text in texts if text != DANGER)
        self.shown.set(account.name, note=True, now=now)
        return tuple(texts)
