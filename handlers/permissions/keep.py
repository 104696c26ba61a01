"""``keep``: the case outlives the conversation, so that its reporter can come back."""

from handlers.permissions.consent import Consent
from handlers.permissions.permission import Permission
from handlers.texts import english as words


def describe_keeping(consent: Consent) -> str:
    """Say that it is kept, or until when it is there for those who may read it."""
    if consent.keeps_case:
        return words.LINE_KEEP
    days = consent.unfetched_days
    return words.LINE_KEEP_NOT.format(days=days) if consent.allowed.read else ""


KEEP = Permission(
    name="keep",
    overview=describe_keeping,
    change_label=words.LABELS["change.keep"],
    scope="keep",
)
