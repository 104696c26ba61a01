"""``never``: readers who must never read the case, and never learn that it exists."""

from flows import Permissions
from handlers.permissions.consent import Consent
from handlers.permissions.permission import Permission
from handlers.texts.english import ENGLISH


def describe_excluded(consent: Consent) -> str:
    """Say who must never read it, if anybody was named."""
    never = consent.allowed.never
    return ENGLISH.permissions.line_never.format(readers=consent.names(never)) if never else ""


def excluded_readers(allowed: Permissions) -> tuple[str, ...]:
    """Return the ids of the readers who were excluded in this conversation."""
    return allowed.never


NEVER = Permission(
    name="never",
    overview=describe_excluded,
    change_label=ENGLISH.labels["change.never"],
    about_readers=True,
    bars=excluded_readers,
)
