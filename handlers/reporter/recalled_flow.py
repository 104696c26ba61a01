"""A conversation whose questionnaire was recalled: begin anew, decide later, or erase."""

from dataclasses import replace

from flows import Step
from handlers.outcome import ASK, Outcome, say, saying
from handlers.reporter.asking_again import ASKED_ANEW, settle
from handlers.reporter.conversation import Conversation, erase_dropped, say_dropped
from handlers.reporter.markers import AGAIN, SHOWN_IN, WORDING
from handlers.reporter.stopping import ask_to_erase
from store.model.drafts import Phase


def choose_after_recall(conversation: Conversation, choice: str) -> Outcome:
    """Go on in the new words, ask whether to erase, or leave everything for later."""
    match choice:
        case "again":
            return _begin_anew(conversation)
        case "erase":
            return ask_to_erase(conversation)
        case _:
            return saying(say("PAUSED"))


def _begin_anew(conversation: Conversation) -> Outcome:
    """Move the draft to the newest revision and ask again whatever it does not take over."""
    draft = conversation.draft
    newest = conversation.settings.newest(draft.revision)
    moved = conversation.with_draft(
        replace(draft, revision=newest.revision, language=newest.language)
    )
    moved = moved.without_markers(AGAIN, SHOWN_IN, WORDING).in_phase(Phase.QUESTIONS)
    before, steps = conversation.answers, _steps_taken_over(conversation, moved)
    left = tuple(replace(a, step=steps[a.step]) for a in before if a.step in steps)
    settled = settle(moved, left)
    erased = erase_dropped(before, settled.answers)
    return settled.save(*say_dropped(erased), ASK, changes=erased)


def _steps_taken_over(before: Conversation, after: Conversation) -> dict[str, str]:
    """Map the steps whose answers outlive the recall to their names in the new revision.

    The story always does. Of a case that was kept before, everything that was told does, because
    its reporter relies on it; the fork does too, since its branch would go without it.
    """
    story = _renamed(before.flow.story, after.flow.story)
    if not before.snapshot.kept:
        return story
    kept = {s.id: s.id for s in after.flow.steps if s.kind not in ASKED_ANEW}
    return kept | story | _renamed(before.flow.fork, after.flow.fork)


def _renamed(before: Step | None, after: Step | None) -> dict[str, str]:
    return {before.id: after.id} if before and after else {}
