"""Have a draft say how its open question is shown: what is ticked, and how it is listed."""

from dataclasses import replace
from functools import partial

from handlers.context import View
from handlers.outcome import SHOWING_QUESTION, Outcome
from handlers.reporter.conversation import Conversation, conversation_of, is_unbegun, is_unshown
from handlers.reporter.draft_language import (
    bound_to_wording,
    without_answered_anew,
    without_lost_words,
)
from handlers.reporter.markers import (
    KIND,
    NUMBERS,
    RECALL_SHOWN,
    RECALLED,
    SAFE,
    UNSHOWN,
    with_marker,
    without_markers,
)
from handlers.reporter.numbering import DECIDING, ShownList, shown_list, used_before
from handlers.reporter.questions import Question, open_question, question_in
from handlers.reporter.ticks import without_idle_ticks
from store.model.changes import (
    AskErasure,
    BeginCase,
    Change,
    EndDraft,
    EraseCase,
    HandOver,
    ReopenCase,
    SaveDraft,
)
from store.model.drafts import Draft, StoredAnswer
from store.model.errors import UnknownRevision

SAVES_DRAFT = BeginCase | SaveDraft | HandOver | ReopenCase
ENDS_DRAFT = EraseCase | EndDraft


def with_what_is_shown(view: View, outcome: Outcome) -> Outcome:
    """Have the drafts that an outcome saves say how their open question is shown, and name it."""
    shared = view.snapshot.shared or any(map(_shares, outcome.changes))
    # Whatever saves a draft ends the question that is known in memory only.
    snapshot, after = view.snapshot, view
    if snapshot.asked is not None or snapshot.shared != shared:
        after = replace(view, snapshot=replace(snapshot, asked=None, shared=shared))
    after = after.in_language(outcome.language or view.language)
    is_shown = _shows_question(outcome)
    changes = (*_noted(view, outcome, is_shown=is_shown), *outcome.changes)
    shown = [_shown(after, change, is_shown=is_shown) for change in changes]
    asks = shown[-1][1] if shown and not _asks_in_memory(outcome) else ""
    return replace(outcome, changes=tuple(change for change, _ in shown), asks=asks)


def _asks_in_memory(outcome: Outcome) -> bool:
    """Return whether a question that is known in memory only stands before that of the draft."""
    asked = [change.asked for change in outcome.changes if isinstance(change, AskErasure)]
    return bool(asked) and asked[-1] is not None


def _shows_question(outcome: Outcome) -> bool | None:
    """Return whether the question of the draft is shown; None where nothing is said of it.

    It is not where another one takes its place, which may end without a word.
    """
    if _asks_in_memory(outcome):
        return False
    return True if any(text.sentence in SHOWING_QUESTION for text in outcome.says) else None


def _shares(change: Change) -> bool:
    """Tell whether a change shares the story, on which the ways back depend."""
    return isinstance(change, HandOver) and any(p.scope == "named" for p in change.permissions)


def _noted(view: View, outcome: Outcome, *, is_shown: bool | None) -> tuple[Change, ...]:
    """Return what notes whether a question is shown, where nothing else is saved of its talk."""
    conversation = conversation_of(view)
    if conversation is None or is_shown is None or is_unbegun(conversation):
        return ()
    if any(isinstance(change, SAVES_DRAFT | ENDS_DRAFT) for change in outcome.changes):
        return ()
    return (SaveDraft(conversation.draft),) if is_unshown(conversation) is is_shown else ()


def _shown(view: View, change: Change, *, is_shown: bool | None) -> tuple[Change, str]:
    """Return a change with what is shown in the draft that it saves, and the question in that."""
    if not isinstance(change, SAVES_DRAFT):
        return change, ""
    draft = without_idle_ticks(view, change.draft)
    draft = without_answered_anew(draft, view.snapshot.draft)
    translated = partial(view.settings.revision_in, draft.revision)
    flow = translated(draft.language)
    if flow is not None:  # a kept story that is opened again may be bound to words of before
        draft = bound_to_wording(without_lost_words(draft, flow, translated), flow)
    draft, asked = _with_shown_list(view, draft)
    if is_shown:
        draft = without_markers(draft, UNSHOWN)
        if asked == RECALLED:
            draft = with_marker(draft, StoredAnswer(RECALL_SHOWN, (draft.revision,)))
    elif is_shown is False or asked not in {"", SAFE, _open_before(view)}:
        draft = with_marker(draft, StoredAnswer(UNSHOWN))
    return replace(change, draft=draft), asked


def _open_before(view: View) -> str:
    """Return the id of the question that was open; empty where nothing could be asked."""
    try:
        return open_question(view).id
    except UnknownRevision:
        return ""


def _with_shown_list(view: View, draft: Draft) -> tuple[Draft, str]:
    """Return the draft with the list of the question that is open in it, as it is asked now.

    The id of that question comes with it; it is empty where nothing can be asked any more.
    """
    before = conversation_of(view)
    after = _conversation(view, draft)
    used = 0 if before is None or not view.platform.reorders else _used(before)
    try:
        asked = question_in(after)
    except UnknownRevision:  # nothing of it can be asked, and it can still be erased
        return draft, ""
    left = _questions_left(before, asked.id)
    if asked.bound or _can_change(asked):
        shown = ShownList.of(asked.id, asked.offers, used)
    elif used:
        shown = ShownList(used, used, "")
    else:
        return after.without_markers(NUMBERS).draft, asked.id
    shown = replace(shown, left=left)
    return after.with_marker(NUMBERS, *shown.marker.choices).draft, asked.id


def _questions_left(before: Conversation | None, asked: str) -> tuple[str, ...]:
    """Return the questions that decide and were left: there, words may be meant for before."""
    if before is None or not before.view.platform.reorders:
        return ()
    noted = shown_list(before).left
    try:
        left = question_in(before).id
    except UnknownRevision:
        return noted
    return noted if left not in DECIDING or left in {asked, *noted} else (*noted, left)


def _can_change(question: Question) -> bool:
    """Tell whether a question can have other choices later, with the same answers before it."""
    names_readers = question.step is not None and question.step.names_readers
    return question.id == KIND or names_readers


def _conversation(view: View, draft: Draft) -> Conversation:
    return (conversation_of(view) or Conversation(view, draft)).with_draft(draft)


def _used(conversation: Conversation) -> int:
    """Return how many numbers were used, those of the open question included."""
    last = shown_list(conversation)
    try:
        asked = question_in(conversation)
    except UnknownRevision:
        return last.following
    if not asked.bound:
        return last.following
    return max(last.following, used_before(conversation, asked.id) + len(asked.offers))
