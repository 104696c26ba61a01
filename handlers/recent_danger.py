"""Remember to whom the help lines were just shown unasked: a burst of messages has them once."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers.outcome import say
from store.model.accounts import Account
from store.model.outbox import TextRef

BURST = timedelta(seconds=60)
DANGER = say("DANGER")


@dataclass(slots=True)
class RecentDanger:
    """The accounts of one platform that were just shown them, in memory and for a minute."""

    shown: OrderedDict[str, datetime] = field(default_factory=OrderedDict, repr=False)

    def without_repetition(
        self, account: Account, texts: Sequence[TextRef], now: datetime
    ) -> tuple[TextRef, ...]:
        """Leave them out if they stand right above; help that was asked for always comes."""
        while self.shown and not _is_recent(next(iter(self.shown.values())), now):
            self.shown.popitem(last=False)
        if DANGER not in texts:
            return tuple(texts)
        if account.name in self.shown:
            return tuple(text for text in texts if text != DANGER)
        self.shown[account.name] = now
        return tuple(texts)


def _is_recent(shown: datetime, now: datetime) -> bool:
    return timedelta(0) <= now - shown < BURST
