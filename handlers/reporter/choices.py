"""Choices in an open conversation: of the bot's own questions, or of the questionnaire's steps."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from flows import ChoiceResponse
from handlers.outcome import ASK, Outcome, saying
from handlers.reporter.additions import choose_sharing
from handlers.reporter.answers import answer_step
from handlers.reporter.asides import choose_for_asides
from handlers.reporter.conversation import Conversation
from handlers.reporter.languages import LANGUAGE_PREFIX, choose_in_talk
from handlers.reporter.leaving_out import leave_out
from handlers.reporter.markers import (
    ASIDE,
    ASIDE_OFFERED,
    BACK,
    CLEAN,
    CODE,
    ERASE,
    KIND,
    LANGUAGE,
    OVERVIEW,
    PIECE,
    RECALLED,
    REVIEW,
    SHARE_ADDED,
    STOP,
)
from handlers.reporter.pieces import choose_for_piece
from handlers.reporter.questions import Question
from handlers.reporter.recalled_flow import choose_after_recall
from handlers.reporter.review import choose_in_overview, choose_in_review
from handlers.reporter.stopping import choose_after_stop, choose_erasing
from handlers.reporter.ways_back import choose_way_back, confirm_code


def choose(conversation: Conversation, current: Question, choices: tuple[str, ...]) -> Outcome:
    """Take these choices as the answer to the open question."""
    conversation = conversation.without_markers(ASIDE_OFFERED)
    handler = _BOT_QUESTIONS.get(current.id)
    if handler is not None:
        return handler(conversation, choices[0])
    if current.step is None:
        return saying(ASK)
    if current.step.takes_text:
        return leave_out(conversation, current.step)
    return answer_step(conversation, current.step, ChoiceResponse(choices))


def choose_flow(conversation: Conversation, name: str) -> Outcome:
    """Go on with the questionnaire of this name, in its newest words."""
    flow, draft = conversation.settings.named(name), conversation.without_markers(KIND).draft
    chosen = replace(draft, revision=flow.revision, language=flow.language)
    return conversation.with_draft(chosen).save(ASK)


def choose_cleaning(conversation: Conversation, choice: str) -> Outcome:
    """Remember how the chat is to be cleaned."""
    return conversation.with_marker(CLEAN, choice).save(ASK)


def choose_language(conversation: Conversation, choice: str) -> Outcome:
    """Go on in the language that was chosen."""
    return choose_in_talk(conversation, choice.removeprefix(LANGUAGE_PREFIX))


_BOT_QUESTIONS: Mapping[str, Callable[[Conversation, str], Outcome]] = {
    KIND: choose_flow,
    LANGUAGE: choose_language,
    RECALLED: choose_after_recall,
    CLEAN: choose_cleaning,
    STOP: choose_after_stop,
    ERASE: choose_erasing,
    PIECE: choose_for_piece,
    OVERVIEW: choose_in_overview,
    REVIEW: choose_in_review,
    BACK: choose_way_back,
    CODE: confirm_code,
    ASIDE: choose_for_asides,
    SHARE_ADDED: choose_sharing,
}
