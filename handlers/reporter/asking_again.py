"""Questions that are asked once more: permissions of a kept story, or what is to be changed."""

import flows
from flows import Answers, Kind, Refusal, Response, Step
from handlers.outcome import ASK, say
from handlers.reporter.conversation import Conversation, erase_dropped, erase_items
from handlers.reporter.markers import AGAIN, DROPPED, REOPENED
from store.model.changes import EraseItems
from store.model.outbox import TextRef

ASKED_ANEW = frozenset({Kind.FORK, Kind.PERMISSION, Kind.DETAIL, Kind.REVIEW})
"""Kinds of steps whose answers never outlive the words in which they were given."""


def steps_asked_anew(conversation: Conversation) -> frozenset[str]:
    """Return the steps that are asked once more, because the story was kept before.

    What hangs on one of them is no less told while it is only not answered yet.
    """
    if not conversation.snapshot.kept and conversation.marker(REOPENED) is None:
        return frozenset()
    return frozenset(step.id for step in conversation.flow.steps if step.kind in ASKED_ANEW)


def settle(conversation: Conversation, answers: Answers) -> Conversation:
    """Replace the answers to the questionnaire by those of these that still apply."""
    settled = flows.settle(conversation.flow, answers, steps_asked_anew(conversation))
    return conversation.with_answers(settled)


def answer(conversation: Conversation, step: Step, response: Response) -> Answers | Refusal:
    """Return the answers after a response to a step; what still may apply stays."""
    anew = steps_asked_anew(conversation)
    return flows.answer(conversation.flow, conversation.answers, step.id, response, anew)


def drop(
    conversation: Conversation, before: Answers
) -> tuple[Conversation, tuple[EraseItems, ...]]:
    """Return what erases the items of answers that no longer apply, and the conversation after it.

    Those of a story that was kept before are erased with the second yes, not before it.
    """
    erased = erase_dropped(before, conversation.answers)
    if not erased or not steps_asked_anew(conversation):
        return conversation, erased
    marker = conversation.marker(DROPPED)
    items = (*(marker.choices if marker else ()), *erased[0].items)
    return conversation.with_marker(DROPPED, *items), ()


def erase_at_second_yes(
    conversation: Conversation,
) -> tuple[Conversation, tuple[EraseItems, ...]]:
    """Return what erases the items that were dropped before, and the conversation after it."""
    marker = conversation.marker(DROPPED)
    items = marker.choices if marker else ()
    return conversation.without_markers(DROPPED), erase_items(items)


def after_again(conversation: Conversation) -> Conversation:
    """Leave a question that was asked again, for the next one that is to be."""
    marker = conversation.marker(AGAIN)
    answered = {answer.step for answer in conversation.answers}
    rest = tuple(step for step in marker.choices[1:] if step in answered) if marker else ()
    return conversation.with_marker(AGAIN, *rest) if rest else conversation.without_markers(AGAIN)


def next_texts(conversation: Conversation) -> tuple[TextRef, ...]:
    """Return what asks the open question, also where it is asked again."""
    return (say("AGAIN"), ASK) if conversation.marker(AGAIN) else (ASK,)
