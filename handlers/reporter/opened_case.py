"""The menu of a kept case that was opened with its words: read, withdraw, erase, hand over."""

from handlers.context import View
from handlers.outcome import ASK, TAKE_BACK, Outcome, say, saying
from handlers.reporter.erasing import ask_to_erase_opened, fetched_by
from handlers.reporter.markers import REOPENED
from handlers.reporter.questions import ASKED_ANEW, cleaning_choice
from handlers.reporter.standing import what_stands
from store.model.changes import CloseCase, ReleaseHandover, ReopenCase
from store.model.drafts import Draft, StoredAnswer
from store.model.permissions import DeliveryStage


def choose(view: View, choice: str) -> Outcome:
    """Carry out one line of the menu."""
    match choice:
        case "read":
            return saying(say("SHOW_ALL"), ASK)
        case "withdraw":
            return withdraw(view)
        case "now":
            return _release(view)
        case "share":
            return _reopen(view)
        case "erase":
            return ask_to_erase_opened(view)
        case _:
            return close(view)


def close(view: View) -> Outcome:
    """Forget the keys of the case until it is opened again."""
    return Outcome((CloseCase(),), (say("CLOSED", step=cleaning_choice(view)),))


def withdraw(view: View) -> Outcome:
    """Take back every hand-over that stands, and say who has fetched one already."""
    opened = view.snapshot.opened
    if opened is None or not opened.shares:
        return saying(say("NOTHING_SHARED"))
    readers = fetched_by(opened)
    withdrawn = say("WITHDRAWN_FETCHED", *readers) if readers else say("WITHDRAWN")
    return Outcome((TAKE_BACK,), (withdrawn, *what_stands(view.snapshot), ASK))


def _release(view: View) -> Outcome:
    """Hand over at once everything that is still held."""
    opened = view.snapshot.opened
    held = [s for s in opened.shares if s.stage is DeliveryStage.HELD] if opened else []
    readers = dict.fromkeys(r for s in held for r in s.readers)
    releases = tuple(ReleaseHandover(s.statement) for s in held)
    return Outcome(releases, (say("RELEASED", *readers), ASK)) if held else saying(ASK)


def _reopen(view: View) -> Outcome:
    """Make a draft of the case again, at the question who may read it.

    Every permission is asked anew.
    """
    opened = view.snapshot.opened
    flow = view.settings.newest(opened.revision if opened else "")
    stay = {s.id for s in flow.steps if s.kind not in ASKED_ANEW}
    answers = [a for a in (opened.answers if opened else ()) if a.step in stay]
    fork = (StoredAnswer(flow.fork.id, ("read",)),) if flow.fork else ()
    draft = Draft(flow.revision, flow.language, answers=(StoredAnswer(REOPENED), *answers, *fork))
    return Outcome((ReopenCase(draft),), (say("REOPENED"), ASK))
