"""``keep``: the case outlives the conversation, so that its reporter can come back."""

from handlers.permissions.consent import Consent
from handlers.permissions.permission import Permission
from handlers.texts.english import ENGLISH


def describe_keeping(consent: Consent) -> str:
    """Say that it is kept, or until when it is there for those who may read it."""
    if consent.keeps_case:
        return ENGLISH.permissions.line_keep
    days = consent.unfetched_days
    return ENGLISH.permissions.line_keep_not.format(days=days) if consent.readers else ""


def name_keeping(_readers: str) -> str:
    """Name it in the history of a case."""
    return ENGLISH.permissions.history_keep


KEEP = Permission(
    name="keep",
    overview=describe_keeping,
    change_label=ENGLISH.labels["change.keep"],
    scope="keep",
    history=name_keeping,
)
