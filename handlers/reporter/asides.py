"""Words that came beside an answer: sealed apart from it, and offered for the story.

They count as no answer. Until their reporter says that they belong to the story, no reader, index
or report sees them, and they are erased with the draft.
"""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import chain

from flows import Answer, Answers, Step
from flows.folding import plain
from handlers.context import View
from handlers.messages import TextMessage
from handlers.outcome import ASK, Outcome, say, saying
from handlers.reporter.asking_again import settle
from handlers.reporter.conversation import Conversation, erase_items, is_adding, is_unbegun
from handlers.reporter.markers import (
    ASIDE,
    ASIDE_LATER,
    ASIDE_OFFERED,
    OVERVIEW,
    REVIEW,
    added_items,
    with_added,
)
from handlers.reporter.questions import ADDING, Question, question_in
from handlers.reporter.telling import MOST_PIECES, count_pieces
from handlers.reporter.typed_text import is_number, showable
from handlers.reporter.ways_back import has_none_of_the_words
from handlers.texts.names import SentenceName
from handlers.texts.typed_languages import TYPED_LANGUAGES
from store.model.changes import Change, SealItem
from store.model.drafts import Phase
from store.model.errors import UnknownRevision
from store.model.outbox import TextRef

MOST_TRIED = 2
"""Words that somebody types who only tries to give two of the twelve back."""

ABOUT_ASIDES = (ASIDE, ASIDE_OFFERED, ASIDE_LATER)
LONG_ENOUGH = 200
"""Characters beyond which nobody only tries to answer."""


def is_worth_keeping(view: View, text: str, question: Question) -> bool:
    """Return whether words say more than an answer that could not be read.

    A label of another question says nothing more: it came late, or was tapped in an old list.
    """
    if len(text) > LONG_ENOUGH:
        return True
    offered = {word for offer in question.offers for word in plain(offer.label).split()}
    words = [word for word in plain(text).split() if word not in offered]
    told = all(
        any(_says_something(word, language.answers.answering) for word in words)
        for language in TYPED_LANGUAGES
    )
    return told and not _is_label(view, text)


def _is_label(view: View, text: str) -> bool:
    steps = (step for flow in view.settings.offered for step in flow.steps)
    choices = (choice.text for step in steps for choice in step.choices)
    return plain(text) in map(plain, chain(view.texts.labels.values(), choices))


def _says_something(word: str, answering: AbstractSet[str]) -> bool:
    answers = word in answering or is_number(word)
    return not answers and len(word) > 1 and any(map(str.isalpha, word))


def refusal_of(
    conversation: Conversation | None, current: Question, typed: TextMessage
) -> SentenceName:
    """Name what is said of words that are no answer; what tells something is said to be lost."""
    told = conversation is not None and is_worth_keeping(conversation.view, typed.shown, current)
    return "NOT_ADDED" if told else "CHOOSE"


def refuse_beside_words(
    conversation: Conversation, current: Question, typed: TextMessage
) -> Outcome | None:
    """Say that words are not kept that tell something where two of the twelve are asked back."""
    tries = len(typed.own.split()) <= MOST_TRIED
    if tries or not has_none_of_the_words(conversation, typed.own):
        return None
    told = is_worth_keeping(conversation.view, typed.shown, current)
    return saying(say("NOT_ADDED"), ASK) if told else None


def set_aside(
    conversation: Conversation, current: Question, heard: TextMessage, item: str
) -> Outcome | None:
    """Seal words that are no answer, and offer them; None where they cannot be kept."""
    if not is_worth_keeping(conversation.view, heard.shown, current):
        return None
    kept = seal_aside(conversation, heard, item)
    if kept is None:
        return None
    after, seal = kept
    return after.save(*_offer(after), ASK, changes=(seal,))


def seal_aside(
    conversation: Conversation, heard: TextMessage, item: str
) -> tuple[Conversation, SealItem] | None:
    """Return the conversation with these words beside it, and what seals them.

    None where nothing can be added to a story any more, or where there is no room for it.
    """
    story, text = _story(conversation), showable(heard.shown)
    if story is None or not text.strip() or count_pieces(conversation) >= MOST_PIECES:
        return None
    if len(heard.shown) > conversation.settings.text_length:
        return None
    in_sight = question_in(conversation).id in {OVERVIEW, REVIEW}
    after = conversation.with_marker(ASIDE, *conversation.asides, item)
    later = after.with_marker(ASIDE_LATER) if in_sight else after.without_markers(ASIDE_LATER)
    return later.with_marker(ASIDE_OFFERED), SealItem(item, story.id, text)


def add_asides(conversation: Conversation) -> Outcome:
    """Add what was kept aside to the story, where it was told; the open question stays."""
    story, asides = _story(conversation), conversation.asides
    if story is None or not asides:
        return saying(ASK)
    cleared = conversation.without_markers(*ABOUT_ASIDES)
    if is_adding(conversation):
        more = with_added(cleared.draft, (*added_items(cleared.draft), *asides))
        return cleared.with_draft(more).save(say("ASIDE_ADDED"), ASK)
    added = settle(cleared, _with_items(cleared.answers, story, asides))
    return added.save(say("ASIDE_ADDED"), ASK)


def choose_for_asides(conversation: Conversation, choice: str) -> Outcome:
    """Add what was kept aside to the story, or erase it."""
    if choice == "yes":
        return add_asides(conversation)
    erased: tuple[Change, ...] = erase_items(conversation.asides)
    cleared = conversation.without_markers(*ABOUT_ASIDES)
    return cleared.save(say("ASIDE_DROPPED"), ASK, changes=erased)


def replace_aside(conversation: Conversation, edited: TextMessage, item: str) -> SealItem | None:
    """Return what seals the new text of an edited message that was kept aside."""
    story, text = _story(conversation), showable(edited.shown)
    return SealItem(item, story.id, text) if story is not None and text.strip() else None


def _story(conversation: Conversation) -> Step | None:
    """Return the step that words are added to, as long as something can be added to it."""
    if conversation.draft.phase not in {Phase.QUESTIONS, Phase.REVIEW}:
        return None
    if is_adding(conversation):
        return ADDING
    try:
        return conversation.flow.story
    except UnknownRevision:  # a talk whose questions are lost can still be paused and erased
        return None


def _with_items(answers: Answers, story: Step, items: tuple[str, ...]) -> Answers:
    """Return the answers with these items behind those of the story, as open as it was.

    A single answer to it is not replaced: all of it was told.
    """
    if not any(answer.step == story.id for answer in answers):
        return (*answers, Answer(story.id, items=items, closed=not story.many))
    return tuple(
        replace(answer, items=(*answer.items, *items)) if answer.step == story.id else answer
        for answer in answers
    )


def _offer(conversation: Conversation) -> tuple[TextRef, ...]:
    """Return what is said beside the question that comes next.

    Before anything was begun, that question asks about no words; later it may ask about these.
    """
    if is_unbegun(conversation):
        return (say("ASIDE_FIRST_MORE"),)
    current = question_in(conversation)
    if current.id == ASIDE:
        more = len(conversation.asides) > 1  # or who says no does not know what is deleted
        return (say("ASIDE_FIRST_MORE"),) if more else ()
    if current.id in {OVERVIEW, REVIEW}:
        return (say("ASIDE_OVERVIEW" if current.id == OVERVIEW else "ASIDE_REVIEW"),)
    return (say("ASIDE_TEXT" if current.free else "ASIDE"),)
