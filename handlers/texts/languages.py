"""The languages in which the bot can speak."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from handlers.texts.catalogue import Catalogue
from handlers.texts.counted import Counted
from handlers.texts.english import ENGLISH
from handlers.texts.names import SentenceName, plain_sentences

FIRST_LANGUAGE = "en"
"""In it the texts are written; all others are translations of it."""


@dataclass(frozen=True, eq=False)
class Language:
    """Hold all that the bot says in one language; there is one of each."""

    code: str
    """A BCP 47 tag, such as es."""
    name: str
    """What it calls itself, on a button."""
    locale: str
    """The locale of CLDR by which dates and lists are written."""
    texts: Catalogue = field(repr=False)

    @cached_property
    def plain_sentences(self) -> Mapping[SentenceName, str | Counted]:
        """The sentences that are one text with blanks, by their names."""
        return plain_sentences(self.texts)


LANGUAGES: Mapping[str, Language] = {
    FIRST_LANGUAGE: Language(FIRST_LANGUAGE, "English", "en_GB", ENGLISH),
}
"""All of them, by their tags."""
