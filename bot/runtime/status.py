"""Tells the operator what is wrong with a connection: once, plainly, and when it is over."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.runtime.logs import Event, event

_log = logging.getLogger(__name__)

Tell = Callable[[str], None]


@dataclass(slots=True)
class StatusReporter:
    """Says each change, and no more; ``name`` is the platform's, as people know it."""

    tell: Tell
    name: str
    now: str = ""
    """The sentence that holds at the moment."""

    def say(self, sentence: str, kind: Event, error: BaseException) -> None:
        """Something is wrong."""
        if sentence != self.now:
            self.now = sentence
            event(_log, kind, error=error, platform=self.name.casefold())
            self.tell(sentence)

    def fine(self) -> None:
        """An answer came."""
        if self.now:
            self.now = ""
            event(_log, Event.REACHED, platform=self.name.casefold())
            self.tell(f"{self.name} is there again.")
