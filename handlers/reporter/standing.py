"""What stands of a story: what is told, allowed or kept of it, and what a withdrawal leaves."""

from enum import Enum, auto

from handlers.outcome import say
from handlers.reporter.markers import ASIDE, STOP
from store.model.drafts import SHARED_BEFORE
from store.model.outbox import TextRef
from store.model.snapshot import OpenedCase, Snapshot

STILL_KEPT = say("STILL_KEPT")
SHARING_SCOPE = "named"


class Standing(Enum):
    """What has become so far of what is told in an open conversation."""

    UNTOLD = auto()
    """There is nothing yet."""
    TOLD = auto()
    """It ends with the conversation."""
    KEPT = auto()
    """It outlives the conversation, and is shared with nobody."""
    SHARED = auto()


def standing_of(snapshot: Snapshot) -> Standing:
    """Return what stands of the open conversation; whoever leaves it is told that."""
    if snapshot.shared:
        return Standing.SHARED
    if snapshot.outlives_draft:
        return Standing.KEPT
    answers = snapshot.draft.answers if snapshot.draft else ()
    # Items that are not told yet are the choices of these markers.
    told = any(a.items or (a.step in {ASIDE, STOP} and a.choices) for a in answers)
    return Standing.TOLD if told else Standing.UNTOLD


def was_shared(opened: OpenedCase | None) -> bool:
    """Return whether a case was ever shared: else no copy of it can be anywhere."""
    if opened is None:
        return False
    joined = any(answer.step == SHARED_BEFORE for answer in opened.answers)
    shared = any(entry.scope == SHARING_SCOPE for entry in opened.history)
    return joined or shared or bool(opened.shares)


def what_stands(snapshot: Snapshot) -> tuple[TextRef, ...]:
    """Return the sentence about the permissions that a withdrawal leaves as they are, if any."""
    barred = sorted(snapshot.barred)
    if not barred:
        return (STILL_KEPT,) if snapshot.kept else ()
    return (say("STILL_KEPT_AND_NEVER" if snapshot.kept else "STILL_NEVER", *barred),)
