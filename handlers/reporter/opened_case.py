"""The menu of a kept case that was opened with its words: read, withdraw, erase, hand over."""

import re
from collections.abc import Sequence
from dataclasses import replace

import flows
from flows import Flow, Kind
from handlers.context import View
from handlers.outcome import ASK, Outcome, say, saying, take_back
from handlers.permissions.added import standing_readers
from handlers.permissions.contact import contact_marks
from handlers.reporter import additions, joining
from handlers.reporter.asking_again import ASKED_ANEW
from handlers.reporter.erasing import ask_to_erase_opened, fetched_by
from handlers.reporter.listening import understood
from handlers.reporter.markers import CLEAN, CONTACT, REOPENED, as_kept, flow_answers
from handlers.reporter.questions import cleaning_choice
from handlers.reporter.standing import what_stands
from handlers.texts.sayings import Saying
from store.model.changes import CloseCase, KeepLonger, ReleaseHandover, ReopenCase
from store.model.drafts import ADDED_BEFORE, SHARED_BEFORE, Draft, StoredAnswer
from store.model.permissions import DeliveryStage
from store.model.snapshot import OpenedCase

_ENDS_SENTENCE = re.compile(r"[.!?…,;:\n]")


def choose(view: View, choice: str) -> Outcome:
    """Carry out one line of the menu."""
    match choice:
        case "read":
            return saying(say("SHOW_ALL"), ASK)
        case "withdraw":
            return withdraw(view)
        case "now":
            return _release(view)
        case "add":
            return additions.begin(view)
        case "change":
            return _reopen(view)
        case "renew":
            return _renew(view)
        case "join":
            return joining.ask_for_words()
        case "erase":
            return ask_to_erase_opened(view)
        case _:
            return close(view)


def refuse_words(view: View, text: str, *, told: bool) -> Outcome:
    """Say that words were not kept; who began with what asks to add something is asked for it.

    ``told``: they tell something, and are no answer that could not be read.
    """
    first, *_ = _ENDS_SENTENCE.split(text.strip(), maxsplit=1)
    if view.snapshot.kept and understood(first) is Saying.ADD:
        begun = additions.begin(view)
        return replace(begun, says=(say("NOT_SAVED"), *begun.says))
    return saying(say("NOT_ADDED" if told else "CHOOSE"), ASK)


def close(view: View) -> Outcome:
    """Forget the keys of the case until it is opened again."""
    return Outcome((CloseCase(),), (say("CLOSED", step=cleaning_choice(view)),))


def withdraw(view: View) -> Outcome:
    """Take back every hand-over that stands, and say who has fetched one already."""
    opened = view.snapshot.opened
    if opened is None or not opened.shares:
        return saying(say("NOTHING_SHARED"))
    readers = fetched_by(opened)
    unread = say("WITHDRAWN_LATE" if view.snapshot.taken_back else "WITHDRAWN")
    withdrawn = say("WITHDRAWN_FETCHED", *readers) if readers else unread
    return Outcome((take_back(view.texts),), (withdrawn, *what_stands(view.snapshot), ASK))


def _release(view: View) -> Outcome:
    """Hand over at once everything that is still held."""
    opened = view.snapshot.opened
    held = [s for s in opened.shares if s.stage is DeliveryStage.HELD] if opened else []
    readers = dict.fromkeys(r for s in held for r in s.readers)
    releases = tuple(ReleaseHandover(s.statement) for s in held)
    return Outcome(releases, (say("RELEASED", *readers), ASK)) if held else saying(ASK)


def _renew(view: View) -> Outcome:
    """Keep the case as long as one that is kept from now on."""
    opened = view.snapshot.opened
    until = str(opened.renewed if opened else view.snapshot.until)
    return Outcome((KeepLonger(),), (say("KEPT_LONGER", until), ASK))


def _reopen(view: View) -> Outcome:
    """Make a draft of the case again, at the question who may read it, or at the overview.

    Every permission is asked anew, unless it stands and was given in the words of now: then the
    overview shows it, and each line can be changed. Until the second yes all stays as it is.
    """
    opened = view.snapshot.opened
    flow = view.settings.newest(opened.revision if opened else "")
    parts = _parts_shared(view)
    if opened is not None and parts and flow.revision == opened.revision:
        return _reopen_at_overview(view, opened, parts)
    stay = {s.id for s in flow.steps if s.kind not in ASKED_ANEW}
    kept = as_kept(opened.answers if opened else ())
    told = [a for a in kept if a.step in stay]
    added = [a for a in kept if a.step in {ADDED_BEFORE, SHARED_BEFORE}]
    fork = (StoredAnswer(flow.fork.id, ("read",)),) if flow.fork else ()
    answers = (StoredAnswer(REOPENED, parts), _contact(kept), *told, *fork, *added)
    draft = Draft(flow.revision, flow.language, answers=answers)
    return Outcome((ReopenCase(draft),), (say("REOPENED"), ASK))


def _parts_shared(view: View) -> tuple[str, ...]:
    """Return the parts that those who can read the story were given; none where nobody can."""
    opened = view.snapshot.opened
    if opened is None or not standing_readers(view.snapshot):
        return ()
    answers = flow_answers(Draft("", "", answers=opened.answers))
    return tuple(sorted(flows.permissions(view.settings.flow_of(view.snapshot), answers).parts))


def _reopen_at_overview(view: View, opened: OpenedCase, parts: tuple[str, ...]) -> Outcome:
    """Make a draft with all answers of before, and with who may read it now."""
    flow = view.settings.flow_of(view.snapshot)
    stands = {"read": standing_readers(view.snapshot), "keep": _yes_to_keeping(view, flow)}
    answers = list[StoredAnswer]()
    for answer in as_kept(opened.answers):
        step = flow.step(answer.step)
        if answer.step == CLEAN or (step is not None and step.kind is Kind.REVIEW):
            continue
        choices = stands.get(step.asks or "") if step and step.kind is Kind.PERMISSION else None
        if choices is None:
            answers.append(answer)
        elif choices:
            answers.append(StoredAnswer(answer.step, choices))
    reopened = (StoredAnswer(REOPENED, parts), _contact(opened.answers))
    draft = Draft(flow.revision, flow.language, answers=(*reopened, *answers))
    return Outcome((ReopenCase(draft),), (say("REOPENED"), ASK))


def _contact(answers: Sequence[StoredAnswer]) -> StoredAnswer:
    """Return the marker by which a changed way to reach the reporter is noticed."""
    return StoredAnswer(CONTACT, contact_marks(flow_answers(Draft("", "", answers=(*answers,)))))


def _yes_to_keeping(view: View, flow: Flow) -> tuple[str, ...]:
    """Return the yes to keeping the case if it is kept; nothing if that is to be asked anew."""
    step = flow.permission_step("keep")
    if step is None or not view.snapshot.kept:
        return ()
    return tuple(c.id for c in step.choices if c.id != step.refusal)[:1]
