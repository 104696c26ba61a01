"""``read``: the named readers may open the chosen parts of the report."""

from handlers.permissions.consent import Consent
from handlers.permissions.permission import Permission
from handlers.texts.catalogue import Catalogue


def describe_readers(consent: Consent) -> str:
    """Say who may read which parts."""
    parts = consent.texts.permissions.parts[consent.allowed.parts]
    return consent.texts.permissions.line_read.format(
        readers=consent.names(consent.readers), parts=parts
    )


def name_reading(texts: Catalogue, readers: str) -> str:
    """Name it in the history of a case."""
    return texts.permissions.history_read.format(readers=readers)


READ = Permission(
    name="read",
    overview=describe_readers,
    change_label=lambda texts: texts.labels["change.read"],
    detail_labels={"parts": lambda texts: texts.labels["change.parts"]},
    scope="named",
    about_readers=True,
    history=name_reading,
)
