"""A kept case that was opened with its words: read, withdraw, erase, hand over now."""

from handlers.context import View
from handlers.outcome import ASK, TAKE_BACK, Outcome, say, saying
from handlers.reporter.questions import PERMITTING, REOPENED, cleaning
from store.model.changes import CloseCase, EraseCase, ReleaseHandover, ReopenCase
from store.model.drafts import Draft, StoredAnswer
from store.model.permissions import DeliveryStage
from store.model.snapshot import OpenedCase


def choose(view: View, choice: str) -> Outcome:
    """One line of the open case's menu."""
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
            return erase(view)
        case _:
            return Outcome((CloseCase(),), (say("CLOSED", step=cleaning(view)),))


def withdraw(view: View) -> Outcome:
    """Every hand-over that stands is taken back."""
    opened = view.snapshot.opened
    if opened is None or not opened.shares:
        return saying(say("NOTHING_SHARED"))
    readers = _fetched_by(opened)
    told = say("WITHDRAWN_FETCHED", *readers) if readers else say("WITHDRAWN")
    return Outcome((TAKE_BACK,), (told, ASK))


def erase(view: View) -> Outcome:
    """Everything goes; what a reader has already is said."""
    readers = _fetched_by(view.snapshot.opened)
    stays = (say("FETCHED_STAYS", *readers),) if readers else ()
    return Outcome((EraseCase(),), (say("ERASED", step=cleaning(view)), *stays))


def _fetched_by(opened: OpenedCase | None) -> tuple[str, ...]:
    """The readers who have it, each once."""
    shares = opened.shares if opened else ()
    fetched = (s for s in shares if s.stage is DeliveryStage.FETCHED)
    return tuple(dict.fromkeys(r for s in fetched for r in s.readers))


def _release(view: View) -> Outcome:
    opened = view.snapshot.opened
    held = [s for s in opened.shares if s.stage is DeliveryStage.HELD] if opened else []
    readers = dict.fromkeys(r for s in held for r in s.readers)
    releases = tuple(ReleaseHandover(s.statement) for s in held)
    return Outcome(releases, (say("RELEASED", *readers), ASK)) if held else saying(ASK)


def _reopen(view: View) -> Outcome:
    """The talk goes on where somebody is to read it; every permission is asked anew."""
    opened = view.snapshot.opened
    flow = view.settings.newest(opened.revision if opened else "")
    stay = {s.id for s in flow.steps if s.kind not in PERMITTING}
    answers = [a for a in (opened.answers if opened else ()) if a.step in stay]
    fork = (StoredAnswer(flow.fork.id, ("read",)),) if flow.fork else ()
    draft = Draft(flow.revision, flow.language, answers=(StoredAnswer(REOPENED), *answers, *fork))
    return Outcome((ReopenCase(draft),), (say("REOPENED"), ASK))
