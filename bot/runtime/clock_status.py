"""Tell the operator, once, that the machine's clock is not believed, and when it is again."""

import logging
from dataclasses import dataclass
from datetime import datetime

from bot.runtime.logs import Event, event
from bot.runtime.status import NotifyOperator
from store.steady_clock import SteadyClock

_log = logging.getLogger(__name__)

MINUTE = "%Y-%m-%d %H:%M UTC"

DOUBTED = (
    "The machine's clock says {clock}; by what the bot has seen of time it is {told}. Until you "
    "have decided, nothing is handed over or erased before its time has really passed. If the "
    "clock is wrong, set it. If it is right, because the bot was off for long or its database "
    "was restored, confirm it with 'holdfast clock --confirm'."
)
BELIEVED = "The machine's clock is believed again: what is due follows it."


def doubt_of(clock: datetime, told: datetime) -> str:
    """Say that the machine's clock is not believed, and what to do."""
    return DOUBTED.format(clock=clock.strftime(MINUTE), told=told.strftime(MINUTE))


@dataclass(slots=True)
class ClockStatus:
    """What the operator knows of the machine's clock."""

    clock: SteadyClock
    notify_operator: NotifyOperator
    is_doubted: bool = False

    def report(self) -> None:
        """Report a change since the last time."""
        before, self.is_doubted = self.is_doubted, bool(self.clock.difference())
        if self.is_doubted == before:
            return
        event(_log, Event.CLOCK_DOUBTED if self.is_doubted else Event.CLOCK_BELIEVED)
        doubt = doubt_of(self.clock.wall(), self.clock())
        self.notify_operator(doubt if self.is_doubted else BELIEVED)
