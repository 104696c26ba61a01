"""Tell the operator, once, that hand-overs wait for a platform that is not heard."""

import logging
from dataclasses import dataclass

from bot.runtime.logs import Event, event
from bot.runtime.status import NotifyOperator
from store.inbox.watermarks import Watermarks

_log = logging.getLogger(__name__)

WAITING = (
    "Hand-overs whose hour has come are not released yet, because {platforms} cannot be heard and "
    "somebody may have stopped theirs there; mend the connection, or its part of the config, and "
    "half an hour later they are released by themselves."
)


@dataclass(slots=True)
class ReleaseStatus:
    """What the operator knows of hand-overs that wait."""

    watermarks: Watermarks
    notify_operator: NotifyOperator
    reported: bool = False

    def report(self, *, waiting: bool) -> None:
        """Report that hand-overs wait for a platform, unless that was reported already."""
        platforms = self.watermarks.unheard() if waiting else ()
        if platforms and not self.reported:
            event(_log, Event.RELEASES_WAIT)
            names = " and ".join(platform.capitalize() for platform in platforms)
            self.notify_operator(WAITING.format(platforms=names))
        self.reported = waiting and (self.reported or bool(platforms))
