"""Edited messages: what was kept is sealed anew, what was not is taken as new or refused truly.

An edit never is a choice. It may come late, when another question is open than the one that its
message answered, and nobody may say yes to something by correcting an earlier answer.
"""

from dataclasses import replace

from flows import Answer
from flows.folding import folded
from handlers.messages import TextMessage
from handlers.outcome import ASK, Outcome, say, saying
from handlers.permissions.contact import REACH, contact_marks
from handlers.reporter.asides import replace_aside
from handlers.reporter.conversation import Conversation
from handlers.reporter.leaving_out import leave_out
from handlers.reporter.markers import CONTACT, STOP, added_items
from handlers.reporter.questions import question_in, underlying_question
from handlers.reporter.refusals import (
    gives_no_way,
    is_no_answer,
    leaves_out,
    names_this_chat,
    takes_back_way,
)
from handlers.reporter.telling import accepts_text, answer_with_text, help_for, remarks_on
from handlers.reporter.typed_text import BARE, command_of, showable
from store.model.changes import EraseItems, SealItem
from store.model.drafts import ADDED, Phase


def is_kept(conversation: Conversation | None, item: str) -> bool:
    """Return whether something is sealed under this id in an open conversation."""
    if conversation is None:
        return False
    if item in conversation.asides:
        return True
    return item in conversation.pending_items or _answer_with(conversation, item) is not None


def edit_answer(
    conversation: Conversation, edited: TextMessage, item: str, refused_at: str
) -> Outcome:
    """Seal an edited message anew, or for the first time if it was refused; else say what is true.

    ``item`` is the id under which the message is sealed if it was kept, ``refused_at`` the
    question at which it was not.
    """
    if item in conversation.pending_items:
        return _replace_pending(conversation, edited, item)
    if item in conversation.asides:
        return _replace_aside(conversation, edited, item)
    answer = _answer_with(conversation, item)
    if answer is None:
        return _take_refused(conversation, edited, item, refused_at)
    if not _is_plain(edited):
        return saying(say("UNUSABLE", "edit_command"))
    step = underlying_question(conversation).step
    text = showable(edited.shown)
    is_open = step is not None and step.id == answer.step and not conversation.is_halted_by_recall
    if not is_open and not _may_still_change(conversation, answer):
        return saying(say("UNUSABLE", "edit"))
    if not text.strip():
        return saying(say("UNUSABLE", "edit_empty"))
    refused = _refuse_by_edit(conversation, answer, edited)
    if refused is not None:
        return refused
    seal = SealItem(item, answer.step, text)
    remarks = remarks_on(conversation, answer.step, edited)
    saved = conversation.save(say("EDITED"), *remarks, changes=(EraseItems((item,)), seal))
    return replace(saved, direct=help_for(remarks))


def _may_still_change(conversation: Conversation, answer: Answer) -> bool:
    """Return whether a closed answer of one message may be corrected until the second yes.

    Not what was given before a kept story was opened again: readers may have it as it was.
    """
    if conversation.draft.phase not in {Phase.QUESTIONS, Phase.REVIEW}:
        return False
    step, contact = conversation.flow.step(answer.step), conversation.marker(CONTACT)
    before = contact is not None and not {*contact_marks((answer,))}.isdisjoint(contact.choices)
    is_single = step is not None and step.takes_text and not step.many
    return is_single and not before and not conversation.is_halted_by_recall


def _refuse_by_edit(
    conversation: Conversation, answer: Answer, edited: TextMessage
) -> Outcome | None:
    """Leave a question out whose answer was edited into a refusal; None for other words."""
    step = conversation.flow.step(answer.step)
    if step is None:
        return None
    if leaves_out(step, edited.own):
        return leave_out(conversation, step)
    way = conversation.flow.step(REACH)
    if way is not None and takes_back_way(step, edited.own):
        return leave_out(conversation, way)
    if is_no_answer(step, edited.own) or gives_no_way(step, edited.own):
        return saying(say("NOT_AN_ANSWER"), say("EDIT_STANDS"))
    return saying(say("UNUSABLE", "edit_here")) if names_this_chat(step, edited.own) else None


def _answer_with(conversation: Conversation, item: str) -> Answer | None:
    added = added_items(conversation.draft)
    if item in added:
        return Answer(ADDED, items=added, closed=False)
    return next((a for a in conversation.answers if item in a.items), None)


def _replace_pending(conversation: Conversation, edited: TextMessage, item: str) -> Outcome:
    """Tell other words in place of a bare *stop* of which nobody knew yet whether it was told."""
    others = tuple(i for i in conversation.pending_items if i != item)
    cleared = conversation.without_markers(STOP)
    waiting = cleared.with_marker(STOP, *others) if others else cleared
    told = answer_with_text(waiting, question_in(waiting), edited, item)
    return replace(told, changes=(EraseItems((item,)), *told.changes))


def _replace_aside(conversation: Conversation, edited: TextMessage, item: str) -> Outcome:
    """Seal the new text of a message that was kept aside; it stays aside."""
    if not _is_plain(edited):
        return saying(say("UNUSABLE", "edit_command"))
    seal = replace_aside(conversation, edited, item)
    if seal is None:
        return saying(say("UNUSABLE", "edit_empty"))
    return conversation.save(say("EDITED"), changes=(EraseItems((item,)), seal))


def _take_refused(
    conversation: Conversation, edited: TextMessage, item: str, refused_at: str
) -> Outcome:
    """Take a message that was refused at the open question; any other may belong to another."""
    current = question_in(conversation)
    if not accepts_text(conversation, current):
        return saying(say("UNUSABLE", "edit_choice"), ASK)
    if refused_at != underlying_question(conversation).id:
        return saying(say("UNUSABLE", "edit_new"))
    return answer_with_text(conversation, current, edited, item)


def _is_plain(edited: TextMessage) -> bool:
    """Return whether words can be nothing but a part of an answer."""
    return command_of(edited.own) is None and folded(edited.own) not in BARE
