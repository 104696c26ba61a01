"""``act``: what the named readers may do besides reading."""

from collections.abc import Mapping

from flows import Permissions
from handlers.permissions.consent import Consent
from handlers.permissions.permission import Permission
from handlers.texts import english as words

TERMS: Mapping[str, str] = {
    "listen": "act.listen",
    "unnamed": "act.unnamed",
    "put": "act.accused",
    "named": "act.named",
}
"""By the choice of the questionnaire: the term of the signed statement."""


def describe_acts(consent: Consent) -> str:
    """Tell the reporter what the readers may do."""
    return words.ACTS[TERMS[consent.allowed.act]]


def instruct_readers(consent: Consent) -> str:
    """Tell the readers what they may do."""
    return words.REPORT_ACTS[TERMS[consent.allowed.act]]


def name_terms(allowed: Permissions) -> tuple[str, ...]:
    """Return the term that the statement of ``read`` holds."""
    return (TERMS[allowed.act],)


ACT = Permission(
    name="act",
    overview=describe_acts,
    change_label=words.LABELS["change.act"],
    about_readers=True,
    report=instruct_readers,
    may=name_terms,
)
