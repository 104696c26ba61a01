"""The languages in which the bot can speak."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from handlers.texts.catalogue import Catalogue
from handlers.texts.counted import Counted
from handlers.texts.english import ENGLISH
from handlers.texts.names import SentenceName, plain_sentences
from handlers.texts.translation import shipped_translation, translated_texts

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


NAMES_AND_LOCALES: Mapping[str, tuple[str, str]] = {
    FIRST_LANGUAGE: ("English", "en_GB"),
    "es": ("Español", "es"),
}
UNREVIEWED = frozenset({"es"})
"""Nobody who grew up with these has reviewed them yet."""


class ShippedLanguages(Mapping[str, Language]):
    """The languages by their tags; a translation is read when it is asked for, and once.

    So a program that speaks only English starts with any translation, and the command that renews
    one runs while it is incomplete. To look one up raises ``FlowProblems`` if it cannot be spoken.
    """

    def __getitem__(self, code: str) -> Language:
        """Return a language; raises ``KeyError`` if the bot does not speak it."""
        return _language(code)

    def __contains__(self, code: object) -> bool:
        """Tell whether the bot speaks a language, without reading it."""
        return code in NAMES_AND_LOCALES

    def __iter__(self) -> Iterator[str]:
        """Iterate over the tags."""
        return iter(NAMES_AND_LOCALES)

    def __len__(self) -> int:
        """Count the languages."""
        return len(NAMES_AND_LOCALES)


@cache
def _language(code: str) -> Language:
    name, locale = NAMES_AND_LOCALES[code]
    first = code == FIRST_LANGUAGE
    texts = ENGLISH if first else translated_texts(shipped_translation(code))
    return Language(code, name, locale, texts)


LANGUAGES: Mapping[str, Language] = ShippedLanguages()
"""All of them, by their tags."""
