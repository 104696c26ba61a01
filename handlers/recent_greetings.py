"""Remember whom the welcome was just said to: who writes three lines at once reads it once."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from handlers.messages import IncomingMessage
from handlers.outcome import ASK, HELLO_TO_WORDS, Outcome
from handlers.recent_notes import RecentNotes

GREETED_FOR = timedelta(minutes=10)
"""Later, somebody who writes again may not have the welcome before them any more."""


@dataclass(slots=True)
class RecentGreetings:
    """The accounts of one platform that were just greeted, in memory and for minutes."""

    greeted: RecentNotes[bool] = field(
        default_factory=partial(RecentNotes, GREETED_FOR), repr=False
    )
    """Who was last answered with it, or with what is said in its place."""

    def is_recent(self, incoming: IncomingMessage, now: datetime) -> bool:
        """Return whether the welcome stands right above this message."""
        return self.greeted.get(incoming.who.name, now) is not None

    def note(self, incoming: IncomingMessage, outcome: Outcome, now: datetime) -> None:
        """Note what was answered: after anything else than the welcome it is said again.

        What was only explained below it leaves it in sight.
        """
        said = {text.sentence for text in outcome.says}
        in_sight = said & WELCOMING or (self.is_recent(incoming, now) and said & EXPLAINING)
        self.greeted.set(incoming.who.name, True if in_sight else None, now)


WELCOMING = frozenset({"HELLO", "NOT_BEGUN", "ASIDE_FIRST", "ASIDE_FIRST_MORE", "ASIDE_HELD"})
"""The welcome, and what is said after it to somebody who wrote before the first choice."""
EXPLAINING = frozenset({"HEARD", "CANNOT_SKIP", "ONLY_ENGLISH", "WHICH_LANGUAGE"})
"""Answers to somebody who asks something before the first choice."""


def without_hello(outcome: Outcome) -> Outcome:
    """Leave the welcome out for somebody who only wrote on; ``/start`` asks for it."""
    if HELLO_TO_WORDS not in outcome.says:
        return outcome
    rest = tuple(text for text in outcome.says if text != HELLO_TO_WORDS)
    return replace(outcome, says=rest or (ASK,))
