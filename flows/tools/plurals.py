"""How many plural forms a language has, and which of them belongs to a number."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from gettext import c2py

from babel.core import UnknownLocaleError
from babel.messages.plurals import get_plural

TWO_FORMS = "nplurals=2; plural=(n != 1);"
"""As in English, and in most languages of which CLDR knows nothing."""
TRIED = 200
"""Numbers that a rule is tried on. What it does with others is known from these."""
MOST_FORMS = 6
"""No language of CLDR has more."""

RULE = re.compile(r"\s*nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*([^;]+?)\s*;?\s*")


@dataclass(frozen=True, slots=True)
class PluralRule:
    """The plural forms of one language, in the order of gettext."""

    count: int
    form_of: Callable[[int], int]
    """Returns the place of the form for a number."""

    def is_only_for_one(self, form: int, numbers: range = range(TRIED)) -> bool:
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
    count, rule = int(parts[1]), c2py(parts[2])
    try:
        forms = tuple(map(rule, range(TRIED)))
    except ArithmeticError:
        raise ValueError("this rule divides by nothing") from None
    if not all(0 <= form < count for form in forms):
        raise ValueError("this rule names a form that the language has not")
    return PluralRule(count, lambda number: forms[_with_the_same_form(number)])


def _with_the_same_form(number: int) -> int:
    """Return a number that was tried: rules look at small numbers and at the last two digits."""
    return number if 0 <= number < TRIED else TRIED // 2 + number % (TRIED // 2)
