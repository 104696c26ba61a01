"""What is said to whoever leaves, or has finished: what waits for them, and what they can do."""

from collections.abc import Mapping

from handlers.context import View
from handlers.reporter.standing import Standing, standing_of
from handlers.sending.formatting import draft_expiry, draft_gone
from handlers.texts.english import ENGLISH
from store.model.drafts import Phase
from store.model.outbox import TextRef

PAUSED = {
    Standing.SHARED: ENGLISH.leaving.paused_shared,
    Standing.KEPT: ENGLISH.leaving.paused_kept,
    Standing.UNTOLD: ENGLISH.leaving.paused_untold,
    Standing.TOLD: ENGLISH.leaving.paused,
}
LEFT = {
    Standing.SHARED: ENGLISH.leaving.left_shared,
    Standing.KEPT: ENGLISH.leaving.left_kept,
    Standing.UNTOLD: ENGLISH.leaving.left_untold,
    Standing.TOLD: ENGLISH.leaving.left,
}


def paused(view: View, _ref: TextRef) -> str | None:
    """Say what waits for somebody who pauses."""
    return _waiting(view, PAUSED) if view.snapshot.draft is not None else None


def left(view: View, _ref: TextRef) -> str:
    """Say what waits for somebody who left."""
    if view.snapshot.draft is None:
        return ENGLISH.leaving.left_nothing
    return _waiting(view, LEFT)


def not_added(view: View, _ref: TextRef) -> str:
    """Say that words were not kept, and what can be done as things stand."""
    texts, snapshot = ENGLISH.refusals, view.snapshot
    if snapshot.opened is not None and snapshot.kept:
        return texts.not_added_opened
    if snapshot.shared:
        return texts.not_added_shared
    decided_on = snapshot.draft is not None and snapshot.draft.phase in {Phase.BACK, Phase.WORDS}
    return texts.not_added if decided_on and snapshot.kept else texts.not_added_here


def decided(view: View, _ref: TextRef) -> str:
    """Say that nothing can be added now, and what can be done."""
    texts, snapshot = ENGLISH.refusals, view.snapshot
    return texts.decided_kept if snapshot.kept and not snapshot.shared else texts.decided


def _waiting(view: View, texts: Mapping[Standing, str]) -> str:
    """Say until when what stands waits for its person, and when it is gone."""
    text = texts[standing_of(view.snapshot)]
    return text.format(until=draft_expiry(view), gone=draft_gone(view))
