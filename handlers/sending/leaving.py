"""What is said to whoever leaves, or has finished: what waits for them, and what they can do."""

from collections.abc import Mapping

from handlers.context import View
from handlers.reporter.standing import Standing, standing_of
from handlers.sending.formatting import draft_expiry, draft_gone
from store.model.drafts import Phase
from store.model.outbox import TextRef


def paused(view: View, _ref: TextRef) -> str | None:
    """Say what waits for somebody who pauses."""
    texts = view.texts.leaving
    if view.snapshot.draft is None:
        return None
    return _waiting(
        view,
        {
            Standing.SHARED: texts.paused_shared,
            Standing.KEPT: texts.paused_kept,
            Standing.UNTOLD: texts.paused_untold,
            Standing.TOLD: texts.paused,
        },
    )


def left(view: View, _ref: TextRef) -> str:
    """Say what waits for somebody who left."""
    texts = view.texts.leaving
    if view.snapshot.draft is None:
        return texts.left_nothing
    return _waiting(
        view,
        {
            Standing.SHARED: texts.left_shared,
            Standing.KEPT: texts.left_kept,
            Standing.UNTOLD: texts.left_untold,
            Standing.TOLD: texts.left,
        },
    )


def not_added(view: View, _ref: TextRef) -> str:
    """Say that words were not kept, and what can be done as things stand."""
    texts, snapshot = view.texts.refusals, view.snapshot
    if snapshot.opened is not None and snapshot.kept:
        return texts.not_added_opened
    if snapshot.shared:
        return texts.not_added_shared
    decided_on = snapshot.draft is not None and snapshot.draft.phase in {Phase.BACK, Phase.WORDS}
    return texts.not_added if decided_on and snapshot.kept else texts.not_added_here


def decided(view: View, _ref: TextRef) -> str:
    """Say that nothing can be added now, and what can be done."""
    texts, snapshot = view.texts.refusals, view.snapshot
    return texts.decided_kept if snapshot.kept and not snapshot.shared else texts.decided


def _waiting(view: View, texts: Mapping[Standing, str]) -> str:
    """Say until when what stands waits for its person, and when it is gone."""
    text = texts[standing_of(view.snapshot)]
    return text.format(until=draft_expiry(view), gone=draft_gone(view))
