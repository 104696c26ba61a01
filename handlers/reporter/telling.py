"""Words for the open question: sealed as items, edited, or held back behind a bare *stop*."""

from collections.abc import Sequence
from dataclasses import replace

from flows import Answer, Refusal, Step, TextResponse
from flows.folding import folded, without_accents
from flows.model import SIGNED_KINDS
from handlers.messages import TextMessage
from handlers.outcome import ASK, ASK_WHEN_QUIET, OTHER_ANSWER, Outcome, say, saying
from handlers.reporter.asking_again import after_again, answer, next_texts
from handlers.reporter.conversation import Conversation, erase_dropped
from handlers.reporter.languages import languages_of
from handlers.reporter.leaving_out import answer_refusal
from handlers.reporter.listening import remark_on, understood
from handlers.reporter.markers import (
    ASIDE_OFFERED,
    ERASING,
    FOUND,
    RECALLED,
    STOP,
    WORD_CHECK,
    added_items,
    with_added,
)
from handlers.reporter.questions import Question, underlying_question
from handlers.reporter.typed_text import (
    BARE,
    NOT_SAFE,
    all_showable,
    command_of,
    halts,
    showable,
    tells_danger,
)
from handlers.reporter.ways_back import check_words
from store.model.changes import Change, SaveDraft, SealItem
from store.model.drafts import ADDED
from store.model.errors import UnknownRevision
from store.model.outbox import TextRef

CLEAN_LABELS = "clean"
"""The labels of the question how the chat is cleaned, which comes right before the story."""

LONGEST_LABEL = 60
"""Characters of a choice that a questionnaire may have, and more."""

MOST_PIECES = 850
"""Pieces of one conversation: the ids of more would not fit the largest sealed draft."""


def accepts_text(conversation: Conversation | None, current: Question) -> bool:
    """Tell whether bare words answer the open question.

    They do after a bare *stop*, after a recall and where another story may be erased as well, if
    they did before: nobody's words are lost over that.
    """
    if conversation is not None:
        current = _question_for_text(conversation, current)
    return current.free and current.step is not None


def _question_for_text(conversation: Conversation, current: Question) -> Question:
    """Return the question that bare words answer, if any: the open one, or the one behind it."""
    is_behind = current.id in {STOP, RECALLED, ERASING, FOUND}
    return underlying_question(conversation) if is_behind else current


def answer_with_text(
    conversation: Conversation, current: Question, heard: TextMessage, item: str
) -> Outcome:
    """Seal the words that answer the open question, or explain why they are not taken.

    What is sealed is what the chat shows of the message, under the id ``item``.
    """
    if current.id == WORD_CHECK:
        return check_words(conversation, showable(heard.text))
    asked = _question_for_text(conversation, current)
    step = asked.step
    if step is None or not asked.free:
        return saying(say("CHOOSE"), ASK)
    text = showable(heard.shown)
    if not text.strip():
        return saying(say("CHARACTERS_LEFT_OUT")) if heard.shown.strip() else Outcome()
    if step.many and count_pieces(conversation) >= MOST_PIECES:
        return saying(say("DRAFT_FULL"))
    seal = SealItem(item, step.id, text)
    if halts(heard.own):
        return _halt(conversation, seal)
    refused = answer_refusal(conversation, current, step, heard.own)
    if refused is not None:
        return refused
    if is_late_choice(conversation, heard.own):
        return saying(say("NOT_AN_ANSWER"), ASK)
    remarks = remarks_on(conversation, step.id, heard)
    kept = _keep(conversation, step, seal, remarks)
    return _still_halted(conversation, kept, remarks, step.id) if current.id == STOP else kept


def is_late_choice(conversation: Conversation, text: str) -> bool:
    """Return whether a text is the label of a choice that decided something earlier in the talk.

    A server can hold an answer back until something else is asked, also in another language. What
    sounds like a decision tells nothing, and must not reach readers; a single word may.
    """
    words = folded(text)
    if " " not in words or len(words) > LONGEST_LABEL:
        return False
    answered, settings = {given.step for given in conversation.answers}, conversation.settings
    cleaning = (
        label
        for language in settings.languages.values()
        for name, label in language.texts.labels.items()
        if name.startswith(f"{CLEAN_LABELS}.")
    )
    drafts = (replace(conversation.draft, language=tag) for tag in languages_of(conversation))
    asked_in = (settings.flow_of(replace(conversation.snapshot, draft=each)) for each in drafts)
    decided = (
        step
        for flow in (conversation.flow, *asked_in)
        for step in flow.steps
        if step.kind in SIGNED_KINDS and step.id in answered
    )
    chosen = (choice.text for step in decided for choice in step.choices)
    return words in map(folded, (*cleaning, *chosen))


def _still_halted(
    conversation: Conversation, kept: Outcome, remarks: tuple[TextRef, ...], step: str
) -> Outcome:
    """Keep words that were told after a *stop*; only an answer undoes the halt."""
    draft = next((c.draft for c in kept.changes if isinstance(c, SaveDraft)), None)
    if draft is None:
        return kept
    halted = conversation.with_draft(draft).with_marker(STOP)
    changes = tuple(c for c in kept.changes if not isinstance(c, SaveDraft))
    still = say("STILL_STOPPED", step=kept_as(conversation, step))
    said = remarks or (still,)  # each of them says that it was added
    saved = halted.save(*said, ASK, changes=changes)
    return replace(saved, direct=kept.direct)


def keep_pending_stop(conversation: Conversation) -> Outcome:
    """Add the pending *stop* to the answer. After the command ``/stop`` there is none to add."""
    step, items = underlying_question(conversation).step, conversation.pending_items
    answered = _with_items(conversation, step, items) if step and items else None
    if step is None or answered is None:
        return conversation.without_markers(STOP).save(ASK)
    erased = erase_dropped(conversation.answers, answered.answers)
    goes_on = step.many and not conversation.is_halted_by_recall
    return answered.save(say("ADD_MORE") if goes_on else ASK, changes=erased)


def _halt(conversation: Conversation, seal: SealItem) -> Outcome:
    """Ask what a bare *stop* was; it is sealed meanwhile, in case it was part of the story."""
    pending = (*conversation.pending_items, seal.item)
    return conversation.with_marker(STOP, *pending).save(ASK, changes=(seal,))


def _keep(
    conversation: Conversation, step: Step, seal: SealItem, remarks: tuple[TextRef, ...]
) -> Outcome:
    """Seal words together with a pending *stop*: a reporter who goes on has told that too."""
    answered = _with_items(conversation, step, (*conversation.pending_items, seal.item))
    if answered is None:
        return saying(say("CHOOSE"), ASK)
    changes: tuple[Change, ...] = (seal, *erase_dropped(conversation.answers, answered.answers))
    asks = not step.many or conversation.is_halted_by_recall
    then = next_texts(answered) if asks else () if remarks else (say("ACK"),)
    if not step.many and then == (ASK,):
        then = (ASK_WHEN_QUIET,)
    saved = answered.save(*remarks, *then, changes=changes)
    return replace(saved, direct=help_for(remarks))


def _with_items(
    conversation: Conversation, step: Step, items: tuple[str, ...]
) -> Conversation | None:
    """Answer a step with these items, the last of them last; None if it cannot be answered."""
    resumed = conversation.without_markers(STOP, ASIDE_OFFERED)
    if step.id == ADDED:
        added = (*added_items(resumed.draft), *items)
        return resumed.with_draft(with_added(resumed.draft, added))
    response = TextResponse(items[-1])
    after = answer(resumed, step, response)
    if isinstance(after, Refusal):
        return None
    whole = tuple(_with_earlier(a, items[:-1]) if a.step == step.id else a for a in after)
    return after_again(resumed.with_answers(whole))


def _with_earlier(answer: Answer, items: tuple[str, ...]) -> Answer:
    *before, last = answer.items
    return replace(answer, items=(*before, *items, last))


def count_pieces(conversation: Conversation) -> int:
    """Count the pieces of a conversation, with those that may turn out to be none."""
    undecided = len(conversation.pending_items) + len(conversation.asides)
    return sum(len(a.items) for a in conversation.draft.answers) + undecided


def help_for(remarks: Sequence[TextRef]) -> tuple[TextRef, ...]:
    """Return the help lines that stand beside words that may be a call for help."""
    is_safe = any(remark.sentence == "KEPT_SAFE" for remark in remarks)
    return (say("HELP_LINES"),) if is_safe else ()


def kept_as(conversation: Conversation, step: str) -> str:
    """Return how a sentence says what words of this step became: of the story, or an answer."""
    if step == ADDED:
        return ""
    try:
        story = conversation.flow.story
    except UnknownRevision:  # a talk whose questions are lost can still be paused and erased
        return ""
    return "" if story is None or step == story.id else OTHER_ANSWER


def remarks_on(conversation: Conversation, step: str, heard: TextMessage) -> tuple[TextRef, ...]:
    """Return what is said about words that were kept but may have been meant otherwise."""
    word, kept = folded(heard.own), kept_as(conversation, step)
    remarks: list[TextRef] = []
    if word in BARE:
        remarks.append(say("KEPT_COMMAND", word, step=kept))
    elif without_accents(word) in NOT_SAFE:
        remarks.append(say("KEPT_SAFE", step=kept))
    else:
        remark = remark_on(understood(heard.own), kept)
        remarks += () if remark and tells_danger(heard.own) else remark
    if command_of(heard.own) is not None:
        remarks.append(say("KEPT_UNKNOWN", step=kept))
    if not all_showable(heard.shown):
        remarks.append(say("CHARACTERS_LEFT_OUT"))
    return tuple(remarks)
