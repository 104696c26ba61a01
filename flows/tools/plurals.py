"""How many plural forms a language has, and which of them belongs to a number."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from gettext import c2py

from babel.core import UnknownLocaleError
from babel.messages.plurals import get_plural

TWO_FORMS = "nplurals=2; plural=(n != 1);"
"""As in English, and in most languages of which CLDR knows nothing."""
MOST_FORMS = 6
"""No language of CLDR has more."""

RULE = re.compile(r"\s*nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*([^;]+?)\s*;?\s*")


@dataclass(frozen=True, slots=True)
class PluralRule:
    """The plural forms of one language, in the order of gettext."""

    count: int
    form_of: Callable[[int], int]
    """Returns the place of the form for a number."""

    def is_only_for_one(self, form: int, numbers: range = range(200)) -> bool:
        """Tell whether a form is used for the number one and for no other."""
        return [number for number in numbers if self.form_of(number) == form] == [1]


def plural_header(language: str) -> str:
    """Return the value of ``Plural-Forms`` for a language, as CLDR has it."""
    try:
        found = get_plural(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return TWO_FORMS
    return str(found.plural_forms)


def parse_plural_rule(header: str) -> PluralRule:
    """Parse the value of ``Plural-Forms``; raises ``ValueError`` if it is none."""
    parts = RULE.fullmatch(header)
    if parts is None or not 1 <= int(parts[1]) <= MOST_FORMS:
        raise ValueError("this is no plural rule")
    count, form_of = int(parts[1]), c2py(parts[2])
    if not all(0 <= form_of(number) < count for number in range(200)):
        raise ValueError("this rule names a form that the language has not")
    return PluralRule(count, form_of)
