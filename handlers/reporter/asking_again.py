"""Questions that are asked once more: permissions of a kept story, or what is to be changed."""

import flows
from flows import Answers, Kind, Refusal, Response, Step
from handlers.outcome import ASK, say
from handlers.reporter.conversation import Conversation
from handlers.reporter.markers import AGAIN, REOPENED
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


def after_again(conversation: Conversation) -> Conversation:
    """Leave a question that was asked again, for the next one that is to be."""
    marker = conversation.marker(AGAIN)
    answered = {answer.step for answer in conversation.answers}
    rest = tuple(step for step in marker.choices[1:] if step in answered) if marker else ()
    return conversation.with_marker(AGAIN, *rest) if rest else conversation.without_markers(AGAIN)


def next_texts(conversation: Conversation) -> tuple[TextRef, ...]:
    """Return what asks the open question, also where it is asked again."""
    return (say("AGAIN"), ASK) if conversation.marker(AGAIN) else (ASK,)
