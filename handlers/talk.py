"""The reporter's talk while a draft is open: answers, back, skip, pause, stop, the second yes."""

from collections.abc import Callable
from dataclasses import replace

import flows
from flows import Answers, Chosen, Done, Given, Kind, Refusal, Skipped, Step, Told
from handlers import routing
from handlers.frame import (
    AGAIN,
    ASKED,
    BACK,
    CLEAN,
    CODE,
    ERASE,
    MARKS,
    OVERVIEW,
    OWN,
    PIECE,
    REOPENED,
    REVIEW,
    STOP,
    Question,
    beneath,
    bound_flow,
    flow_answers,
    given,
    keeps,
    mark_of,
    open_question,
    with_answers,
    with_mark,
    without_mark,
)
from handlers.outcome import ASK, Outcome, say, saying
from handlers.setting import View
from handlers.typed import BARE, NOT_SAFE, bare_word
from store.records import (
    Answered,
    Change,
    Draft,
    Drop,
    EndDraft,
    Erase,
    HandOver,
    How,
    Keep,
    Phase,
    Save,
    Say,
    TakeBack,
)

WORD_COUNT = 12
ASKED_BACK = 2
MOST_PIECES = 850
"""Pieces of one talk: the ids of more would not fit the largest sealed state of a draft."""


def draft_of(view: View) -> Draft:
    """The open draft; the callers of this module have made sure that there is one."""
    draft = view.situation.draft
    if draft is None:
        raise LookupError("a talk was handled without a draft")
    return draft


def save(draft: Draft, *says: Say, changes: tuple[Change, ...] = ()) -> Outcome:
    """These changes and the draft as it is now, then these sentences."""
    return Outcome((*changes, Save(draft)), says)


# Words


def tell(view: View, current: Question, text: str, raw: str, item: str) -> Outcome:
    """Words for the open question: kept if it takes words, else answered kindly."""
    draft = draft_of(view)
    if current.id == STOP and beneath(view, draft).free:
        return _go_on_telling(view, text, raw, item)
    if current.id == ASKED:
        return _words_back(view, text)
    if current.step is None or not current.free:
        return saying(say("CHOOSE"), ASK)
    if not text.strip():
        return saying(say("CHARACTERS_LEFT_OUT"), ASK)
    if bare_word(text) == "stop":
        return _maybe_stop(view, draft, text, item)
    return _keep(view, current.step, Keep(item, current.step.id, text), _remarks(text, raw))


def _remarks(text: str, raw: str) -> tuple[Say, ...]:
    """What is said about words that were kept but may have been meant otherwise."""
    word = bare_word(text)
    remarks = []
    if word in BARE:
        remarks.append(say("KEPT_COMMAND", word))
    if word == NOT_SAFE:
        remarks.append(say("KEPT_SAFE"))
    if text.lstrip().startswith("/"):
        remarks.append(say("KEPT_UNKNOWN"))
    if len(text) < len(raw.replace("\r\n", "\n")):
        remarks.append(say("CHARACTERS_LEFT_OUT"))
    return tuple(remarks)


def _keep(view: View, step: Step, keep: Keep, remarks: tuple[Say, ...]) -> Outcome:
    draft = draft_of(view)
    flow, before = bound_flow(view), flow_answers(draft)
    if step.many and sum(len(a.items) for a in before) >= MOST_PIECES:
        return saying(say("DRAFT_FULL"))
    after = flows.answer(flow, before, step.id, Told(keep.item))
    if isinstance(after, Refusal):
        return saying(say("CHOOSE"), ASK)
    told = with_answers(without_mark(draft, AGAIN), after)
    changes: tuple[Change, ...] = (keep, *_dropped(before, after))
    next_says = (ASK,) if not step.many else () if remarks else (say("ACK"),)
    return save(told, *remarks, *next_says, changes=changes)


def _dropped(before: Answers, after: Answers) -> tuple[Drop, ...]:
    """Answers that no longer apply are erased in the same transaction."""
    stay = {item for a in after for item in a.items}
    gone = tuple(item for a in before for item in a.items if item not in stay)
    return (Drop(gone),) if gone else ()


def _maybe_stop(view: View, draft: Draft, text: str, item: str) -> Outcome:
    """A bare *stop* halts; it is sealed meanwhile, in case it was part of the story."""
    step = beneath(view, draft).id
    marked = with_mark(draft, Answered(STOP, items=(item,)))
    return save(marked, ASK, changes=(Keep(item, step, text),))


def _go_on_telling(view: View, text: str, raw: str, item: str) -> Outcome:
    """They went on telling: so the *stop* was part of it."""
    resumed = _stop_was_told(view)
    draft = next(c.draft for c in resumed.changes if isinstance(c, Save))
    told = replace(view, situation=replace(view.situation, draft=draft))
    then = tell(told, open_question(told), text, raw, item)
    kept = tuple(c for c in resumed.changes if not isinstance(c, Save))
    return replace(then, changes=(*kept, *then.changes))


def _stop_was_told(view: View) -> Outcome:
    """The sealed *stop* becomes part of the story, or goes where a single answer is asked."""
    draft = draft_of(view)
    step = beneath(view, draft).step
    mark = mark_of(draft, STOP)
    resumed = without_mark(draft, STOP)
    items = mark.items if mark else ()
    if step is None or not step.many or not items:
        return save(resumed, ASK, changes=(Drop(items),) if items else ())
    after = flows.answer(bound_flow(view), flow_answers(resumed), step.id, Told(items[0]))
    if isinstance(after, Refusal):
        return save(resumed, ASK)
    return save(with_answers(resumed, after), say("ADD_MORE"))


def _words_back(view: View, text: str) -> Outcome:
    """Two of the twelve words, at the two places that were asked for."""
    draft = draft_of(view)
    asked = mark_of(draft, ASKED)
    places = [int(place) for place in asked.choices] if asked else []
    wanted = [view.situation.words[place - 1] for place in places]
    typed = text.casefold().replace(",", " ").split()
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
    return _answer_step(view, current.step, Chosen(choices))


def _answer_step(view: View, step: Step, given_now: Given) -> Outcome:
    draft = draft_of(view)
    if step.kind is Kind.FORK and given_now in {Chosen(("later",)), Skipped()}:
        return saying(say("LATER"), say("PAUSED"))
    if step.kind is Kind.FORK and given_now == Chosen(("erase",)):
        return ask_erase(view)
    before = flow_answers(draft)
    after = flows.answer(bound_flow(view), before, step.id, given_now)
    if isinstance(after, Refusal):
        return saying(_refused(step, given_now, after), ASK)
    answered = with_answers(without_mark(draft, AGAIN), after)
    return save(answered, ASK, changes=_dropped(before, after))


def _refused(step: Step, given_now: Given, refusal: Refusal) -> Say:
    """Why an answer did not fit, in a sentence."""
    match refusal.reason:
        case flows.Reason.ALONE if isinstance(given_now, Chosen):
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
    return save(with_mark(draft_of(view), Answered(CLEAN, (choice,))), ASK)


def _stopped(view: View, choice: str) -> Outcome:
    draft = without_mark(draft_of(view), STOP)
    mark = mark_of(draft_of(view), STOP)
    dropped = (Drop(mark.items),) if mark and mark.items else ()
    match choice:
        case "keep":
            return save(draft, say("PAUSED"), changes=dropped)
        case "erase":
            return save(with_mark(draft, Answered(ERASE)), ASK, changes=dropped)
        case _:
            return _stop_was_told(view)


def _erased(view: View, choice: str) -> Outcome:
    if choice == "yes":
        return Outcome((Erase(),), (say("ERASED"),))
    return save(without_mark(draft_of(view), ERASE), say("NOT_ERASED"), ASK)


def _overview(view: View, choice: str) -> Outcome:
    draft = draft_of(view)
    if choice == "right":
        return save(replace(draft, phase=Phase.REVIEW), ASK)
    step = choice.removeprefix("change.")
    return save(with_mark(draft, Answered(AGAIN, (step,))), say("AGAIN"), ASK)


def _review(view: View, choice: str) -> Outcome:
    draft = draft_of(view)
    match choice:
        case "show":
            return saying(say("SHOW_ALL"), ASK)
        case "change":
            return save(replace(draft, phase=Phase.TALK), ASK)
        case "finish":
            return Outcome((Erase(),), (say("NOTHING_KEPT"),))
        case "now":
            return _second_yes(view, hold_hours=0)
        case _:
            return _second_yes(view, hold_hours=view.setting.hold_hours)


def _second_yes(view: View, *, hold_hours: int) -> Outcome:
    """The permissions take effect; what comes after is only about ways back."""
    readers = given(view).read
    draft = replace(draft_of(view), phase=Phase.BACK)
    handed = (say("HANDED_HELD" if hold_hours else "HANDED_NOW", *readers),) if readers else ()
    act = routing.hand_over(view, draft, hold_hours)
    if mark_of(draft, REOPENED):
        return Outcome((act, EndDraft()), (*handed, goodbye(view, "words", held=hold_hours > 0)))
    return Outcome((act,), (*handed, say("CODE"), ASK))


def _code_kept(view: View, _choice: str) -> Outcome:
    return Outcome((EndDraft(),), (goodbye(view, "code"),))


def _way_back(view: View, choice: str) -> Outcome:
    if choice == "code":
        return Outcome((EndDraft(),), (goodbye(view, "code"),))
    return show_words(view)


def show_words(view: View) -> Outcome:
    """The twelve words, and which two are asked back: the same two until they were given."""
    draft = draft_of(view)
    if draft.phase not in {Phase.BACK, Phase.WORDS} or not keeps(view):
        return saying(say("NO_WORDS_YET"), ASK)
    marked = draft if mark_of(draft, ASKED) else with_mark(draft, Answered(ASKED, places(view)))
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
    left = tuple(
        replace(a, items=tuple(i for i in a.items if i not in mark.items)) for a in plain.answers
    )
    dropped = replace(plain, answers=left)
    return save(dropped, say("LEFT_OUT"), ASK, changes=(Drop(mark.items),))


_OWN_CHOICES: dict[str, Callable[[View, str], Outcome]] = {
    CLEAN: _clean,
    STOP: _stopped,
    ERASE: _erased,
    PIECE: _piece,
    OVERVIEW: _overview,
    REVIEW: _review,
    BACK: _way_back,
    CODE: _code_kept,
}


def goodbye(view: View, way: str, *, held: bool | None = None) -> Say:
    """The last sentence of a talk: what is kept, how to come back, what happens next."""
    is_held = view.situation.held is not None if held is None else held
    readers = given(view).read
    after = "held" if is_held else "now" if readers else ""
    return say("GOODBYE", "kept" if keeps(view) else "handed", way, after, *readers)


# Commands


def on_command(view: View, name: str) -> Outcome:
    """A slash command; it ends whatever was asked in between."""
    draft = draft_of(view)
    clear = without_mark(draft, *MARKS)
    items = tuple(i for m in (STOP,) for i in (mark_of(draft, m) or Answered(m)).items)
    there = replace(view, situation=replace(view.situation, draft=clear))
    outcome = _COMMANDS[name](there)
    if clear == draft:
        return outcome
    return _with_marks_gone(outcome, clear, items)


def _with_marks_gone(outcome: Outcome, clear: Draft, items: tuple[str, ...]) -> Outcome:
    changes = outcome.changes
    if not any(isinstance(c, Save | Erase | EndDraft | HandOver) for c in changes):
        changes = (*changes, Save(clear))
    dropped = (Drop(items),) if items and not any(isinstance(c, Erase) for c in changes) else ()
    return replace(outcome, changes=(*dropped, *changes))


def _skip(view: View) -> Outcome:
    current = open_question(view)
    if current.id == CLEAN:
        return _clean(view, "self")
    if current.step is None:
        return saying(say("CANNOT_SKIP"), ASK)
    return _answer_step(view, current.step, Skipped())


def _done(view: View) -> Outcome:
    draft = draft_of(view)
    if mark_of(draft, AGAIN):
        return save(without_mark(draft, AGAIN), ASK)
    current = open_question(view)
    if current.step is None or not current.step.many or not current.free:
        return saying(say("NOT_A_TEXT"), ASK)
    return _answer_step(view, current.step, Done())


def _back(view: View) -> Outcome:
    draft = draft_of(view)
    match draft.phase:
        case Phase.TALK:
            return _back_a_step(view, draft)
        case Phase.REVIEW:
            return save(replace(draft, phase=Phase.TALK), ASK)
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
    if not answered:
        return saying(say("FIRST"), ASK)
    step = bound_flow(view).step(answered[-1])
    marked = with_mark(draft, Answered(AGAIN, (answered[-1],)))
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
    return save(draft if already else with_mark(draft, Answered(STOP)), ASK)


def ask_erase(view: View) -> Outcome:
    """Erasing is asked once more, because a slip of the thumb must not cost a story."""
    return save(with_mark(draft_of(view), Answered(ERASE)), ASK)


def withdraw(view: View) -> Outcome:
    """Everything handed over in this talk is taken back, and the fork is open again."""
    draft = draft_of(view)
    if not view.situation.shared:
        return saying(say("NOTHING_SHARED"), ASK)
    fork = bound_flow(view).fork
    plain_answers = without_mark(draft, *MARKS, ASKED).answers
    unforked = tuple(a for a in plain_answers if fork is None or a.step != fork.id)
    plain = replace(draft, phase=Phase.TALK, answers=unforked)
    settled = with_answers(plain, flows.settle(bound_flow(view), flow_answers(plain)))
    gone = _dropped(flow_answers(plain), flow_answers(settled))
    changes: tuple[Change, ...] = (TakeBack(How.WORDS), *gone)
    return save(settled, say("WITHDRAWN"), ASK, changes=changes)


def show(view: View, rest: str) -> Outcome:
    """The pieces: all of them, or the one with that number."""
    pieces = view.situation.pieces
    if not rest:
        return saying(say("SHOW_ALL"), *_ask_if_asking(view))
    number = int(rest) if rest.isdecimal() else 0
    if not 0 < number <= len(pieces):
        return saying(say("PIECE_MISSING", str(len(pieces))))
    piece = pieces[number - 1].item
    draft = view.situation.draft
    if draft is None or draft.phase not in {Phase.TALK, Phase.REVIEW}:
        return saying(say("SHOW_PIECE", piece), ASK)
    marked = with_mark(without_mark(draft, *MARKS), Answered(PIECE, items=(piece,)))
    return save(marked, say("SHOW_PIECE", piece), ASK)


def _ask_if_asking(view: View) -> tuple[Say, ...]:
    """After showing, a choice is asked again; a story that is being told is not interrupted."""
    return () if open_question(view).free else (ASK,)
