"""``act``: what the named readers may do besides reading."""

from collections.abc import Mapping

from flows import Permissions
from handlers.permissions.consent import Consent
from handlers.permissions.permission import Permission

TERMS: Mapping[str, str] = {
    "listen": "act.listen",
    "unnamed": "act.unnamed",
    "put": "act.accused",
    "named": "act.named",
}
"""By the choice of the questionnaire: the term of the signed statement."""


def describe_acts(consent: Consent) -> str:
    """Tell the reporter what the readers may do.

    Where nobody was offered to use their own name, not naming is about others as well.
    """
    texts, term, given = consent.texts.permissions, TERMS[consent.allowed.act], consent.find("act")
    offered = {choice.id for choice in given.step.choices} if given else set(TERMS)
    if term == "act.unnamed" and "named" not in offered:
        return texts.act_unnamed_anyone
    return texts.acts[term]


def instruct_readers(consent: Consent) -> str:
    """Tell the readers what they may do: in the reporter's words first, then in plain ones."""
    texts, label = consent.texts.report, consent.chosen.get("act")
    if consent.adds:
        return f"{texts.adds}\n\n{texts.acts[TERMS[consent.allowed.act]]}"
    said = texts.chosen.format(label=label) if label else texts.unanswered
    return f"{said}\n\n{texts.acts[TERMS[consent.allowed.act]]}"


def name_terms(allowed: Permissions) -> tuple[str, ...]:
    """Return the term that the statement of ``read`` holds."""
    return (TERMS[allowed.act],)


ACT = Permission(
    name="act",
    overview=describe_acts,
    change_label=lambda texts: texts.labels["change.act"],
    about_readers=True,
    report=instruct_readers,
    may=name_terms,
)
