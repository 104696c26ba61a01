"""Dates and lists as a language writes them, by its locale in CLDR."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

from babel import Locale
from babel.dates import DateTimePattern, match_skeleton, parse_pattern
from babel.lists import format_list

from handlers.texts.languages import Language

DAY, MONTH = "MMMMEEEEd", "yMMMM"
"""Skeletons of CLDR: what a date says, which each language puts in its own order."""

_SHORTENED = re.compile(r"(?<![EM])(?:E{1,3}|MMM)(?![EM])")
"""A weekday or a month that is not written out, where a locale has no longer pattern."""


def write_day(language: Language, day: date) -> str:
    """Write a weekday and a date: *Monday 30 November*."""
    return _pattern(language.locale, DAY).apply(day, Locale.parse(language.locale))


def write_month(language: Language, day: date) -> str:
    """Write the month of a day, with its year: *November 2026*."""
    return _pattern(language.locale, MONTH).apply(day, Locale.parse(language.locale))


def write_list(language: Language, items: Sequence[str]) -> str:
    """List things in a sentence: *3*, *3 and 7*, *3, 7 and 9*."""
    return format_list(items, locale=language.locale)


@cache
def _pattern(locale: str, skeleton: str) -> DateTimePattern:
    """Return the pattern of a locale, with words in full where it has shortened ones (UTS 35)."""
    known = Locale.parse(locale).datetime_skeletons
    nearest = match_skeleton(skeleton, known)
    if nearest is None:
        raise LookupError(f"CLDR has no dates in {locale} that say {skeleton}.")
    return parse_pattern(_SHORTENED.sub(lambda field: field[0][0] * 4, known[nearest].pattern))
