"""Tell the operator, once, that the database's disk is full or nearly so, and when it is over."""

import logging
from dataclasses import dataclass

from bot.runtime.disk_space import DiskSpace
from bot.runtime.logs import Event, event
from bot.runtime.status import NotifyOperator

_log = logging.getLogger(__name__)

FULL = (
    "The database's disk is full, so nothing that people send can be stored or answered. It waits "
    "at its platform, at Telegram for a day, and nothing that is stored is lost. Make room; the "
    "bot goes on by itself."
)
NEARLY_FULL = (
    "The database's disk is nearly full: less than limits.free_disk_mib is free. Nothing new is "
    "taken, and people are told so; stopping, taking back and erasing go on. Make room; the bot "
    "goes on by itself."
)
ROOM = "The database's disk has room again."


@dataclass(slots=True)
class DiskStatus:
    """What the operator knows of the disk."""

    disk: DiskSpace
    notify_operator: NotifyOperator
    current: str = ""
    """The sentence that was said last, if that is not over; else empty."""

    def report(self) -> None:
        """Report how the disk is, if that is other than what was reported."""
        now = FULL if self.disk.is_full else "" if self.disk.is_enough() else NEARLY_FULL
        if now != self.current:
            self.current = now
            event(_log, Event.DISK_FULL if now else Event.DISK_ROOM)
            self.notify_operator(now or ROOM)
