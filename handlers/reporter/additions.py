"""Add to a kept story: what is added is kept with it at once, and shared only by a new yes."""

from dataclasses import replace

from handlers.context import View
from handlers.outcome import ASK, Outcome, say, take_back
from handlers.permissions.added import standing_readers
from handlers.reporter.conversation import Conversation, erase_items
from handlers.reporter.markers import (
    INTERRUPTIONS,
    REOPENED,
    SHARE_ADDED,
    added_items,
    as_kept,
    kept_draft,
)
from store.model.changes import Change, ReopenCase, ReturnToCase
from store.model.drafts import ADDED, Draft, Phase, StoredAnswer
from store.model.outbox import TextRef


def begin(view: View) -> Outcome:
    """Begin to add to the opened case.

    It is asked in no questionnaire, so it works for stories of any revision.
    """
    opened, settings = view.snapshot.opened, view.settings
    flow = settings.kept_revision(opened) if opened else settings.flow
    told = as_kept(opened.answers if opened else ())
    answers = (StoredAnswer(REOPENED), *told, StoredAnswer(ADDED))
    return Outcome((ReopenCase(Draft(flow.revision, flow.language, answers=answers)),), (ASK,))


def finish(conversation: Conversation) -> Outcome:
    """Ask whether those who can read the story get what was added; else open the case again."""
    if conversation.asides:
        return _ask_about_asides(conversation)
    if not added_items(conversation.draft):
        return _return(conversation, say("NOTHING_ADDED"))
    if not standing_readers(conversation.snapshot):
        return _return(conversation, say("ADDED_KEPT"))
    return conversation.with_marker(SHARE_ADDED).save(ASK)


def leave(conversation: Conversation) -> Outcome:
    """Open the case again; what was added is kept with it."""
    if conversation.asides:
        return _ask_about_asides(conversation)
    said = say("ADDED_KEPT") if added_items(conversation.draft) else say("NOTHING_ADDED")
    return _return(conversation, said)


def choose_sharing(conversation: Conversation, choice: str) -> Outcome:
    """Show what would be shared, before the second yes; or share nothing."""
    if choice != "yes":
        return _return(conversation, say("ADDED_KEPT"))
    asked = conversation.without_markers(SHARE_ADDED)
    if not standing_readers(conversation.snapshot):
        return _return(conversation, say("ADDED_KEPT"))
    return asked.in_phase(Phase.REVIEW).save(ASK)


def _ask_about_asides(conversation: Conversation) -> Outcome:
    """Ask first whether what was typed beside a choice is to be added as well."""
    return conversation.with_marker(SHARE_ADDED).save(ASK)


def go_on(conversation: Conversation) -> Outcome:
    """Go back to adding, with nothing decided."""
    asked = conversation.without_markers(SHARE_ADDED)
    return asked.in_phase(Phase.QUESTIONS).save(say("ADD_MORE"))


def leave_out(conversation: Conversation, items: tuple[str, ...]) -> Outcome:
    """Erase these pieces of the story, whether they were added now or told before."""
    left = tuple(
        StoredAnswer(a.step, a.choices, tuple(i for i in a.items if i not in items), a.closed)
        for a in conversation.draft.answers
    )
    remaining = conversation.with_draft(replace(conversation.draft, answers=left))
    if remaining.draft.phase is Phase.REVIEW and not added_items(remaining.draft):
        remaining = remaining.in_phase(Phase.QUESTIONS)
    return remaining.save(say("LEFT_OUT"), ASK, changes=erase_items(items))


def withdraw(conversation: Conversation, statements: tuple[str, ...], *said: TextRef) -> Outcome:
    """Take back what was handed over; what is being added stays as it is.

    ``statements``: those that are taken back; all of them if none is named.
    """
    stopped = conversation.without_markers(*INTERRUPTIONS, SHARE_ADDED)
    taken_back = take_back(conversation.view.texts, *statements)
    changes: tuple[Change, ...] = (taken_back, *erase_items(conversation.pending_items))
    return stopped.in_phase(Phase.QUESTIONS).save(*said, ASK, changes=changes)


def _return(conversation: Conversation, *said: TextRef) -> Outcome:
    """End the conversation, and have the case open again as it was before."""
    ended = ReturnToCase(kept_draft(conversation.draft))
    return Outcome((*erase_items(conversation.pending_items), ended), (*said, ASK))
