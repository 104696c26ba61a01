"""Texts that differ with a number."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counted:
    """One text with a form for each plural category of its language, in the order of gettext.

    Each form has a blank ``{count}``, or none where it says the number in words.
    """

    forms: tuple[str, ...]
    """As ``msgstr[0]``, ``msgstr[1]`` and so on."""
    form_of: Callable[[int], int]
    """Returns the place of the form for a number, as the plural rule of the language has it."""

    def form(self, count: int) -> str:
        """Return the form for this number, with its blanks."""
        return self.forms[self.form_of(count)]

    def format(self, count: int, **others: object) -> str:
        """Fill in the form for this number."""
        return self.form(count).format(count=count, **others)


def english_counted(one: str, more: str) -> Counted:
    """Make a text with the two forms of English: for one, and for every other number."""
    return Counted((one, more), _english_form)


def _english_form(count: int) -> int:
    return int(count != 1)
