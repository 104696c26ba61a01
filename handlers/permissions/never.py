"""``never``: readers who must never read the case, and never learn that it exists.

It belongs to the case. It can be changed until the second yes; then it stands for good, whatever
is taken back. Its statement is the reporter's alone: the readers of the case learn nothing of it.
"""

from flows import Permissions
from handlers.permissions.consent import Consent
from handlers.permissions.permission import Permission
from handlers.texts.catalogue import Catalogue


def describe_excluded(consent: Consent) -> str:
    """Say who must never read it, if anybody was named in this conversation or before."""
    texts, barred = consent.texts.permissions, consent.barred
    return texts.line_never.format(readers=consent.names(barred)) if barred else ""


def name_exclusion(texts: Catalogue, readers: str) -> str:
    """Name it in the history of a case."""
    return texts.permissions.history_never.format(readers=readers)


def excluded_readers(allowed: Permissions) -> tuple[str, ...]:
    """Return the ids of the readers who were excluded in this conversation."""
    return allowed.never


NEVER = Permission(
    name="never",
    overview=describe_excluded,
    change_label=lambda texts: texts.labels["change.never"],
    scope="never",
    about_readers=True,
    history=name_exclusion,
    bars=excluded_readers,
)
