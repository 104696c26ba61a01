"""Remember whom the welcome was just said to, and who was told something that asks for nothing.

Who writes three lines at once reads the welcome once, and nobody answers one that was not said.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from handlers.messages import IncomingMessage, LastAnswer
from handlers.outcome import ASK, HELLO_TO_WORDS, SHOWING_QUESTION, Outcome
from handlers.recent_notes import RecentNotes
from handlers.reporter.awaited import GOODBYE
from handlers.reporter.markers import SAFE

GREETED_FOR = timedelta(minutes=10)
"""Later, somebody who writes again may not have the welcome before them any more."""

UNASKED_FOR = timedelta(hours=12)
"""Later, a bare *yes* may mean anything: then the welcome is taken as said, as after a restart."""


@dataclass(slots=True)
class RecentGreetings:
    """The accounts of one platform that were just greeted, or asked nothing, in memory only."""

    greeted: RecentNotes[bool] = field(
        default_factory=partial(RecentNotes, GREETED_FOR), repr=False
    )
    """Who was last answered with it, or with what is said in its place."""

    unasked: RecentNotes[bool] = field(
        default_factory=partial(RecentNotes, UNASKED_FOR), repr=False
    )
    """Who was last told something that asks for nothing."""

    def last_answer(self, incoming: IncomingMessage, now: datetime) -> LastAnswer:
        """Return what stands right above this message."""
        if self.greeted.get(incoming.who.name, now) is not None:
            return LastAnswer.WELCOME
        unasked = self.unasked.get(incoming.who.name, now) is not None
        return LastAnswer.NO_QUESTION if unasked else LastAnswer.OTHER

    def note(self, incoming: IncomingMessage, outcome: Outcome, now: datetime) -> None:
        """Note what was answered: after anything else than the welcome it is said again.

        What was only explained below it leaves it in sight.
        """
        said = {text.sentence for text in outcome.says}
        name, greeted = incoming.who.name, self.last_answer(incoming, now) is LastAnswer.WELCOME
        explained = greeted and said & EXPLAINING and GOODBYE not in outcome.says
        # What waits can be counted at the hello, and at the question about it in a talk.
        welcomed = said & WELCOMING and outcome.asks in {"", SAFE}
        in_sight = welcomed or explained
        self.greeted.set(name, True if in_sight else None, now)
        if said:  # help alone leaves what was asked where it stands
            asks = in_sight or said & SHOWING_QUESTION or outcome.waiting is not None
            self.unasked.set(name, None if asks else True, now)


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
