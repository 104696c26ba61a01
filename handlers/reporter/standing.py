"""Say what stands after something was taken back: taking back a sharing ends nothing else."""

from handlers.outcome import say
from store.model.outbox import TextRef
from store.model.snapshot import Snapshot

STILL_KEPT = say("STILL_KEPT")


def what_stands(snapshot: Snapshot) -> tuple[TextRef, ...]:
    """Return what is said of the permissions that a withdrawal leaves as they are."""
    kept = (STILL_KEPT,) if snapshot.kept else ()
    barred = sorted(snapshot.barred)
    return (*kept, *((say("STILL_NEVER", *barred),) if barred else ()))
