"""How readers may reach the reporter: what was given, as overview, second yes and report say it.

It is no permission of its own: readers get it with what they may read, and it has no statement.
"""

from collections.abc import Iterator

import flows
from flows import Answers, Step
from handlers.permissions.consent import Consent
from handlers.reporter.conversation import Conversation

CALLED, REACH, MESSAGE = "called", "reach", "reach_message"
FOLLOWING = ("reach_when", MESSAGE, "reach_as", "reach_others")
"""Steps that ask more about a way to reach somebody."""
BEING_REACHED = (CALLED, REACH, *FOLLOWING)
"""The steps of all questionnaires that are about being reached, by their ids."""


def contact_given(answers: Answers) -> frozenset[str]:
    """Return which of the two was given: what to call the reporter, and how to reach them."""
    told = {answer.step for answer in answers if answer.items}
    return frozenset({CALLED, REACH} & told)


def contact_marks(answers: Answers) -> tuple[str, ...]:
    """Return what differs as soon as an answer about being reached does, without its words."""
    about = (answer for answer in answers if answer.step in BEING_REACHED)
    given = (f"{a.step} {each}" for a in about for each in (*a.items, *a.choices))
    return tuple(sorted(given))


def describe_contact(consent: Consent) -> str:
    """Tell the reporter what the readers will know; nothing where nothing was given."""
    return consent.texts.permissions.contact.get(consent.contact, "")


def describe_contact_to(consent: Consent, readers: tuple[str, ...]) -> str:
    """Tell the reporter which readers will know it."""
    line = consent.texts.permissions.contact_named.get(consent.contact, "")
    return line.format(readers=consent.names(readers))


def contact_terms(conversation: Conversation, consent: Consent) -> str:
    """Tell the readers whether, and how, they may get in touch."""
    texts = consent.texts.report
    left_out = _asked(conversation) - consent.contact
    refused = texts.no_contact if REACH in left_out else texts.no_way
    reach = texts.contact if REACH in consent.contact else refused
    return f"{reach} {texts.no_name}" if CALLED in left_out else reach


def _asked(conversation: Conversation) -> frozenset[str]:
    """Return which of the two the reporter was asked for."""
    flow, answers = conversation.flow, conversation.answers
    steps = (step for step in flow.steps if step.id in {CALLED, REACH})
    return frozenset(step.id for step in steps if flows.relevant(flow, step, answers))


def unanswered(conversation: Conversation, step: Step) -> Iterator[str]:
    """Yield what readers see of a question about a given way that was left open."""
    texts = conversation.settings.own_texts.report
    if step.id in FOLLOWING and REACH in contact_given(conversation.answers):
        yield texts.unanswered_message if step.id == MESSAGE else texts.unanswered_step
