"""Compare what people type with what it is compared with, the same way everywhere.

Keyboards, telephones and office programs change what is typed: they curl quotation marks, lengthen
dashes, add what cannot be seen, and put a number into a box. None of that is meant. Letters are
compared as Unicode folds their case (Unicode Standard, section 3.13) in compatibility form (NFKC).
"""

import re
import unicodedata
from collections.abc import Callable

_APOSTROPHES = frozenset("'’‘ʼʹ′`´＇")
_ENCLOSING = frozenset("\ufe0e\ufe0f\u20e3")
"""Variation selectors and the box of a number, as a keyboard of emoji types it."""
_JOINER = "\u034f"
MOST_MARKS = 30
"""So many marks may follow a letter (UAX #15, stream-safe text). To sort more of them, Unicode's
normal forms take time that grows with the square of their number."""
MOST_LETTERS = 4
"""So many letters one character may stand for. One stands for 18, and none of those that people
type for others stands for more than four."""
_LINE_BREAKS = dict.fromkeys(map(ord, "\v\f\x85\u2028\u2029"), "\n")


class _Translation(dict[int, str]):
    """What each character becomes (``str.translate``), worked out once."""

    def __init__(self, become: Callable[[str], str]) -> None:
        self._become = become

    def __missing__(self, code: int) -> str:
        self[code] = become = self._become(chr(code))
        return become


def _if_seen(character: str) -> str:
    unseen = character in _ENCLOSING or unicodedata.category(character) == "Cf"
    return "" if unseen else character


def _if_meant(character: str) -> str:
    meant = "" if character in _APOSTROPHES else _if_seen(character)
    letters = unicodedata.normalize("NFKC", meant)
    return letters[:MOST_LETTERS] if len(letters) > MOST_LETTERS else meant


def _blank_if_punctuation(character: str) -> str:
    return " " if unicodedata.category(character).startswith("P") else character


def _blank_if_symbol(character: str) -> str:
    return " " if unicodedata.category(character).startswith("S") else character


def _without_marks(character: str) -> str:
    parts = unicodedata.normalize("NFD", character)
    return "".join(part for part in parts if unicodedata.category(part) != "Mn")


_SEEN, _MEANT = _Translation(_if_seen), _Translation(_if_meant)
_PARTED, _WORDS = _Translation(_blank_if_punctuation), _Translation(_blank_if_symbol)
_UNACCENTED = _Translation(_without_marks)


def folded(text: str) -> str:
    """Return the words of a text without case, punctuation and what cannot be seen.

    Words are parted by one blank each, also where only punctuation parted them. Nothing is left of
    a text that is nothing but punctuation. Emoji beside words do not count; alone they do.
    """
    plain = stream_safe(text.translate(_MEANT))
    if plain.isascii():
        plain = plain.lower()
    else:
        plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold())
    parted = plain.translate(_PARTED)
    words = parted.translate(_WORDS).split()
    return " ".join(words or parted.split())


def stream_safe(text: str) -> str:
    """Part long rows of combining marks by a joiner that nobody sees, as UAX #15 describes.

    Then its normal forms can be worked out in a time that grows with its length only.
    """
    if text.isascii():
        return text
    marks = "".join(filter(unicodedata.combining, {*text}))
    if len(text) <= MOST_MARKS or not marks:
        return text
    return re.sub(f"([{marks}]{{{MOST_MARKS}}})(?=[{marks}])", rf"\1{_JOINER}", text)


def without_accents(words: str) -> str:
    """Return words without the accents that many people leave out: *está* as *esta*, ñ as n."""
    return words if words.isascii() else words.translate(_UNACCENTED)


def plain(text: str) -> str:
    """Return the words of a text as ``folded`` does, and without accents."""
    return without_accents(folded(text))


def visible(text: str) -> str:
    """Return a text without what cannot be seen."""
    return text if text.isascii() else text.translate(_SEEN)


def with_plain_line_breaks(text: str) -> str:
    """Turn every line break of Unicode (UAX #14, BK and NL) into the one that is stored."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINE_BREAKS)
