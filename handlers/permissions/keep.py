"""``keep``: the case outlives the conversation, so that its reporter can come back."""

from handlers.permissions.consent import Consent
from handlers.permissions.permission import Permission
from handlers.texts.catalogue import Catalogue


def describe_keeping(consent: Consent) -> str:
    """Say that it is kept, or until when it is there for those who may read it."""
    if consent.keeps_case:
        return consent.texts.permissions.line_keep
    days = consent.unfetched_days
    return consent.texts.permissions.line_keep_not.format(days) if consent.readers else ""


def name_keeping(texts: Catalogue, _readers: str) -> str:
    """Name it in the history of a case."""
    return texts.permissions.history_keep


KEEP = Permission(
    name="keep",
    overview=describe_keeping,
    change_label=lambda texts: texts.labels["change.keep"],
    scope="keep",
    history=name_keeping,
)
