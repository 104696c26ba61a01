"""Find the question that is open for an account.

No position is stored. The open question follows from the answers, the phase, and the bot's own
markers among the answers.
"""

from dataclasses import dataclass, replace

import flows
from flows import Answers, Flow, Kind, Step
from handlers.context import View
from handlers.messages import Offer
from handlers.permissions.added import standing_readers
from handlers.permissions.contact import BEING_REACHED
from handlers.permissions.permission import Registry
from handlers.permissions.report import has_content
from handlers.permissions.routing import consent_in
from handlers.permissions.sharing import sharing_change
from handlers.reporter.asking_again import ASKED_ANEW
from handlers.reporter.conversation import (
    Conversation,
    conversation_of,
    is_adding,
    is_unbegun,
)
from handlers.reporter.languages import language_offers, languages_of, other_languages
from handlers.reporter.markers import (
    AGAIN,
    ASIDE,
    ASIDE_LATER,
    BACK,
    CASE,
    CLEAN,
    CODE,
    ERASE,
    ERASING,
    FOUND,
    INTERRUPTIONS,
    KIND,
    LANGUAGE,
    OVERVIEW,
    PIECE,
    RECALLED,
    REOPENED,
    REVIEW,
    SAFE,
    SHARE_ADDED,
    STOP,
    TICKED,
    WORD_CHECK,
    find_marker,
)
from handlers.reporter.numbering import CONSENT, number_asked, number_menu, number_offers
from handlers.texts.catalogue import Catalogue
from store.model.drafts import ADDED, Draft, Phase
from store.model.permissions import DeliveryStage
from store.model.snapshot import AskedErasure, Snapshot

CASE_CHOICES = (
    "read",
    "withdraw",
    "now",
    "share",
    "erase",
    "close",
    "add",
    "change",
    "renew",
    "join",
)
"""All choices of an opened case. Their places are their numbers: they never change. *Share* is not
offered any more: *change* is what it was."""

SKIP = "skip"
"""The choice to leave a question out, where its questionnaire has words for that."""

ADDING = Step(ADDED, Kind.TEXT, "", many=True)
"""What is added to a kept story, as a step: asked in all questionnaires, and part of none. Its
words are the bot's own, in each language."""


@dataclass(frozen=True, slots=True)
class Question:
    """An open question: one of the bot's own, or a step of the questionnaire."""

    id: str
    offers: tuple[Offer, ...] = ()
    several: bool = False
    step: Step | None = None
    free: bool = False
    """Words are taken as an answer."""
    bound: bool = False
    """Only what can be meant for no other question answers it."""
    has_asides: bool = False
    """Words wait beside it that can be added to the story."""


def open_question(view: View) -> Question:
    """Return the question that is open for this account."""
    conversation = conversation_of(view)
    return question_outside(view) if conversation is None else question_in(conversation)


def question_outside(view: View) -> Question:
    """Return the question that is open where there is no draft: the case menu, or the welcome."""
    if view.snapshot.asked is not None:
        return _erasing(view, view.snapshot.asked)
    if view.snapshot.opened is not None:
        return _case_menu(view)
    return question_of_hello(view)


def question_in(conversation: Conversation) -> Question:
    """Return the question that is open in a conversation, numbered as it is listed."""
    asked = conversation.snapshot.asked
    if asked is not None:
        return _erasing(conversation.view, asked)
    question = _with_asides(conversation, _question_in(conversation))
    first_words = is_unbegun(conversation)
    if not (asks_for_consent(question) or first_words) or not conversation.view.platform.reorders:
        return question
    offers = number_offers(conversation, question.id, question.offers)
    return replace(question, offers=offers, bound=True)


def _with_asides(conversation: Conversation, question: Question) -> Question:
    """Say whether words wait beside a question; the one about them has choices of its own."""
    if question.id == ASIDE or not conversation.asides or is_unbegun(conversation):
        return question
    return replace(question, has_asides=True)


def asks_for_consent(question: Question) -> bool:
    """Tell whether something is allowed, taken back, erased or ended by the answer."""
    return question.id in CONSENT or (
        question.step is not None and question.step.kind in ASKED_ANEW
    )


def _question_in(conversation: Conversation) -> Question:
    marker = next((name for name in INTERRUPTIONS if conversation.marker(name)), None)
    if marker is not None:
        return _interruption(conversation, marker)
    if conversation.is_halted_by_recall:
        texts = conversation.view.texts
        return Question(RECALLED, bot_choices(texts, "recalled", "again", "later", "erase"))
    return underlying_question(conversation)


def underlying_question(conversation: Conversation) -> Question:
    """Return the question behind whatever was asked in between, recalled or not."""
    if is_unbegun(conversation):
        return question_of_hello(conversation.view)
    match conversation.draft.phase:
        case Phase.QUESTIONS if is_adding(conversation):
            return _adding(conversation)
        case Phase.QUESTIONS:
            return _question_of_flow(conversation)
        case Phase.REVIEW:
            asks_first = _asks_about_asides(conversation)
            return _about_asides(conversation) if asks_first else _review(conversation)
        case Phase.BACK:
            return _way_back(conversation)
        case Phase.WORDS:
            return Question(WORD_CHECK, free=True)


def step_question(flow: Flow, answers: Answers, step: Step) -> Question:
    """Return a step of the questionnaire as a question."""
    if step.takes_text:
        skip = () if step.skip is None else (Offer(SKIP, step.skip),)
        return Question(step.id, skip, step=step, free=True)
    offers = tuple(Offer(c.id, c.text) for c in flows.options(flow, step, answers))
    return Question(step.id, offers, several=step.takes_several, step=step)


def ticked_in(draft: Draft, question: Question) -> tuple[str, ...] | None:
    """Return which choices of a question are ticked; None if none of it was pressed yet."""
    marker = find_marker(draft, TICKED)
    if marker is None or marker.choices[0] != question.id:
        return None
    return marker.choices[1:]


def show_ticks(question: Question, draft: Draft) -> Question:
    """Return the question as it is shown: with what is ticked in it."""
    ticks = ticked_in(draft, question)
    if ticks is None:
        return question
    offers = tuple(replace(offer, ticked=offer.id in ticks) for offer in question.offers)
    return replace(question, offers=offers)


def bot_choices(texts: Catalogue, question: str, *choices: str) -> tuple[Offer, ...]:
    """Return the named choices of one of the bot's own questions, with their labels."""
    return tuple(Offer(choice, texts.labels[f"{question}.{choice}"]) for choice in choices)


def changeable_steps(conversation: Conversation) -> tuple[tuple[str, Step], ...]:
    """Return the steps that the overview can open again, each with the label of its choice."""
    flow, answers = conversation.flow, conversation.answers
    registry, texts = conversation.settings.permissions, conversation.view.texts
    steps = [step for step in flow.steps if flows.relevant(flow, step, answers)]
    first = next((step for step in steps if step.id in BEING_REACHED), None)
    reach = texts.labels["change.reach"]
    labelled = (
        (reach if step == first else _change_label(texts, registry, step), step) for step in steps
    )
    return tuple((label, step) for label, step in labelled if label)


def _change_label(texts: Catalogue, registry: Registry, step: Step) -> str:
    if step.kind is Kind.FORK:
        return texts.labels["change.fork"]
    return next((label for p in registry if (label := p.label_for(texts, step))), "")


def cleaning_choice(view: View) -> str:
    """Return how the account wants its chat cleaned: *go*, *end*, *self*, or nothing yet."""
    return cleaning_choice_in(view.snapshot)


def cleaning_choice_in(snapshot: Snapshot) -> str:
    """Return the same of an account of which no view was made."""
    draft, opened = snapshot.draft, snapshot.opened
    answers = draft.answers if draft else opened.answers if opened else ()
    return next((a.choices[0] for a in answers if a.step == CLEAN and a.choices), "")


def _erasing(view: View, asked: AskedErasure) -> Question:
    name, offers = ERASING, bot_choices(view.texts, "erase", "no", "yes")
    if asked.unasked:
        name, offers = FOUND, bot_choices(view.texts, "found", "withdraw", "erase", "no")
    if not view.platform.reorders:
        return Question(name, offers)
    return Question(name, number_asked(asked, offers), bound=True)


def question_of_hello(view: View) -> Question:
    """Return what the welcome asks: whether to begin, and in which other language."""
    languages = language_offers(view.settings, *other_languages(view))
    begins = bot_choices(view.texts, "safe", "go", "unsure", "back")
    return Question(SAFE, (*begins, *languages))


def _about_asides(conversation: Conversation) -> Question:
    return Question(ASIDE, bot_choices(conversation.view.texts, "aside", "yes", "no"))


def _interruption(conversation: Conversation, marker: str) -> Question:
    texts = conversation.view.texts
    match marker:
        case "bot.stop":
            told = ("story",) if conversation.pending_items else ()
            return Question(STOP, bot_choices(texts, "stop", "keep", "erase", *told, "go"))
        case "bot.erase":
            return Question(ERASE, bot_choices(texts, "erase", "no", "yes"))
        case "bot.language":
            tags = languages_of(conversation)
            return Question(LANGUAGE, language_offers(conversation.settings, *tags))
        case _:
            return Question(PIECE, bot_choices(texts, "piece", "back", "out"))


def _adding(conversation: Conversation) -> Question:
    if conversation.marker(SHARE_ADDED) and conversation.asides:
        return _about_asides(conversation)
    if conversation.marker(SHARE_ADDED) and standing_readers(conversation.snapshot):
        return Question(
            SHARE_ADDED, bot_choices(conversation.view.texts, "share_added", "no", "yes")
        )
    return Question(ADDED, step=ADDING, free=True)


def _question_of_flow(conversation: Conversation) -> Question:
    if conversation.marker(KIND):
        flows_offered = conversation.settings.offered
        return Question(KIND, tuple(Offer(f.name, f.choose) for f in flows_offered))
    if conversation.view.platform.can_clear and conversation.marker(CLEAN) is None:
        return Question(CLEAN, bot_choices(conversation.view.texts, "clean", "go", "end", "self"))
    flow, answers = conversation.flow, conversation.answers
    again = conversation.marker(AGAIN)
    step = flow.step(again.choices[0]) if again else flows.next_step(flow, answers)
    is_overview = step is None or step.kind is Kind.REVIEW
    begins = conversation.asides and begins_story(conversation, step)
    if begins or (is_overview and _asks_about_asides(conversation)):
        return _about_asides(conversation)
    if step is None or is_overview:
        return _overview(conversation)
    return show_ticks(step_question(flow, answers, step), conversation.draft)


def _asks_about_asides(conversation: Conversation) -> bool:
    """Tell whether words wait that did not come while all was shown once more.

    About those it is asked after the yes: what somebody wants to change must stay in sight.
    """
    return bool(conversation.asides) and conversation.marker(ASIDE_LATER) is None


def begins_story(conversation: Conversation, step: Step | None) -> bool:
    """Tell whether the story is asked for, and nothing of it was told yet."""
    answered = (answer.step for answer in conversation.answers)
    return step is not None and step == conversation.flow.story and step.id not in answered


def _overview(conversation: Conversation) -> Question:
    steps = changeable_steps(conversation)
    changes = tuple(Offer(f"change.{step.id}", label) for label, step in steps)
    return Question(
        OVERVIEW, (*bot_choices(conversation.view.texts, "overview", "right"), *changes)
    )


def _review(conversation: Conversation) -> Question:
    consent, texts = consent_in(conversation), conversation.view.texts
    if consent.readers and not is_adding(conversation) and not has_content(conversation, consent):
        yes: tuple[Offer, ...] = ()
    elif sharing_change(conversation, consent).given:
        hours = conversation.settings.hold_hours
        hold = Offer("hold", texts.review.send_later.format(hours))
        yes = (hold, *bot_choices(texts, "review", "now"))
    else:
        lasts = consent.keeps_case or consent.readers
        yes = bot_choices(texts, "review", *(("keep",) if lasts else _unkept(conversation)))
    return Question(REVIEW, (*yes, *bot_choices(texts, "review", "show", "change")))


def _unkept(conversation: Conversation) -> tuple[str, ...]:
    """Return the ways on where nothing is allowed: a story is never lost by what was skipped."""
    keeps = keeping_choice(conversation.flow) is not None
    return ("just_keep", "finish") if keeps else ("finish",)


def keeping_choice(flow: Flow) -> str | None:
    """Return the choice of the fork that only keeps the story; None if it has none."""
    choices = flow.fork.choices if flow.fork else ()
    return next((choice.id for choice in choices if choice.asks == "keep"), None)


def _way_back(conversation: Conversation) -> Question:
    """Offer the ways back, or show the code: alone, or after the words were given back.

    A reporter who came with the words has them. With the code alone nobody can read a story that
    is shared with nobody, so that is not offered. What counts is the hand-over that stands: it
    may have been taken back elsewhere, and a reader may have left the roster.
    """
    texts = conversation.view.texts
    decided = conversation.marker(REOPENED) or conversation.marker(CODE)
    if consent_in(conversation).keeps_case and not decided:
        ways = ("words", "code") if conversation.snapshot.shared else ("words",)
        return Question(BACK, bot_choices(texts, "back", *ways))
    return Question(CODE, bot_choices(texts, "code", "have"))


def _case_menu(view: View) -> Question:
    opened = view.snapshot.opened
    shares = opened.shares if opened else ()
    held = any(s.stage is DeliveryStage.HELD for s in shares)
    add = ("add",) if view.snapshot.kept else ()
    more = ("withdraw", *(("now",) if held else ())) if shares else ()
    renew = ("renew",) if opened and 0 < view.snapshot.until < opened.renewed else ()
    join = ("join",) if view.snapshot.kept else ()
    offers = bot_choices(
        view.texts, "case", *add, "change", "read", *more, *renew, *join, "erase", "close"
    )
    if opened is None or not view.platform.reorders:
        return Question(CASE, offers)
    return Question(CASE, number_menu(opened, CASE_CHOICES, offers), bound=True)
