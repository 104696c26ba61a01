"""The reporter's talk while a draft is open: answers, back, skip, pause, stop, the second yes."""

import re
from collections.abc import Callable
from dataclasses import replace

import flows
from flows import (
    Answer,
    Answers,
    ChoiceResponse,
    DoneResponse,
    Flow,
    Kind,
    Refusal,
    Response,
    SkipResponse,
    Step,
    TextResponse,
)
from handlers.context import View
from handlers.outcome import ASK, TAKE_BACK, Outcome, say, saying
from handlers.permissions import routing
from handlers.reporter.questions import (
    AGAIN,
    ASKED,
    BACK,
    CLEAN,
    CODE,
    ERASE,
    KIND,
    MARKS,
    OVERVIEW,
    OWN,
    PERMITTING,
    PIECE,
    RECALLED,
    REVIEW,
    STOP,
    Question,
    asked,
    bound_flow,
    flow_answers,
    given,
    is_taken_back,
    keeps,
    mark_of,
    open_question,
    with_answers,
    with_mark,
    without_mark,
)
from handlers.reporter.typed_text import BARE, NOT_SAFE, all_showable, bare_word, is_number
from handlers.reporter.typed_text import STOP as BARE_STOP
from store.model.changes import Change, EndDraft, EraseCase, EraseItems, SaveDraft, SealItem
from store.model.drafts import Draft, Phase, StoredAnswer
from store.model.outbox import TextRef

WORD_COUNT = 12
_WORD = re.compile(r"[^\W\d]+")
ASKED_BACK = 2
MOST_PIECES = 850
"""Pieces of one talk: the ids of more would not fit the largest sealed state of a draft."""


def draft_of(view: View) -> Draft:
    """The open draft; the callers of this module have made sure that there is one."""
    draft = view.snapshot.draft
    if draft is None:
        raise LookupError("a talk was handled without a draft")
    return draft


def save(draft: Draft, *says: TextRef, changes: tuple[Change, ...] = ()) -> Outcome:
    """These changes and the draft as it is now, then these sentences."""
    return Outcome((*changes, SaveDraft(draft)), says)


# Words


def tell(view: View, current: Question, text: str, raw: str, item: str) -> Outcome:
    """Words for the open question: kept if it takes words, else answered kindly."""
    if current.id == ASKED:
        return _words_back(view, text)
    step = asked(view, draft_of(view)).step
    if step is None or not takes_words(view, current):
        return saying(say("CHOOSE"), ASK)
    if not text.strip():
        return saying(say("CHARACTERS_LEFT_OUT")) if raw.strip() else Outcome()
    if step.many and _pieces(draft_of(view)) >= MOST_PIECES:
        return saying(say("DRAFT_FULL"))
    keep = SealItem(item, step.id, text)
    if bare_word(text) == BARE_STOP:
        return _maybe_stop(view, keep)
    return _kept(view, step, keep, _remarks(text, raw))


def tell_anew(view: View, current: Question, text: str, item: str) -> Outcome:
    """A message was changed: its piece is sealed anew, if its question is the one that is open."""
    draft, step = draft_of(view), current.step
    told = next((a for a in flow_answers(draft) if step and a.step == step.id), None)
    if step is None or told is None or item not in told.items or not _is_plain(text):
        return saying(say("UNUSABLE", "edit"))
    changes: tuple[Change, ...] = (EraseItems((item,)), SealItem(item, step.id, text))
    return save(draft, say("EDITED"), changes=changes)


def _is_plain(text: str) -> bool:
    """Words that can only be a part of what is told."""
    return bool(text.strip()) and not text.lstrip().startswith("/") and bare_word(text) not in BARE


def _pieces(draft: Draft) -> int:
    return sum(len(a.items) for a in flow_answers(draft)) + len(_unsure(draft))


def takes_words(view: View, current: Question) -> bool:
    """Whether bare words are part of what is told; also where they follow a bare *stop*.

    And where the question was taken back meanwhile: nobody's words are lost over that.
    """
    if current.id in {STOP, RECALLED}:
        current = asked(view, draft_of(view))
    return current.free and current.step is not None


def _remarks(text: str, raw: str) -> tuple[TextRef, ...]:
    """What is said about words that were kept but may have been meant otherwise."""
    word = bare_word(text)
    remarks = []
    if word in BARE:
        remarks.append(say("KEPT_COMMAND", word))
    if word == NOT_SAFE:
        remarks.append(say("KEPT_SAFE"))
    if text.lstrip().startswith("/"):
        remarks.append(say("KEPT_UNKNOWN"))
    if not all_showable(raw):
        remarks.append(say("CHARACTERS_LEFT_OUT"))
    return tuple(remarks)


def _kept(view: View, step: Step, keep: SealItem, remarks: tuple[TextRef, ...]) -> Outcome:
    """Sealed and counted, together with a *stop* before it: they went on, so it was told too."""
    draft = draft_of(view)
    told = _told(view, step, (*_unsure(draft), keep.item))
    if told is None:
        return saying(say("CHOOSE"), ASK)
    changes: tuple[Change, ...] = (keep, *_dropped(flow_answers(draft), flow_answers(told)))
    asks = not step.many or is_taken_back(view, draft)
    next_says = (ASK,) if asks else () if remarks else (say("ACK"),)
    outcome = save(told, *remarks, *next_says, changes=changes)
    unsafe = (say("HELP_LINES"),) if say("KEPT_SAFE") in remarks else ()
    return replace(outcome, direct=unsafe)


def _told(view: View, step: Step, items: tuple[str, ...]) -> Draft | None:
    """The draft with these pieces told, the last of them last; a question may hold them all."""
    draft = without_mark(draft_of(view), STOP)
    after = flows.answer(bound_flow(view), flow_answers(draft), step.id, TextResponse(items[-1]))
    if isinstance(after, Refusal):
        return None
    whole = tuple(_with_earlier(a, items[:-1]) if a.step == step.id else a for a in after)
    return with_answers(without_mark(draft, AGAIN), whole)


def _with_earlier(answer: Answer, items: tuple[str, ...]) -> Answer:
    *before, last = answer.items
    return replace(answer, items=(*before, *items, last))


def _dropped(before: Answers, after: Answers) -> tuple[EraseItems, ...]:
    """Answers that no longer apply are erased in the same transaction."""
    stay = {item for a in after for item in a.items}
    gone = tuple(item for a in before for item in a.items if item not in stay)
    return _drop(gone)


def _drop(items: tuple[str, ...]) -> tuple[EraseItems, ...]:
    return (EraseItems(items),) if items else ()


def _unsure(draft: Draft) -> tuple[str, ...]:
    """Pieces that are sealed until it is known whether a *stop* was meant or told.

    They stand among the choices of the mark, because a mark's items would be read back as told.
    """
    mark = mark_of(draft, STOP)
    return mark.choices if mark else ()


def _maybe_stop(view: View, keep: SealItem) -> Outcome:
    """A bare *stop* halts; it is sealed meanwhile, in case it was part of the story."""
    draft = draft_of(view)
    marked = with_mark(draft, StoredAnswer(STOP, (*_unsure(draft), keep.item)))
    return save(marked, ASK, changes=(keep,))


def _stop_was_told(view: View) -> Outcome:
    """The sealed *stop* becomes part of what is told; after the command there is none."""
    draft = draft_of(view)
    step, items = asked(view, draft).step, _unsure(draft)
    told = _told(view, step, items) if step and items else None
    if step is None or told is None:
        return save(without_mark(draft, STOP), ASK)
    dropped = _dropped(flow_answers(draft), flow_answers(told))
    adds = step.many and not is_taken_back(view, draft)
    return save(told, say("ADD_MORE") if adds else ASK, changes=dropped)


def _words_back(view: View, text: str) -> Outcome:
    """Two of the twelve words, at the two places that were asked for."""
    draft = draft_of(view)
    mark = mark_of(draft, ASKED)
    places = [int(place) for place in mark.choices] if mark else []
    wanted = [view.snapshot.words[place - 1] for place in places]
    typed = [w for w in _WORD.findall(text.casefold()) if w != "and"]
    if not wanted or typed != wanted:
        return saying(say("WRONG_WORDS"))
    return Outcome((EndDraft(),), (goodbye(view, "words"),))


# Choices


def choose(view: View, current: Question, choices: tuple[str, ...]) -> Outcome:
    """A choice for the open question: one of the bot's own, or a step's."""
    own = _OWN_CHOICES.get(current.id)
    if own is not None:
        return own(view, choices[0])
    if current.step is None:
        return saying(ASK)
    return _answer_step(view, current.step, ChoiceResponse(choices))


def _answer_step(view: View, step: Step, given_now: Response) -> Outcome:
    draft = draft_of(view)
    if step.kind is Kind.FORK and given_now in {ChoiceResponse(("later",)), SkipResponse()}:
        return saying(say("LATER"), say("PAUSED"))
    if step.kind is Kind.FORK and given_now == ChoiceResponse(("erase",)):
        return ask_erase(view)
    before = flow_answers(draft)
    after = flows.answer(bound_flow(view), before, step.id, given_now)
    if isinstance(after, Refusal):
        return saying(_refused(step, given_now, after), ASK)
    answered = with_answers(without_mark(draft, AGAIN), after)
    return save(answered, ASK, changes=_dropped(before, after))


def _refused(step: Step, given_now: Response, refusal: Refusal) -> TextRef:
    """Why an answer did not fit, in a sentence."""
    match refusal.reason:
        case flows.Reason.ALONE if isinstance(given_now, ChoiceResponse):
            alone = next((c.id for c in step.choices if c.alone), step.choices[0].id)
            return say("CHOOSE_ALONE", alone, step=step.id)
        case flows.Reason.ONE_ONLY:
            return say("CHOOSE_ONE")
        case flows.Reason.CANNOT_SKIP:
            return say("CANNOT_SKIP")
        case flows.Reason.NOTHING_TOLD:
            return say("NOTHING_TOLD")
        case _:
            return say("CHOOSE")


def _clean(view: View, choice: str) -> Outcome:
    return save(with_mark(draft_of(view), StoredAnswer(CLEAN, (choice,))), ASK)


def _stopped(view: View, choice: str) -> Outcome:
    match choice:
        case "keep":
            draft, dropped = _unasked(draft_of(view))
            return save(draft, say("PAUSED"), changes=dropped)
        case "erase":
            return ask_erase(view)
        case _:
            return _stop_was_told(view)


def _erased(view: View, choice: str) -> Outcome:
    if choice == "yes":
        return Outcome((EraseCase(),), (say("ERASED", step=screen(view)),))
    return save(without_mark(draft_of(view), ERASE), say("NOT_ERASED"), ASK)


def _overview(view: View, choice: str) -> Outcome:
    draft = draft_of(view)
    if choice == "right":
        return save(replace(draft, phase=Phase.REVIEW), ASK)
    step = choice.removeprefix("change.")
    return save(with_mark(draft, StoredAnswer(AGAIN, (step,))), say("AGAIN"), ASK)


def _review(view: View, choice: str) -> Outcome:
    draft = draft_of(view)
    match choice:
        case "show":
            return saying(say("SHOW_ALL"), ASK)
        case "change":
            return save(replace(draft, phase=Phase.QUESTIONS), ASK)
        case "finish":
            return Outcome((EraseCase(),), (say("NOTHING_KEPT", step=screen(view)),))
        case "now":
            return _second_yes(view, hold_hours=0)
        case _:
            return _second_yes(view, hold_hours=view.settings.hold_hours)


def _second_yes(view: View, *, hold_hours: int) -> Outcome:
    """The permissions take effect; what comes after is only about ways back."""
    draft = replace(draft_of(view), phase=Phase.BACK)
    act = routing.hand_over(view, draft, hold_hours)
    readers = next((p.readers for p in act.permissions if p.scope == "named"), ())
    handed = (say("HANDED_HELD" if hold_hours else "HANDED_NOW", *readers),) if readers else ()
    not_kept = view.snapshot.kept and not keeps(view)
    taken: tuple[Change, ...] = (TAKE_BACK,) if not_kept else ()
    return Outcome((*taken, act), (*handed, say("CODE"), ASK))


def _code_kept(view: View, _choice: str) -> Outcome:
    """Where the case is kept, this is only asked of somebody who came with the words."""
    return Outcome((EndDraft(),), (goodbye(view, "words" if keeps(view) else "code"),))


def _way_back(view: View, choice: str) -> Outcome:
    if choice == "code":
        return Outcome((EndDraft(),), (goodbye(view, "code"),))
    return show_words(view)


def show_words(view: View) -> Outcome:
    """The twelve words, and which two are asked back: the same two until they were given."""
    draft = draft_of(view)
    if draft.phase not in {Phase.BACK, Phase.WORDS} or not keeps(view):
        return saying(say("NO_WORDS_YET"), ASK)
    marked = (
        draft if mark_of(draft, ASKED) else with_mark(draft, StoredAnswer(ASKED, places(view)))
    )
    return save(replace(marked, phase=Phase.WORDS), say("WORDS"), ASK)


def places(view: View) -> tuple[str, str]:
    """Two different places among the twelve, at random."""
    draws = iter(lambda: view.draw(1)[0] % 16, None)
    drawn = {next(d for d in draws if d < WORD_COUNT)}
    while len(drawn) < ASKED_BACK:
        drawn.add(next(d for d in draws if d < WORD_COUNT))
    low, high = sorted(drawn)
    return str(low + 1), str(high + 1)


def _piece(view: View, choice: str) -> Outcome:
    """One piece was shown: back to where they were, or leave it out for good."""
    draft = draft_of(view)
    mark = mark_of(draft, PIECE)
    plain = without_mark(draft, PIECE)
    if choice != "out" or mark is None:
        return save(plain, ASK)
    before = flow_answers(plain)
    left = tuple(
        replace(a, items=tuple(i for i in a.items if i not in mark.choices)) for a in before
    )
    settled = flows.settle(bound_flow(view), left)
    changes = _dropped(before, settled)
    return save(with_answers(plain, settled), say("LEFT_OUT"), ASK, changes=changes)


def _kind(view: View, choice: str) -> Outcome:
    """Which questionnaire it is to be; until now the talk had none."""
    flow, draft = view.settings.named(choice), without_mark(draft_of(view), KIND)
    return save(replace(draft, revision=flow.revision, language=flow.language), ASK)


def _recalled(view: View, choice: str) -> Outcome:
    """The words of this talk were taken back: the new ones, nothing for now, or the end."""
    match choice:
        case "again":
            return _begin_again(view)
        case "erase":
            return ask_erase(view)
        case _:
            return saying(say("PAUSED"))


def _begin_again(view: View) -> Outcome:
    """What was told first stays, under the question that asks for it now; the rest is asked anew.

    Of a case that was kept before, everything that was told stays: somebody relies on it.
    """
    draft = draft_of(view)
    plain = replace(without_mark(draft, AGAIN), phase=Phase.QUESTIONS)
    flow = view.settings.newest(draft.revision)
    moved = replace(plain, revision=flow.revision, language=flow.language)
    after = bound_flow(_with_draft(view, moved))
    before, stays = flow_answers(draft), _staying(view, after)
    left = tuple(replace(a, step=stays[a.step]) for a in before if a.step in stays)
    settled = flows.settle(after, left)
    return save(with_answers(moved, settled), ASK, changes=_dropped(before, settled))


def _staying(view: View, after: Flow) -> dict[str, str]:
    """Steps whose answers outlive a recall, and what each is called from then on."""
    before = bound_flow(view)
    story = _renamed(before.story, after.story)
    if not view.snapshot.kept:
        return story
    told = {s.id: s.id for s in after.steps if s.kind not in PERMITTING}
    return told | story | _renamed(before.fork, after.fork)  # without its branch it would go


def _renamed(before: Step | None, after: Step | None) -> dict[str, str]:
    return {before.id: after.id} if before and after else {}


_OWN_CHOICES: dict[str, Callable[[View, str], Outcome]] = {
    KIND: _kind,
    RECALLED: _recalled,
    CLEAN: _clean,
    STOP: _stopped,
    ERASE: _erased,
    PIECE: _piece,
    OVERVIEW: _overview,
    REVIEW: _review,
    BACK: _way_back,
    CODE: _code_kept,
}


def goodbye(view: View, way: str) -> TextRef:
    """The last sentence of a talk: what is kept, how to come back, what happens next."""
    readers = given(view).read
    after = "" if not readers else "now" if view.snapshot.held is None else "held"
    ids = ("kept" if keeps(view) else "handed", way, after, *readers)
    return say("GOODBYE", *ids, step=screen(view))


def screen(view: View) -> str:
    """How the screen is to be cleared, for what is said when the draft is gone: in ``step``."""
    mark = mark_of(draft_of(view), CLEAN)
    return mark.choices[0] if mark else ""


# Commands


def on_command(view: View, name: str) -> Outcome:
    """A slash command; it ends whatever was asked in between."""
    if name in _GOING_ON and _unsure(draft_of(view)):
        return _after_telling(view, name)
    draft, dropped = _unasked(draft_of(view))
    if name in _GOING_ON and is_taken_back(view, draft):
        return save(draft, ASK, changes=dropped)
    outcome = _COMMANDS[name](_with_draft(view, draft))
    if draft == draft_of(view):
        return outcome
    saved = () if any(isinstance(c, SaveDraft) for c in outcome.changes) else (SaveDraft(draft),)
    return replace(outcome, changes=(*dropped, *outcome.changes, *saved))


_GOING_ON = {"done", "skip", "back"}
"""After a bare *stop* these say that it was told: somebody who meant it would not go on."""


def _after_telling(view: View, name: str) -> Outcome:
    """The *stop* first, as a part of what was told, then the command."""
    told, step = _stop_was_told(view), asked(view, draft_of(view)).step
    if step is None or not step.many:
        return told
    draft = next(c.draft for c in told.changes if isinstance(c, SaveDraft))
    then = on_command(_with_draft(view, draft), name)
    saved = () if any(isinstance(c, SaveDraft) for c in then.changes) else (SaveDraft(draft),)
    dropped = tuple(c for c in told.changes if isinstance(c, EraseItems))
    return replace(then, changes=(*dropped, *then.changes, *saved))


def _with_draft(view: View, draft: Draft) -> View:
    return replace(view, snapshot=replace(view.snapshot, draft=draft))


def _unasked(draft: Draft) -> tuple[Draft, tuple[EraseItems, ...]]:
    """Without what was asked in between, and without a *stop* that was no part of the story."""
    return without_mark(draft, *MARKS), _drop(_unsure(draft))


def _skip(view: View) -> Outcome:
    current = open_question(view)
    if current.id == CLEAN:
        return _clean(view, "self")
    if current.id == KIND:
        return _kind(view, view.settings.flow.name)
    if current.step is None:
        return saying(say("CANNOT_SKIP"), ASK)
    if current.step.told and mark_of(draft_of(view), AGAIN):
        return _done(view)
    return _answer_step(view, current.step, SkipResponse())


def _done(view: View) -> Outcome:
    draft = draft_of(view)
    if mark_of(draft, AGAIN):
        return save(without_mark(draft, AGAIN), ASK)
    current = open_question(view)
    if current.step is None or not current.step.many or not current.free:
        return saying(say("NOT_A_TEXT"), ASK)
    return _answer_step(view, current.step, DoneResponse())


def _back(view: View) -> Outcome:
    draft = draft_of(view)
    match draft.phase:
        case Phase.QUESTIONS:
            return _back_a_step(view, draft)
        case Phase.REVIEW:
            return save(replace(draft, phase=Phase.QUESTIONS), ASK)
        case Phase.BACK:
            return saying(say("DECIDED"), ASK)
        case Phase.WORDS:
            return save(replace(draft, phase=Phase.BACK), ASK)


def _back_a_step(view: View, draft: Draft) -> Outcome:
    """The answer before the open question is shown again; it stands until another is given."""
    answered = [a.step for a in draft.answers if a.closed and not a.step.startswith(OWN)]
    again = mark_of(draft, AGAIN)
    if again and again.choices[0] in answered:
        answered = answered[: answered.index(again.choices[0])]
    if not answered and view.settings.more and not flow_answers(draft):
        return save(with_mark(draft, StoredAnswer(KIND)), ASK)  # nothing was told in it yet
    if not answered:
        return saying(say("FIRST"), ASK)
    step = bound_flow(view).step(answered[-1])
    marked = with_mark(draft, StoredAnswer(AGAIN, (answered[-1],)))
    more = step is not None and step.told and step.many
    return save(marked, say("ADD_MORE")) if more else save(marked, say("AGAIN"), ASK)


def _pause(_view: View) -> Outcome:
    return saying(say("PAUSED"))


_COMMANDS: dict[str, Callable[[View], Outcome]] = {
    "skip": _skip,
    "done": _done,
    "back": _back,
    "pause": _pause,
    "words": show_words,
}


def stop(view: View) -> Outcome:
    """Halts at once, sends nothing, erases nothing, and asks."""
    draft = without_mark(draft_of(view), ERASE, PIECE)
    already = mark_of(draft, STOP)
    return save(draft if already else with_mark(draft, StoredAnswer(STOP)), ASK)


def ask_erase(view: View) -> Outcome:
    """Erasing is asked once more, because a slip of the thumb must not cost a story."""
    draft, dropped = _unasked(draft_of(view))
    return save(with_mark(draft, StoredAnswer(ERASE)), ASK, changes=dropped)


def withdraw(view: View) -> Outcome:
    """Everything handed over in this talk is taken back, and the fork is open again."""
    draft = draft_of(view)
    if not view.snapshot.shared:
        return saying(say("NOTHING_SHARED"), ASK)
    fork = bound_flow(view).fork
    plain_answers = without_mark(draft, *MARKS, ASKED).answers
    unforked = tuple(a for a in plain_answers if fork is None or a.step != fork.id)
    plain = replace(draft, phase=Phase.QUESTIONS, answers=unforked)
    settled = with_answers(plain, flows.settle(bound_flow(view), flow_answers(plain)))
    gone = _dropped(flow_answers(plain), flow_answers(settled))
    changes: tuple[Change, ...] = (TAKE_BACK, *gone)
    told = say("WITHDRAWN" if view.snapshot.held else "WITHDRAWN_LATE")
    return save(settled, told, ASK, changes=changes)


def show(view: View, rest: str) -> Outcome:
    """The pieces: all of them, or the one with that number."""
    pieces = view.snapshot.pieces
    if not rest:
        return saying(say("SHOW_ALL"), *_ask_if_asking(view))
    number = int(rest) if is_number(rest) else 0
    if not 0 < number <= len(pieces):
        return saying(say("PIECE_MISSING", str(len(pieces))))
    piece = pieces[number - 1].item
    draft = view.snapshot.draft
    if draft is None or draft.phase not in {Phase.QUESTIONS, Phase.REVIEW}:
        return saying(say("SHOW_PIECE", piece), ASK)
    plain, dropped = _unasked(draft)
    marked = with_mark(plain, StoredAnswer(PIECE, (piece,)))
    return save(marked, say("SHOW_PIECE", piece), ASK, changes=dropped)


def _ask_if_asking(view: View) -> tuple[TextRef, ...]:
    """After showing, a choice is asked again; a story that is being told is not interrupted."""
    return () if open_question(view).free else (ASK,)
