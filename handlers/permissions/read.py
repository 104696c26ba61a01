"""``read``: the named readers may open the chosen parts of the report."""

from handlers.permissions.consent import Consent
from handlers.permissions.permission import Permission
from handlers.texts import english as words


def describe_readers(consent: Consent) -> str:
    """Say who may read which parts."""
    parts = words.PARTS[consent.allowed.parts]
    return words.LINE_READ.format(readers=consent.names(consent.allowed.read), parts=parts)


READ = Permission(
    name="read",
    overview=describe_readers,
    change_label=words.LABELS["change.read"],
    detail_labels={"parts": words.LABELS["change.parts"]},
    scope="named",
    about_readers=True,
)
