"""Join another story of the same reporter to the one that is open.

What will happen is said before its twelve words are asked for; giving them is the yes to that.
"""

from handlers.context import View
from handlers.outcome import ASK, LookupPurpose, Outcome, say, saying
from handlers.reporter.markers import as_kept, with_marker
from handlers.reporter.telling import MOST_PIECES
from store.model.changes import JoinCase
from store.model.drafts import SHARED_BEFORE, Draft, StoredAnswer
from store.model.outbox import TextRef
from store.model.snapshot import OpenedCase, OtherCase


def ask_for_words() -> Outcome:
    """Say what joining does, and ask for the words of the other story."""
    return Outcome(says=(say("ASK_JOIN"),), waiting=LookupPurpose.JOIN)


def join(view: View) -> Outcome:
    """Join the story whose words were given, or say why that cannot be; then nothing changes."""
    opened, other = view.snapshot.opened, view.snapshot.other
    if opened is None or not view.snapshot.kept:
        return saying(ASK)
    if other is None:
        return Outcome(says=(say("NO_CASE"),), waiting=LookupPurpose.JOIN)
    refusal = _refusal(view, opened, other)
    if refusal is not None:
        return saying(refusal, ASK)
    change = JoinCase(_as_draft(view, opened, other), view.texts.case.ask_join)
    stays = (say("FETCHED_STAYS", *other.fetched),) if other.fetched else ()
    return Outcome((change,), (say("JOINED"), *stays, ASK))


def _refusal(view: View, opened: OpenedCase, other: OtherCase) -> TextRef | None:
    """Say why two stories cannot be joined; None if they can be."""
    pieces = sum(len(answer.items) for answer in opened.answers)
    granted = frozenset(r for grant in view.snapshot.grants for r in grant.readers)
    readers = (reader for reader in view.snapshot.readers if reader.is_among(other.barred))
    barred = [reader.id for reader in readers if reader.is_among(granted)]
    if other.is_same:
        return say("JOIN_SAME")
    if not other.pieces:
        return say("JOIN_NOTHING")
    if pieces + other.pieces > MOST_PIECES:
        return say("JOIN_FULL")
    return say("JOIN_NEVER", *barred) if barred else None


def _as_draft(view: View, opened: OpenedCase, other: OtherCase) -> Draft:
    flow = view.settings.kept_revision(opened)
    draft = Draft(flow.revision, flow.language, answers=as_kept(opened.answers))
    return with_marker(draft, StoredAnswer(SHARED_BEFORE)) if other.was_shared else draft
