"""The overview: what is allowed so far, a line each, in plain words."""

from handlers.context import View
from handlers.permissions.added import standing_readers
from handlers.permissions.contact import REACH, describe_contact
from handlers.permissions.routing import consent_of
from handlers.reporter.conversation import conversation_of, is_adding
from handlers.texts.reader_names import list_names
from store.model.drafts import ADDED_BEFORE, Phase


def overview_lines(view: View) -> list[str]:
    """Describe everything that the account's open conversation allows so far.

    What concerns readers comes first. What no permission of this build allows is said as well.
    """
    texts, consent, registry = view.texts.permissions, consent_of(view), view.settings.permissions
    conversation = conversation_of(view)
    adds = conversation is not None and is_adding(conversation)
    standing = _standing_lines(view, adds=adds)
    about_case = [line for p in registry if not p.about_readers and (line := p.overview(consent))]
    if not consent.readers:
        excluded = [line for p in registry if p.forbids and (line := p.overview(consent))]
        if not about_case:
            return [*standing, *excluded, texts.nothing_allowed]
        nobody = [] if adds and standing else [texts.line_nobody]
        return [*standing, *about_case, *nobody, *excluded]
    about_readers = [line for p in registry if p.about_readers and (line := p.overview(consent))]
    known = [line] if (line := describe_contact(consent)) else []
    writes = texts.line_writes_reached if REACH in consent.contact else texts.line_writes
    added = [] if adds else _added_lines(view)
    return [*standing, *about_readers, *added, *known, writes, *about_case]


def _standing_lines(view: View, *, adds: bool) -> list[str]:
    """Say who can read something already, while it is asked who may from now on.

    ``adds``: it is only added to the story, and no yes takes anything from those who can.
    """
    snapshot = view.snapshot
    draft = snapshot.draft
    if draft is None or draft.phase not in {Phase.QUESTIONS, Phase.REVIEW}:
        return []
    readers = standing_readers(snapshot)
    named = list_names(view.spoken, snapshot.readers, readers)
    line = view.texts.case.line_stays if adds else view.texts.case.line_standing
    return [line.format(readers=named)] if readers else []


def _added_lines(view: View) -> list[str]:
    """Say that readers get nothing of what was added to the story after it was kept.

    That is shared by a yes of its own; they are named as those who may read everything.
    """
    answers = view.snapshot.draft.answers if view.snapshot.draft else ()
    added = any(answer.step == ADDED_BEFORE and answer.items for answer in answers)
    return [view.texts.case.line_added] if added else []
