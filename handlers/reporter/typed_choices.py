"""Read what was typed as choices of the open question.

Where only the words can show which question they answer (``Question.bound``), words that an
earlier question offered as well choose nothing: the number does. Words that leave everything as it
is always do.
"""

from collections.abc import Iterator
from itertools import islice, takewhile

from flows import Kind
from flows.folding import folded
from handlers.context import View
from handlers.messages import Offer
from handlers.outcome import ASK, Outcome, say, saying
from handlers.reporter import markers
from handlers.reporter.conversation import Conversation
from handlers.reporter.listening import with_readers_unnamed
from handlers.reporter.numbering import CONSENT, ShownList, shown_list
from handlers.reporter.questions import Question
from handlers.reporter.typed_text import (
    has_number,
    is_number,
    is_numbers,
    match_offers,
    without_politeness,
)
from handlers.texts.english import ENGLISH
from handlers.texts.english_choices import CHANGES_A_LINE, ENGLISH_CHOICES, LEADS_IN_CHANGE
from store.model.errors import UnknownRevision

ANSWERING_THE_FORK = frozenset({"review.just_keep", "share_added.no"})
"""Labels of choices that answer the fork from elsewhere, or share nothing in talks without one: in
it they can mean nothing else."""

BARE_ANSWERS = frozenset({"yes", "no", "ok", "okay"})
"""They say nothing of what they answer."""

LEAVING_AS_IT_IS = frozenset({"no", "go", "back", "later", "show", "change"})
"""Choices of the bot's own questions that allow, take back, erase and end nothing."""


def read_choices(
    view: View, conversation: Conversation | None, question: Question, text: str
) -> tuple[str, ...] | Outcome | None:
    """Return the choices that a text means, or what is said instead; None for other words."""
    if not question.offers:
        return None
    listed = match_offers(text, question.offers, several=question.several)
    meant = listed or _in_other_words(view, question, text)
    numbers = is_numbers(text)
    by_number = numbers or (meant is not None and has_number(text))
    if by_number and conversation is not None and _is_listed_otherwise(conversation, question):
        return conversation.save(say("LIST_CHANGED"), ASK)
    if meant and conversation is not None and _may_be_about_asides(conversation, question, text):
        return saying(say("BY_NUMBER"), ASK)
    if meant is None and question.id == markers.OVERVIEW and _asks_for_a_line(text):
        return saying(say("CHOOSE_LINE"), ASK)
    if not question.bound:
        return meant
    if meant is None:
        return saying(say("CHOOSE"), ASK) if numbers else None
    if conversation is not None and _was_asked_before(conversation, question, meant, text):
        return saying(say("BY_NUMBER"), ASK)
    if question.id in CONSENT - {markers.ASIDE} and LEAVING_AS_IT_IS.issuperset(meant):
        return meant
    elsewhere = tuple(_offers_elsewhere(view, conversation, question))
    if listed is None:
        is_elsewhere = match_offers(text, elsewhere, several=False) is not None
        return saying(say("BY_NUMBER"), ASK) if is_elsewhere else meant
    bound = match_offers(text, question.offers, several=question.several, elsewhere=elsewhere)
    return saying(say("BY_NUMBER"), ASK) if bound is None else bound


def _in_other_words(view: View, question: Question, text: str) -> tuple[str, ...] | None:
    """Return the choice that people mean by other words than its label, if it is offered."""
    is_fork = question.step is not None and question.step.kind is Kind.FORK
    asked = "fork" if is_fork else question.id.removeprefix(markers.MARKER_PREFIX)
    hours = view.settings.hold_hours
    said = {without_politeness(folded(text)), without_politeness(with_readers_unnamed(view, text))}
    for offer in question.offers:
        words = ENGLISH_CHOICES.get(f"{asked}.{offer.id}", frozenset())
        if said & {each.format(hours=hours) for each in words}:
            return (offer.id,)
    return None


def _asks_for_a_line(text: str) -> bool:
    words = without_politeness(folded(text)).split()
    beginnings = (" ".join(words[at:]) for at in range(len(words)))
    leads_in = takewhile(LEADS_IN_CHANGE.__contains__, words)
    return any(rest in CHANGES_A_LINE for rest in islice(beginnings, 1 + len([*leads_in])))


def _was_asked_before(
    conversation: Conversation, question: Question, meant: tuple[str, ...], text: str
) -> bool:
    """Return whether words may answer an earlier asking of a question that decides.

    There a number is needed: what was shown before the earlier yes may have been something else.
    """
    left = shown_list(conversation).left
    if question.id not in left or LEAVING_AS_IT_IS.issuperset(meant):
        return False
    first, *_ = folded(text).split() or [""]
    return not is_number(first)


def _is_listed_otherwise(conversation: Conversation, question: Question) -> bool:
    """Return whether the question has other choices than when it was asked."""
    shown = shown_list(conversation)
    if shown.question != question.id:
        return False
    return shown.digest != ShownList.of(question.id, question.offers, 0).digest


def _may_be_about_asides(conversation: Conversation, question: Question, text: str) -> bool:
    """Return whether a bare yes or no may answer the offer to add words right above."""
    offered = conversation.marker(markers.ASIDE_OFFERED) and question.id != markers.ASIDE
    return bool(offered) and folded(text) in BARE_ANSWERS


def _offers_elsewhere(
    view: View, conversation: Conversation | None, question: Question
) -> Iterator[Offer]:
    """Yield what other questions offer whose answer may have been held back until now.

    Those are the bot's own, and of the questionnaire those that were answered.
    """
    own = question.id.removeprefix(markers.MARKER_PREFIX)
    left_out = {own, "button"}
    at_fork = question.step is not None and question.step.kind is Kind.FORK
    if not _is_of_opened_case(view, conversation):
        left_out.add("case")
    for name, label in ENGLISH.labels.items():
        asking, _, choice = name.partition(".")
        if asking not in left_out and not (at_fork and name in ANSWERING_THE_FORK):
            yield Offer(choice, label)
    if conversation is not None:
        yield from _offers_answered(conversation, question)


def _offers_answered(conversation: Conversation, question: Question) -> Iterator[Offer]:
    """Yield what the answered steps of the questionnaire offer; nothing where that is lost."""
    try:
        steps = conversation.flow.steps
    except UnknownRevision:  # a talk whose questions are lost can still be paused and erased
        return
    answered = {answer.step for answer in conversation.answers}
    for step in steps:
        if step.id != question.id and step.id in answered:
            yield from (Offer(choice.id, choice.text) for choice in step.choices)


def _is_of_opened_case(view: View, conversation: Conversation | None) -> bool:
    reopened = conversation is not None and conversation.marker(markers.CASE)
    return bool(reopened) or view.snapshot.opened is not None
