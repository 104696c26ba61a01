"""Tell telephone numbers from other ways to reach somebody, so that a button can copy them."""

import re
from collections.abc import Iterable

from handlers.context import HelpLine

_NUMBER = re.compile(r"[+＋]?[ .\-‐‑–/()\u00a0\d]+", re.ASCII)
FEWEST_DIGITS, MOST_DIGITS = 3, 15
"""The shortest emergency numbers, and what E.164 allows."""


def is_phone_number(contact: str) -> bool:
    """Return whether a contact is nothing but a telephone number, as people write it."""
    digits = sum(character.isdigit() for character in contact)
    return FEWEST_DIGITS <= digits <= MOST_DIGITS and bool(_NUMBER.fullmatch(contact.strip()))


def numbers_to_copy(lines: Iterable[HelpLine]) -> tuple[str, ...]:
    """Return the telephone numbers among the help lines, as they are written, each once."""
    contacts = (line.contact.strip() for line in lines)
    return tuple(dict.fromkeys(contact for contact in contacts if is_phone_number(contact)))
