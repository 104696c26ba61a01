"""Ticks of a question that takes several choices: kept in the draft until they are the answer.

What a picture in the chat shows can be older than what is ticked, as each change of it takes a
call to the platform. So each tap says what it wants of its choice, and all taps count.
"""

from dataclasses import dataclass, replace

from handlers.buttons import SubmitPress, TickPress
from handlers.context import View
from handlers.messages import ButtonPress, Offer
from handlers.outcome import Outcome, say
from handlers.reporter.conversation import Conversation, conversation_of
from handlers.reporter.decide import decide
from handlers.reporter.markers import TICKED, find_marker, without_markers
from handlers.reporter.questions import Question, show_ticks, ticked_in, underlying_question
from store.model.changes import SaveDraft
from store.model.drafts import Draft


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a press on a choice comes to, and the offers as they are to be shown after it."""

    outcome: Outcome
    offers: tuple[Offer, ...]


def tick(conversation: Conversation, question: Question, press: TickPress) -> Ticked:
    """Tick a choice, or untick it; a tap that changes nothing only has the picture redrawn."""
    ticks = _kept(conversation.draft, question, press.shown) - {press.choice}
    wanted = ticks | {press.choice} if press.ticked else ticks
    chosen = tuple(offer.id for offer in question.offers if offer.id in wanted)
    after = conversation.with_marker(TICKED, question.id, *chosen)
    changed = after.draft != conversation.draft
    offers = show_ticks(question, after.draft).offers
    return Ticked(Outcome((SaveDraft(after.draft),)) if changed else Outcome(), offers)


def submit(view: View, question: Question, press: SubmitPress) -> Outcome:
    """Answer with what is ticked; where the picture showed otherwise, say what counts."""
    draft = view.snapshot.draft
    shown = frozenset(press.shown)
    ticks = shown if draft is None else _kept(draft, question, press.shown)
    chosen = tuple(offer.id for offer in question.offers if offer.id in ticks)
    outcome = decide(view, ButtonPress(question.id, chosen))
    if ticks == shown or not outcome.changes:
        return outcome
    return replace(outcome, says=(say("NOTED", step=question.id), *outcome.says))


def without_idle_ticks(view: View, draft: Draft) -> Draft:
    """Return the draft without ticks of a question that is not asked any more."""
    marker, conversation = find_marker(draft, TICKED), conversation_of(view)
    if marker is None or conversation is None:
        return draft
    asked = underlying_question(conversation.with_draft(draft)).id
    return draft if marker.choices[0] == asked else without_markers(draft, TICKED)


def _kept(draft: Draft, question: Question, shown: tuple[str, ...]) -> frozenset[str]:
    """Return what is ticked; on a picture of an earlier version, only that showed it."""
    ticks = ticked_in(draft, question)
    return frozenset(shown if ticks is None else ticks)
