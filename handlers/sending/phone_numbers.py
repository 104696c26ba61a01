"""Tell telephone numbers from other ways to reach somebody, so that a button can copy them."""

import re

from handlers.context import View
from handlers.messages import CopiedNumber

_NUMBER = re.compile(r"[+＋]?[ .\-‐‑–/()\u00a0\d]+", re.ASCII)
FEWEST_DIGITS, MOST_DIGITS = 3, 15
"""The shortest emergency numbers, and what E.164 allows."""


def is_phone_number(contact: str) -> bool:
    """Return whether a contact is nothing but a telephone number, as people write it."""
    digits = sum(character.isdigit() for character in contact)
    return FEWEST_DIGITS <= digits <= MOST_DIGITS and bool(_NUMBER.fullmatch(contact.strip()))


def help_numbers(view: View) -> tuple[CopiedNumber, ...]:
    """Return the telephone numbers among the help lines, as they are written, each once."""
    contacts = (line.contact.strip() for line in view.settings.help_lines)
    numbers = dict.fromkeys(contact for contact in contacts if is_phone_number(contact))
    label = view.texts.help.copy
    return tuple(CopiedNumber(each, label.format(contact=each)) for each in numbers)
