"""Choose the language that is spoken: before a talk, or in one.

A talk has one language. It changes only to one in which all of its questions are asked, and keeps
all that was answered.
"""

from dataclasses import replace

from handlers.context import Settings, View
from handlers.messages import Offer
from handlers.outcome import ASK, Outcome, say, saying
from handlers.reporter.conversation import (
    Conversation,
    conversation_of,
    is_adding,
    is_unbegun,
)
from handlers.reporter.draft_language import in_another_language
from handlers.reporter.markers import KIND, LANGUAGE, SHARE_ADDED
from handlers.texts.language_names import is_called
from store.model.drafts import Phase

LANGUAGE_PREFIX = "language."
"""Stands before the tag in the id of a choice."""


def language_offers(settings: Settings, *tags: str) -> tuple[Offer, ...]:
    """Return a choice for each of these languages, by the name that it has for itself."""
    return tuple(Offer(f"{LANGUAGE_PREFIX}{tag}", settings.languages[tag].name) for tag in tags)


def other_languages(view: View) -> tuple[str, ...]:
    """Return the languages that can be chosen before a talk."""
    return tuple(tag for tag in view.settings.languages if tag != view.language)


def languages_of(conversation: Conversation) -> tuple[str, ...]:
    """Return the languages in which a talk can go on."""
    settings, revision = conversation.settings, conversation.draft.revision
    if conversation.marker(KIND):
        return tuple(settings.languages)  # it is not chosen yet what is asked
    return tuple(tag for tag in settings.languages if settings.revision_in(revision, tag))


def name_in(settings: Settings, text: str) -> str | None:
    """Return the tag of the language that a text names; None if it names none."""
    return next((tag for tag, each in settings.languages.items() if is_called(each, text)), None)


def ask_or_choose(view: View, text: str) -> Outcome:
    """Go on in the language that is named, or ask for it."""
    if len(view.settings.languages) == 1:
        return saying(say("ONLY_ENGLISH"))
    named, conversation = name_in(view.settings, text), conversation_of(view)
    if named is not None:
        return choose(view, named)
    if conversation is None and view.snapshot.opened is None:
        return saying(say("WHICH_LANGUAGE"), say("HELLO"))
    return ask(view)


def ask(view: View) -> Outcome:
    """Ask which language it should be; before a talk the welcome offers them."""
    if len(view.settings.languages) == 1:
        return saying(say("ONLY_ENGLISH"), ASK)
    conversation = conversation_of(view)
    if conversation is None:
        is_opened = view.snapshot.opened is not None
        return saying(say("LANGUAGE_OPENED" if is_opened else "WHICH_LANGUAGE"), ASK)
    if is_unbegun(conversation):
        return saying(say("WHICH_LANGUAGE"), ASK)
    if len(languages_of(conversation)) == 1:
        return saying(say("LANGUAGE_STAYS"), ASK)
    resumed, erased = conversation.resume()
    return resumed.with_marker(LANGUAGE).save(ASK, changes=erased)


def choose(view: View, tag: str) -> Outcome:
    """Go on in this language, if that is possible."""
    conversation = conversation_of(view)
    if conversation is not None:
        return choose_in_talk(conversation, tag)
    if view.snapshot.opened is not None:
        return saying(say("LANGUAGE_OPENED"), ASK)
    return Outcome(says=(say("HELLO"),), language=tag)


def choose_in_talk(conversation: Conversation, tag: str) -> Outcome:
    """Ask the rest of a talk in this language; where nothing was begun, welcome in it."""
    if is_unbegun(conversation) or conversation.marker(KIND):
        return _begin_in(conversation, tag)
    resumed, erased = conversation.resume()
    if tag not in languages_of(conversation):
        return resumed.save(say("LANGUAGE_STAYS"), ASK, changes=erased)
    chosen = resumed.with_draft(in_another_language(resumed.draft, resumed.flow, tag))
    if is_adding(chosen) and chosen.draft.phase is Phase.REVIEW:
        # What is signed for an addition are the bot's own words, so that is asked once more.
        chosen = chosen.with_marker(SHARE_ADDED).in_phase(Phase.QUESTIONS)
    return _in(chosen.save(say("LANGUAGE_CHOSEN"), ASK, changes=erased), tag)


def _begin_in(conversation: Conversation, tag: str) -> Outcome:
    """Begin with the questionnaire of this language, as nothing of another was answered yet."""
    resumed, erased = conversation.resume()
    flow = resumed.settings.in_language(tag).flow
    changed = replace(resumed.draft, revision=flow.revision, language=tag)
    said = (say("HELLO"),) if is_unbegun(conversation) else (say("LANGUAGE_CHOSEN"), ASK)
    return _in(resumed.with_draft(changed).save(*said, changes=erased), tag)


def _in(outcome: Outcome, tag: str) -> Outcome:
    return replace(outcome, language=tag)
