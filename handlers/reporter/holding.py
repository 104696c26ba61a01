"""Stop what is held, from the account that handed it over: by a button, a number or in words.

Taking back is as short as giving. A button stops the hand-over that it was made for and no other;
its number does the same where buttons are typed, whatever is open. Whoever says in words that they
want to stop means everything that can be stopped. Where that may mean something else, it is said
what is still held.
"""

from collections.abc import Sequence
from dataclasses import replace

from flows.folding import folded
from handlers.context import View
from handlers.messages import MessageContent, Offer, TextMessage
from handlers.outcome import ASK, SHOWING_QUESTION, LookupPurpose, Outcome, say, saying, take_back
from handlers.reporter import review
from handlers.reporter.conversation import conversation_of, is_unbegun
from handlers.reporter.erasing import ask_to_erase_held
from handlers.reporter.hold_words import wants_to_stop
from handlers.reporter.listening import understood, with_readers_unnamed
from handlers.reporter.markers import HOLD, INTERRUPTIONS, WORD_CHECK, find_marker
from handlers.reporter.markers import STOP as HALTED
from handlers.reporter.questions import Question
from handlers.reporter.typed_text import halts, is_number
from handlers.texts.catalogue import Catalogue
from handlers.texts.sayings import Saying
from store.model.changes import (
    AskErasure,
    BeginCase,
    CloseCase,
    EndDraft,
    EraseCase,
    OpenCase,
    ReopenCase,
    SaveDraft,
    TakeBack,
)
from store.model.drafts import Phase
from store.model.outbox import TextRef
from store.model.permissions import HeldHandover, RevocationBasis

FIRST_NUMBER, NUMBERS = 6_000, 4_000
"""The number of the button is one of these, by the hand-over. No other question uses them, and
with four digits none is a number to call, such as 911, nor a year of a story."""

ALONE = "alone"
"""The step of a sentence about what is held that is the whole answer to somebody."""

DECIDED = frozenset({Phase.BACK, Phase.WORDS})
"""Phases after the second yes, in which words to stop can mean nothing else."""

OPENS = BeginCase | OpenCase | ReopenCase | AskErasure
ENDS = EraseCase | CloseCase | EndDraft
PUTS_ASIDE = frozenset({"ASIDE_HELD", "ASIDE_FIRST_MORE"})
WELCOME = PUTS_ASIDE | {"HELLO", "NOT_BEGUN", "ASIDE_FIRST"}


def hold_offer(texts: Catalogue, hold: HeldHandover) -> Offer:
    """Return the button that stops a hand-over; typed, it has a number that means nothing else."""
    number = FIRST_NUMBER + int(hold.id[:8], 16) % NUMBERS
    return Offer(HOLD, texts.labels["hold.stop"], number=number)


def press(view: View, hold_id: str) -> Outcome:
    """Stop the hand-over that a button was made for, or say that it does not wait any more."""
    hold = next((each for each in view.snapshot.holds if each.id == hold_id), None)
    if hold is not None:
        return stop(view, (hold,))
    return saying(say("HOLD_GONE"), *((ASK,) if _is_anything_open(view) else ()))


def stop(view: View, holds: Sequence[HeldHandover]) -> Outcome:
    """Take these hand-overs back, and say what has become of the story.

    What belongs to the open conversation or case is taken back with its keys, which stay open.
    """
    here = tuple(hold.statement for hold in holds if hold.here)
    others = tuple(hold for hold in holds if not hold.here)
    changes = (_of_account(others),) if others else ()
    conversation = conversation_of(view)
    if not here:
        return Outcome(changes, _stopped(others))
    if conversation is not None:
        outcome = review.withdraw(conversation, here)
        return replace(outcome, changes=(*changes, *outcome.changes))
    signed = take_back(view.texts, *here)
    stands = any(_stands_beside(hold, holds) for hold in holds if hold.here)
    said = say("HOLD_STOPPED_REST" if stands else "HOLD_STOPPED")
    return Outcome((*changes, signed), (said, ASK))


def erase(view: View) -> Outcome:
    """Stop what is held where nothing is open; what is kept is erased with its words only.

    The right of an account ends with the hold, and a kept story lasts longer than that. What goes
    with its hand-over is asked about first.
    """
    holds = view.snapshot.holds
    kept = tuple(hold for hold in holds if hold.kept or _stands_beside(hold, holds))
    unkept = tuple(hold.statement for hold in holds if hold not in kept)
    if not kept:
        return ask_to_erase_held(view, unkept)
    stopped = stop(view, kept)
    if unkept:
        asked = ask_to_erase_held(view, unkept)
        changes = (*stopped.changes, *asked.changes)
        return replace(asked, changes=changes, says=(say("HOLD_STOPPED_KEPT"), *asked.says))
    return replace(stopped, says=(say("HOLD_ASKS_WORDS"),), waiting=LookupPurpose.ERASE)


def stop_by_number(view: View, text: str) -> Outcome | None:
    """Stop what has this number beneath it; None for everything else.

    No other question uses these numbers, so one is never a part of a story. Two hand-overs may
    have the same: both are stopped, as each can be handed over anew and none made unread.
    """
    words = folded(text)
    numbered = tuple(h for h in view.snapshot.holds if h.id and words in _typed_as(view, h))
    return stop(view, numbered) if numbered else None


def may_be_hold_number(text: str) -> bool:
    """Return whether a text is a number that a hand-over can have, and no other question."""
    words = folded(text)
    return is_number(words) and FIRST_NUMBER <= int(words) < FIRST_NUMBER + NUMBERS


def stop_as_typed(view: View, current: Question, text: str) -> Outcome | None:
    """Stop what words mean; None for what does not ask to stop a hand-over.

    It is not called where words are part of a story.
    """
    words, holds = with_readers_unnamed(view, text), view.snapshot.holds
    if not holds or not wants_to_stop(words):
        return None
    if not _is_anything_open(view):
        return stop(view, holds)
    return _stop_beside(view, current, words)


def stop_again(view: View, current: Question, text: str) -> Outcome | None:
    """Stop what is held where somebody says *stop* a second time: it was just said that it is.

    What is held of the open conversation goes first.
    """
    if current.id != HALTED or not halts(text) or not view.snapshot.holds:
        return None
    here = tuple(hold for hold in view.snapshot.holds if hold.here)
    return stop(view, here or view.snapshot.holds)


def stop_in_opened_case(view: View) -> Outcome | None:
    """Stop what is held of the opened case; None where nothing of it is."""
    here = tuple(hold for hold in view.snapshot.holds if hold.here)
    return stop(view, here) if here and view.snapshot.opened is not None else None


def _stop_beside(view: View, current: Question, words: str) -> Outcome | None:
    """Stop what is held of the open conversation or case, where these words mean that."""
    snapshot = view.snapshot
    here = tuple(hold for hold in snapshot.holds if hold.here)
    is_word_check = current.id == WORD_CHECK and set(words.split()) <= {*snapshot.words}
    is_halted = halts(words) and snapshot.draft is not None
    if not here or is_halted or is_word_check:
        return None
    if snapshot.draft is not None and snapshot.draft.phase not in DECIDED:
        return None
    return stop(view, here)


def is_held_alone(view: View) -> bool:
    """Return whether something is held here, and nothing is open."""
    return bool(view.snapshot.holds) and not _is_anything_open(view)


def has_just_shared(view: View) -> bool:
    """Return whether a story was shared in the talk that is open, or is held to be."""
    draft, snapshot = view.snapshot.draft, view.snapshot
    decided = draft is not None and draft.phase in DECIDED
    return decided and (snapshot.shared or bool(snapshot.holds))


def with_where_things_stand(view: View, content: MessageContent, outcome: Outcome) -> Outcome:
    """End what is said outside of a conversation with what is held, and how to stop it.

    It stands in place of the welcome of somebody who did not ask for one. Help lines, and a
    request for words, stand alone. Inside of a conversation it is said to whoever ends or halts
    it, or may want to stop what is held.
    """
    waits = _left_by(view, outcome)
    beside = any(text.sentence in PUTS_ASIDE for text in outcome.says)
    if not waits or (_leads_on(outcome) and not beside):
        return outcome
    stands = tuple(say("HOLD_STANDS", hold.id) for hold in waits)
    if _is_anything_open(view) or _asks_in_between(view, outcome):
        lost = any(text.sentence == "NOT_ADDED" for text in outcome.says)
        leaves = lost or _ends_or_halts(outcome) or _may_want_to_stop(view, content)
        return _with_remarks(outcome, stands) if leaves else outcome
    if any(text.sentence == "NOT_BEGUN" for text in outcome.says):
        return replace(outcome, says=(replace(stands[0], step=ALONE), *stands[1:]))
    if any(text.sentence in WELCOME for text in outcome.says):
        asked = tuple(text for text in outcome.says if text == ASK)
        return replace(outcome, says=(*_without_asking(outcome), *stands, *asked))
    before = _without_asking(outcome)
    if not before and not outcome.direct:
        # What is held may be over when this is sent, and somebody waits for an answer.
        stands = (replace(stands[0], step=ALONE), *stands[1:])
    return replace(outcome, says=(*before, *stands))


def _left_by(view: View, outcome: Outcome) -> list[HeldHandover]:
    """Return what is still held after an outcome, and not said by it."""
    taken_back = [change for change in outcome.changes if isinstance(change, TakeBack)]
    stopped = {statement for change in taken_back for statement in change.statements}
    # A goodbye says of its own hand-over that it is held; erasing a case ends all of its own.
    ends_here = any(isinstance(change, EraseCase | EndDraft) for change in outcome.changes)
    ends_here = ends_here or any(not change.statements for change in taken_back)
    return [
        hold
        for hold in view.snapshot.holds
        if hold.id and hold.statement not in stopped and not (hold.here and ends_here)
    ]


def _ends_or_halts(outcome: Outcome) -> bool:
    """Return whether what is open ends with an outcome, or stands still."""
    if any(text.sentence == "PAUSED" for text in outcome.says):
        return True
    drafts = (change.draft for change in outcome.changes if isinstance(change, SaveDraft))
    halted = any(find_marker(draft, HALTED) is not None for draft in drafts)
    return halted or any(isinstance(change, ENDS) for change in outcome.changes)


def _may_want_to_stop(view: View, content: MessageContent) -> bool:
    """Return whether somebody types what asks to stop a hand-over, or not to be contacted."""
    if not isinstance(content, TextMessage):
        return False
    words = with_readers_unnamed(view, content.own)
    said = understood(words, just_shared=has_just_shared(view))
    if said in {Saying.UNSEND, Saying.REGRET, Saying.NO_CONTACT}:
        return True
    return wants_to_stop(words) and not set(words.split()) <= {*view.snapshot.words}


def _with_remarks(outcome: Outcome, remarks: tuple[TextRef, ...]) -> Outcome:
    """Say these before the question that follows; behind all else."""
    asked = tuple(text for text in outcome.says if text.sentence in SHOWING_QUESTION)
    before = tuple(text for text in outcome.says if text not in asked)
    return replace(outcome, says=(*before, *remarks, *asked))


def _leads_on(outcome: Outcome) -> bool:
    """Return whether something else is asked for or opened, or only help is given."""
    changes = (change for change in outcome.changes if change != AskErasure(None))
    opens = any(isinstance(change, OPENS) for change in changes)
    return opens or outcome.lookup is not None or outcome.waiting is not None or not outcome.says


def _asks_in_between(view: View, outcome: Outcome) -> bool:
    """Return whether a question is or was open that no welcome can take the place of."""
    saved = (change.draft for change in outcome.changes if isinstance(change, SaveDraft))
    drafts = [draft for draft in (view.snapshot.draft, *saved) if draft is not None]
    return any(find_marker(draft, name) for draft in drafts for name in INTERRUPTIONS)


def _without_asking(outcome: Outcome) -> tuple[TextRef, ...]:
    return tuple(text for text in outcome.says if text != ASK)


def _is_anything_open(view: View) -> bool:
    """Return whether a talk or a case is open; words that were only put aside open none."""
    conversation = conversation_of(view)
    is_begun = conversation is not None and not is_unbegun(conversation)
    return is_begun or view.snapshot.opened is not None


def _of_account(holds: Sequence[HeldHandover]) -> TakeBack:
    return TakeBack(RevocationBasis.HOLD, tuple(hold.statement for hold in holds))


def _stopped(holds: Sequence[HeldHandover]) -> tuple[TextRef, ...]:
    """Say what has become of stories whose hand-over was stopped without their keys."""
    shared = [hold for hold in holds if _stands_beside(hold, holds)]
    kept = {hold.kept for hold in holds if hold not in shared}
    rest = (say("HOLD_STOPPED_REST"),) if shared else ()
    if len(kept) > 1:
        return (*rest, say("HOLD_STOPPED_MIXED"))
    if not kept:
        return rest
    return (*rest, say("HOLD_STOPPED" if True in kept else "HOLD_STOPPED_DELETED"))


def _stands_beside(hold: HeldHandover, stopped: Sequence[HeldHandover]) -> bool:
    """Return whether something else of a case stands when these hand-overs are stopped."""
    return bool({*hold.beside} - {each.statement for each in stopped})


def _typed_as(view: View, hold: HeldHandover) -> tuple[str, str]:
    """Return how the button of a hand-over is typed: by its number, alone or with its label."""
    offer = hold_offer(view.texts, hold)
    return str(offer.number), f"{offer.number} {folded(offer.label)}"
