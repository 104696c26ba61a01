"""What was added to a kept story: shared with those who can read it, by a yes of its own."""

from collections.abc import Iterator

import flows
from handlers.context import selectable
from handlers.permissions.act import TERMS
from handlers.permissions.consent import Consent
from handlers.permissions.report import added_sections, in_readers_language, next_step
from handlers.reporter.conversation import Conversation
from handlers.reporter.markers import SHARE_ADDED, added_items
from store.model.changes import HandOver
from store.model.drafts import Phase
from store.model.permissions import NewPermission
from store.model.snapshot import Snapshot

PART = "added"
"""Its name among the parts of a report."""


def standing_readers(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the readers in office who can read something of the case, and may read more."""
    named = {reader for grant in snapshot.grants for reader in grant.readers}
    return tuple(sorted(r.id for r in selectable(snapshot) if r.id in named))


def consent_to_added(conversation: Conversation) -> Consent:
    """Return what this conversation allows; nothing before its reporter came to the review.

    Its readers may do with it what they may do with what they have, and nothing more: where that
    differs, all of them what the most limited of them may.
    """
    snapshot = conversation.snapshot
    decided = conversation.draft.phase is not Phase.QUESTIONS
    readers = standing_readers(snapshot) if decided else ()
    may = _least(snapshot) if readers else ()
    act = next((act for act, term in TERMS.items() if term in may), flows.Permissions().act)
    parts = frozenset({PART}) if readers else frozenset[str]()
    return Consent(
        allowed=flows.Permissions(read=readers, parts=parts, act=act),
        keeps_case=snapshot.kept,
        readers=readers,
        barred=tuple(sorted(snapshot.barred)),
        may=may,
        adds=True,
        roster=snapshot.readers,
        unfetched_days=conversation.settings.unfetched_days,
        language=conversation.view.language,
    )


def _least(snapshot: Snapshot) -> tuple[str, ...]:
    allowed = {grant.may for grant in snapshot.grants}
    if len(allowed) == 1:
        return next(iter(allowed))
    acts = (act for act, term in TERMS.items() if any(term in may for may in allowed))
    return (TERMS[next(acts, flows.Permissions().act)],)


def hand_over_added(conversation: Conversation, consent: Consent, hold_hours: int) -> HandOver:
    """Return the change that shares what was added, in the words that asked for it."""
    yes = NewPermission(
        "named",
        SHARE_ADDED,
        _shown(consent),
        consent.readers,
        consent.may,
        own_words=True,
        language=conversation.view.language,
    )
    report = "\n\n".join(_paragraphs(conversation, consent)) + "\n"
    return HandOver(conversation.draft, (yes,), (PART,), report, hold_hours)


def _shown(consent: Consent) -> str:
    asked = consent.texts.case.share_added.format(readers=consent.names(consent.readers))
    return f"{asked}\n{consent.texts.labels['share_added.yes']}"


def _paragraphs(conversation: Conversation, consent: Consent) -> Iterator[str]:
    """Yield what is allowed, then what was added, under its dates."""
    texts, described = conversation.settings.own_texts, in_readers_language(conversation, consent)
    for permission in conversation.settings.permissions:
        if line := permission.report(described):
            yield line
    yield next_step(described)
    yield texts.report.notice
    added = added_items(conversation.draft)
    yield from added_sections(texts, (p for p in conversation.snapshot.pieces if p.item in added))
