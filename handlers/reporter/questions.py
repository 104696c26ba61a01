"""The talk's own frame around the questionnaire: which question is open now.

No position is stored. It follows from the answers, the phase, and the bot's own marks among the
answers: steps whose names begin with ``bot.``, which no questionnaire can use.
"""

from dataclasses import dataclass, replace

import flows
from flows import Answer, Answers, Flow, Kind, Step
from handlers.context import View
from handlers.messages import Offer
from handlers.texts import english as words
from store.model.drafts import Draft, Phase, StoredAnswer

OWN = "bot."
SAFE = "bot.safe"
KIND = "bot.kind"
RECALLED = "bot.recalled"
CLEAN = "bot.clean"
STOP = "bot.stop"
ERASE = "bot.erase"
AGAIN = "bot.again"
PIECE = "bot.piece"
OVERVIEW = "bot.overview"
REVIEW = "bot.review"
CODE = "bot.code"
BACK = "bot.back"
ASKED = "bot.asked"
CASE = "bot.case"
REOPENED = "bot.reopened"

PERMITTING = frozenset({Kind.FORK, Kind.PERMISSION, Kind.DETAIL, Kind.REVIEW})
"""What is asked anew whenever a talk goes on in other words."""

BEGINS = "begin."
"""Before the name of a questionnaire: the choice that begins it."""

MARKS = (STOP, ERASE, PIECE)
"""Asked in between, in this order; the question that was open stays open behind them."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is open: one of the bot's own questions, or a step of the questionnaire."""

    id: str
    offers: tuple[Offer, ...] = ()
    several: bool = False
    step: Step | None = None
    free: bool = False
    """Words are taken as an answer."""


def own(step: str, *choices: str) -> tuple[Offer, ...]:
    """The bot's own choices of a question, with their labels."""
    return tuple(Offer(choice, words.LABELS[f"{step}.{choice}"]) for choice in choices)


def mark_of(draft: Draft, step: str) -> StoredAnswer | None:
    """The bot's own mark of this name, if it is set."""
    return next((a for a in draft.answers if a.step == step), None)


def with_mark(draft: Draft, mark: StoredAnswer) -> Draft:
    """The draft with this mark set, in place of an earlier one."""
    return replace(draft, answers=(*without_mark(draft, mark.step).answers, mark))


def without_mark(draft: Draft, *steps: str) -> Draft:
    """The draft without these marks."""
    return replace(draft, answers=tuple(a for a in draft.answers if a.step not in steps))


def flow_answers(draft: Draft) -> Answers:
    """The answers that the questionnaire knows."""
    return tuple(
        Answer(a.step, a.choices, a.items, a.closed)
        for a in draft.answers
        if not a.step.startswith(OWN)
    )


def with_answers(draft: Draft, answers: Answers) -> Draft:
    """The draft with these answers; the bot's own marks stay."""
    marks = tuple(a for a in draft.answers if a.step.startswith(OWN))
    told = tuple(StoredAnswer(a.step, a.choices, a.items, a.closed) for a in answers)
    return replace(draft, answers=(*marks, *told))


def bound_flow(view: View) -> Flow:
    """The questionnaire of this talk, with the readers' names bound."""
    return view.settings.flow_of(view.snapshot)


def open_question(view: View) -> Question:
    """The question that is open for this account."""
    snapshot = view.snapshot
    if snapshot.draft is not None:
        return _of_draft(view, snapshot.draft)
    if snapshot.opened is not None:
        return _of_case(view)
    return Question(SAFE, (*_beginnings(view), *own("safe", "no", "back")))


def _beginnings(view: View) -> tuple[Offer, ...]:
    """The yes to *can you type safely here*; with several questionnaires it says which one.

    So choosing among them costs nobody a further message or choice.
    """
    if not view.settings.more:
        return own("safe", "go")
    return tuple(Offer(f"{BEGINS}{f.name}", f.choose) for f in view.settings.offered)


def _of_draft(view: View, draft: Draft) -> Question:
    mark = next((m for m in MARKS if mark_of(draft, m)), None)
    return beneath(view, draft) if mark is None else _of_mark(view, draft, mark)


def _of_mark(view: View, draft: Draft, mark: str) -> Question:
    match mark:
        case "bot.stop":
            last = "story" if asked(view, draft).free else "go"
            return Question(STOP, own("stop", "keep", "erase", last))
        case "bot.erase":
            return Question(ERASE, own("erase", "no", "yes"))
        case _:
            return Question(PIECE, own("piece", "back", "out"))


def beneath(view: View, draft: Draft) -> Question:
    """The question that is open apart from what was asked in between."""
    if is_taken_back(view, draft):
        return Question(RECALLED, own("recalled", "again", "later", "erase"))
    return asked(view, draft)


def is_taken_back(view: View, draft: Draft) -> bool:
    """Whether nothing more may be answered: nobody said yes to anything in these words yet.

    Where somebody did, they must be able to get to their ways back; they are told.
    """
    undecided = draft.phase in {Phase.QUESTIONS, Phase.REVIEW} and not mark_of(draft, KIND)
    return undecided and view.settings.is_recalled(draft)


def asked(view: View, draft: Draft) -> Question:
    """The question that the talk is at, whether or not its words were taken back."""
    match draft.phase:
        case Phase.QUESTIONS:
            return _of_talk(view, draft)
        case Phase.REVIEW:
            return _review(view)
        case Phase.BACK:
            return _way_back(view)
        case Phase.WORDS:
            return Question(ASKED, free=True)


def _of_talk(view: View, draft: Draft) -> Question:
    if mark_of(draft, KIND):
        return Question(KIND, tuple(Offer(f.name, f.choose) for f in view.settings.offered))
    if view.platform.can_clear and mark_of(draft, CLEAN) is None:
        return Question(CLEAN, own("clean", "go", "end", "self"))
    flow, answers = bound_flow(view), flow_answers(draft)
    again = mark_of(draft, AGAIN)
    step = flow.step(again.choices[0]) if again else flows.next_step(flow, answers)
    if step is None or step.kind is Kind.REVIEW:
        return _overview(view)
    return of_step(flow, answers, step)


def of_step(flow: Flow, answers: Answers, step: Step) -> Question:
    """A step of the questionnaire as a question."""
    if step.told:
        return Question(step.id, step=step, free=True)
    offers = tuple(Offer(c.id, c.text) for c in flows.options(flow, step, answers))
    return Question(step.id, offers, several=step.several, step=step)


def _overview(view: View) -> Question:
    changes = tuple(
        Offer(f"change.{step.id}", words.LABELS[f"change.{name}"])
        for name, step in changeable(view)
    )
    return Question(OVERVIEW, (*own("overview", "right"), *changes))


def changeable(view: View) -> tuple[tuple[str, Step], ...]:
    """The lines of the overview that can be opened: what each is called, and its step."""
    draft = view.snapshot.draft
    if draft is None:
        return ()
    flow, answers = bound_flow(view), flow_answers(draft)
    steps = (s for s in flow.steps if flows.relevant(flow, s, answers))
    named = ((line_name(s), s) for s in steps)
    return tuple((name, step) for name, step in named if f"change.{name}" in words.LABELS)


def line_name(step: Step) -> str:
    """What a step is called in the overview: the fork, its permission, or what it narrows."""
    return "fork" if step.kind is Kind.FORK else step.asks or step.of or ""


def given(view: View) -> flows.Permissions:
    """What the settled answers of this talk allow."""
    draft = view.snapshot.draft
    if draft is None:
        return flows.permissions(view.settings.flow, ())
    return flows.permissions(bound_flow(view), flow_answers(draft))


def _review(view: View) -> Question:
    allowed = given(view)
    if allowed.read:
        label = words.LABELS["review.hold"].format(hours=view.settings.hold_hours)
        yes: tuple[Offer, ...] = (Offer("hold", label), *own("review", "now"))
    else:
        yes = own("review", "keep" if keeps(view) else "finish")
    return Question(REVIEW, (*yes, *own("review", "show", "change")))


def keeps(view: View) -> bool:
    """The case outlives this talk even if nobody reads it.

    What was kept before stays so until its reporter says no to it.
    """
    return given(view).keep or (view.snapshot.kept and not _keep_refused(view))


def cleaning(view: View) -> str:
    """How this account wants its chat cleaned: *go*, *end*, *self*, or not said yet."""
    draft, opened = view.snapshot.draft, view.snapshot.opened
    answers = draft.answers if draft else opened.answers if opened else ()
    return next((a.choices[0] for a in answers if a.step == CLEAN and a.choices), "")


def _keep_refused(view: View) -> bool:
    draft, step = view.snapshot.draft, bound_flow(view).asking("keep")
    return draft is not None and step is not None and mark_of(draft, step.id) is not None


def _way_back(view: View) -> Question:
    """Who came with the words has them: only the new code is to be given."""
    draft = view.snapshot.draft
    if keeps(view) and not (draft and mark_of(draft, REOPENED)):
        return Question(BACK, own("back", "words", "code"))
    return Question(CODE, own("code", "have"))


def _of_case(view: View) -> Question:
    opened = view.snapshot.opened
    shares = opened.shares if opened else ()
    held = any(s.stage == "held" for s in shares)
    more = ("withdraw", *(("now",) if held else ())) if shares else ("share",)
    return Question(CASE, own("case", "read", *more, "erase", "close"))
