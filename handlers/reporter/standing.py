"""Say what stands after something was taken back: taking back a sharing ends nothing else."""

from handlers.outcome import say
from store.model.outbox import TextRef
from store.model.snapshot import Snapshot

STILL_KEPT = say("STILL_KEPT")


def what_stands(snapshot: Snapshot) -> tuple[TextRef, ...]:
    """Return the sentence about the permissions that a withdrawal leaves as they are, if any."""
    barred = sorted(snapshot.barred)
    if not barred:
        return (STILL_KEPT,) if snapshot.kept else ()
    return (say("STILL_KEPT_AND_NEVER" if snapshot.kept else "STILL_NEVER", *barred),)
