"""Read what was typed as choices of the open question.

Where only the words can show which question they answer (``Question.bound``), words that other
questions offer as well choose nothing: the number does.
"""

from collections.abc import Iterator

from handlers.context import View
from handlers.messages import Offer
from handlers.outcome import ASK, Outcome, say, saying
from handlers.reporter.conversation import Conversation
from handlers.reporter.markers import MARKER_PREFIX
from handlers.reporter.numbering import ShownList, shown_list
from handlers.reporter.questions import Question
from handlers.reporter.typed_text import has_number, is_numbers, match_offers
from handlers.texts.english import ENGLISH


def read_choices(
    view: View, conversation: Conversation | None, question: Question, text: str
) -> tuple[str, ...] | Outcome | None:
    """Return the choices that a text means, or what is said instead; None for other words."""
    if not question.offers:
        return None
    meant = match_offers(text, question.offers, several=question.several)
    numbers = is_numbers(text)
    by_number = numbers or (meant is not None and has_number(text))
    if by_number and conversation is not None and _is_listed_otherwise(conversation, question):
        return conversation.save(say("LIST_CHANGED"), ASK)
    if not question.bound:
        return meant
    if meant is None:
        return saying(say("CHOOSE"), ASK) if numbers else None
    elsewhere = tuple(_offers_elsewhere(view, question))
    bound = match_offers(text, question.offers, several=question.several, elsewhere=elsewhere)
    return saying(say("BY_NUMBER"), ASK) if bound is None else bound


def _is_listed_otherwise(conversation: Conversation, question: Question) -> bool:
    """Return whether the question has other choices than when it was asked."""
    shown = shown_list(conversation)
    if shown.question != question.id:
        return False
    return shown.digest != ShownList.of(question.id, question.offers, 0).digest


def _offers_elsewhere(view: View, question: Question) -> Iterator[Offer]:
    """Yield what other questions offer: the bot's own, and those of the questionnaire."""
    own = question.id.removeprefix(MARKER_PREFIX)
    for name, label in ENGLISH.labels.items():
        asking, _, choice = name.partition(".")
        if asking not in {own, "button"}:
            yield Offer(choice, label)
    for step in view.settings.flow_of(view.snapshot).steps:
        if step.id != question.id:
            yield from (Offer(choice.id, choice.text) for choice in step.choices)
