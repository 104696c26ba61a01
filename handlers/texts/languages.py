"""The languages in which the bot can speak."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.texts.catalogue import Catalogue
from handlers.texts.english import ENGLISH

FIRST_LANGUAGE = "en"
"""In it the texts are written; all others are translations of it."""


@dataclass(frozen=True, slots=True)
class Language:
    """Hold all that the bot says in one language."""

    code: str
    """A BCP 47 tag, such as es."""
    name: str
    """What it calls itself, on a button."""
    locale: str
    """The locale of CLDR by which dates and lists are written."""
    texts: Catalogue = field(repr=False)


LANGUAGES: Mapping[str, Language] = {
    FIRST_LANGUAGE: Language(FIRST_LANGUAGE, "English", "en_GB", ENGLISH),
}
"""All of them, by their tags."""
