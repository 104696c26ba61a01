"""Read what was typed as choices of the open question.

Where only the words can show which question they answer (``Question.bound``), words that an
earlier question offered as well choose nothing: the number does. Words that leave everything as it
is always do.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import islice, takewhile

from flows import Kind
from flows.folding import folded, plain
from handlers.context import View
from handlers.messages import Offer
from handlers.outcome import ASK, Outcome, say, saying
from handlers.reporter import markers
from handlers.reporter.conversation import Conversation
from handlers.reporter.languages import LANGUAGE_PREFIX, name_in
from handlers.reporter.listening import understood, with_readers_unnamed
from handlers.reporter.numbering import CONSENT, ShownList, shown_list
from handlers.reporter.questions import Question
from handlers.reporter.typed_text import (
    has_number,
    is_doubtful,
    is_number,
    is_numbers,
    match_loosely,
    match_offers,
    says_yes,
    without_politeness,
)
from handlers.texts.sayings import Saying
from handlers.texts.tables import ChoiceWords
from handlers.texts.typed_languages import TYPED_LANGUAGES
from store.model.errors import UnknownRevision

ANSWERING_THE_FORK = frozenset({"review.just_keep", "share_added.no"})
"""Labels of choices that answer the fork from elsewhere, or share nothing in talks without one: in
it they can mean nothing else."""

BARE_ANSWERS = frozenset[str]().union(*(each.answers.bare_answers for each in TYPED_LANGUAGES))
"""They say nothing of what they answer."""

CONFIRMING = frozenset({markers.ERASE, markers.ERASING})
"""Questions whose yes deletes a whole story."""

LEAVING_AS_IT_IS = frozenset({"no", "go", "back", "later", "show", "change"})
"""Choices of the bot's own questions that allow, take back, erase and end nothing."""


def read_choices(
    view: View, conversation: Conversation | None, question: Question, text: str
) -> tuple[str, ...] | Outcome | None:
    """Return the choices that a text means, or what is said instead; None for other words."""
    if not question.offers:
        return None
    if question.free:
        return _read_skip(question, text)
    meant = _listed(conversation, question, text) or _in_other_words(
        view, conversation, question, text
    )
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
    bound = _bound(view, conversation, question, text)
    return saying(say("BY_NUMBER"), ASK) if bound is None else bound


def _bound(
    view: View, conversation: Conversation | None, question: Question, text: str
) -> tuple[str, ...] | None:
    """Return the choices that words can mean at this question only; None if at others as well."""
    listed = _listed(conversation, question, text)
    meant = listed or _in_other_words(view, conversation, question, text)
    if meant and question.id in CONSENT - {markers.ASIDE} and LEAVING_AS_IT_IS.issuperset(meant):
        return meant
    if question.id in CONFIRMING:
        return meant if is_numbers(text) or _is_label(question, text) else None
    elsewhere = tuple(_offers_elsewhere(view, conversation, question))
    if listed is None:
        return meant if match_offers(text, elsewhere, several=False) is None else None
    return match_offers(text, question.offers, several=question.several, elsewhere=elsewhere)


def read_freely(question: Question, text: str) -> tuple[str, ...] | None:
    """Return the choice that is named in other words, where nothing is allowed by choosing."""
    is_one = question.step is not None and question.step.kind is Kind.ONE
    return match_loosely(text, question.offers) if is_one else None


def _read_skip(question: Question, text: str) -> tuple[str, ...] | None:
    """Read the one choice of a question for words: by all of its label or its number.

    Anything less may be the beginning of an answer.
    """
    label, typed = plain(question.offers[0].label), plain(text)
    return (question.offers[0].id,) if typed in {label, "1", f"1 {label}"} else None


def _listed(
    conversation: Conversation | None, question: Question, text: str
) -> tuple[str, ...] | None:
    """Return the choices that words name; those that delete something need more than a likeness.

    Whoever asked for it has said *delete it* already: only a yes to the question confirms it. A
    yes after words that wait before the first choice may be meant for those.
    """
    meant = match_offers(text, question.offers, several=question.several)
    if question.id in CONFIRMING:
        if meant == ("no",) or is_numbers(text):
            return meant
        return ("yes",) if _is_label(question, text) or says_yes(text) else None
    if question.id == markers.SAFE and conversation is not None and meant == ("unsure",):
        return meant if is_numbers(text) or _is_label(question, text) else None
    return meant


def _is_label(question: Question, text: str) -> bool:
    """Return whether words are all of a label."""
    return plain(text) in {plain(offer.label) for offer in question.offers}


def _in_other_words(
    view: View, conversation: Conversation | None, question: Question, text: str
) -> tuple[str, ...] | None:
    """Return the choice that people mean by other words than its label, if it is offered."""
    is_fork = question.step is not None and question.step.kind is Kind.FORK
    asked = "fork" if is_fork else question.id.removeprefix(markers.MARKER_PREFIX)
    hours = view.settings.hold_hours
    said = {without_politeness(folded(text)), without_politeness(with_readers_unnamed(view, text))}
    doubtful = question.id in CONSENT and is_doubtful(text, question.offers)
    for offer in () if doubtful else question.offers:
        deletes = conversation is not None and (question.id, offer.id) == (markers.SAFE, "unsure")
        if not deletes and _names_language(view, offer, text):
            return (offer.id,)
        if not deletes and _means_choice(f"{asked}.{offer.id}", said, hours):
            return (offer.id,)
    if question.id == markers.CODE and understood(text) is Saying.WROTE_DOWN:
        return ("have",)
    return read_freely(question, text)


def _means_choice(choice: str, said: AbstractSet[str], hours: int) -> bool:
    """Return whether these words mean a choice, in any language."""
    for language in TYPED_LANGUAGES:
        words = language.choices.by_choice.get(choice, frozenset())
        if words and words & {
            language.compared(each).replace(str(hours), "{hours}") for each in said
        }:
            return True
    return False


def _names_language(view: View, offer: Offer, text: str) -> bool:
    """Return whether words are a name of the language that is offered."""
    tag = offer.id.removeprefix(LANGUAGE_PREFIX)
    return tag != offer.id and name_in(view.settings, text) == tag


def _asks_for_a_line(text: str) -> bool:
    typed = without_politeness(folded(text))
    return any(
        _says_line(language.choices, language.compared(typed)) for language in TYPED_LANGUAGES
    )


def _says_line(table: ChoiceWords, typed: str) -> bool:
    words = typed.split()
    beginnings = (" ".join(words[at:]) for at in range(len(words)))
    leads_in = takewhile(table.leads_in_change.__contains__, words)
    return any(rest in table.changes_a_line for rest in islice(beginnings, 1 + len([*leads_in])))


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
    others = {markers.ASIDE, *CONFIRMING}
    offered = conversation.marker(markers.ASIDE_OFFERED) and question.id not in others
    return bool(offered) and plain(text) in BARE_ANSWERS


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
    yield Offer("hold", view.texts.review.send_later.format(view.settings.hold_hours))
    for name, label in view.texts.labels.items():
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
