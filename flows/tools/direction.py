"""The direction in which a language is written, for pages that show its words."""

from babel import Locale, UnknownLocaleError


def writing_direction(language: str) -> str:
    """Return the ``dir`` of words in a language, from CLDR.

    Where CLDR does not know the language, the words themselves say it: ``auto``.
    """
    try:
        return Locale.parse(language, sep="-").text_direction
    except (UnknownLocaleError, ValueError):
        return "auto"
