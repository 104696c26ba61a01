"""Report to the operator what is wrong with a connection: once, plainly, and when it is over."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.runtime.logs import Event, event

_log = logging.getLogger(__name__)

NotifyOperator = Callable[[str], None]
"""Shows one sentence to the operator; it never says anything about a reporter."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a connection."""

    sentence: str
    """Tells the operator what is wrong and what to do about it."""
    event: Event
    """What the log says."""


@dataclass(slots=True)
class StatusReporter:
    """Report each change of one platform's connection, and nothing twice."""

    notify_operator: NotifyOperator
    title: str
    """The platform's name as people write it."""
    current: str = ""
    """The sentence of the problem that there is at the moment; empty if there is none."""

    def report(self, problem: Problem, error: BaseException) -> None:
        """Report a problem, unless it is the one that was reported last."""
        if problem.sentence != self.current:
            self.current = problem.sentence
            event(_log, problem.event, error=error, platform=self.title.casefold())
            self.notify_operator(problem.sentence)

    def recovered(self) -> None:
        """Report that the platform answers again, if there was a problem."""
        if self.current:
            self.current = ""
            event(_log, Event.REACHED_AGAIN, platform=self.title.casefold())
            self.notify_operator(f"{self.title} is there again.")
