"""Words that open a story or take it back, as people copy them."""

import re
import unicodedata
from collections.abc import Callable

CASE_WORDS = 12
"""They open a case."""
CODE_WORDS = 4
"""They take it back: withdraw and erase it, and nothing else."""


_NUMBERED = re.compile(r"(?<!\d)(\d{1,2})(?!\d)\W*([^\W\d_]+)")
"""A word behind its place in a list."""


class _Translation(dict[int, str]):
    """What each character becomes (``str.translate``), worked out once; no text is kept."""

    def __init__(self, become: Callable[[str], str]) -> None:
        self._become = become

    def __missing__(self, code: int) -> str:
        self[code] = become = self._become(chr(code))
        return become


def _blank_unless_letter(character: str) -> str:
    """Keep letters and the marks on them."""
    return character if unicodedata.category(character)[0] in "LM" else " "


def _unless_invisible(character: str) -> str:
    return "" if unicodedata.category(character) == "Cf" else character


_LETTERS, _VISIBLE = _Translation(_blank_unless_letter), _Translation(_unless_invisible)


def tokens_of(text: str) -> tuple[str, ...]:
    """Return the words in a text, in order, without the numbers and signs around them.

    People copy them with commas, line breaks, quotation marks and the numbers of a list, and
    telephones add what cannot be seen. Whoever copies the bot's whole message has the words in a
    numbered list, or alone in a line, among other words.
    """
    seen = text if text.isascii() else text.translate(_VISIBLE)
    tokens = _words_in(seen)
    if len(tokens) <= CASE_WORDS:
        return tokens
    return _numbered_in(seen) or _alone_in_a_line(seen) or tokens


def may_be_phrase(text: str) -> bool:
    """Return whether a text has as many words as a code or the words of a case."""
    return len(tokens_of(text)) in {CASE_WORDS, CODE_WORDS}


def _words_in(text: str) -> tuple[str, ...]:
    parts = text.translate(_LETTERS).split()
    return tuple(part for part in parts if any(map(str.isalpha, part)))


def _numbered_in(text: str) -> tuple[str, ...]:
    """Return the words of a list from 1 to the last place of a case's words, if there is one."""
    found = list[str]()
    for number, word in _NUMBERED.findall(text):
        if int(number) == len(found) + 1 <= CASE_WORDS:  # behind them a date may stand
            found.append(word)
    return tuple(found) if len(found) == CASE_WORDS else ()


def _alone_in_a_line(text: str) -> tuple[str, ...]:
    """Return the words of the only line, but for headings, that can be a case or a code."""
    lines = (line for line in text.splitlines() if not line.rstrip().endswith(":"))
    found = [w for w in map(_words_in, lines) if len(w) in {CASE_WORDS, CODE_WORDS}]
    return found[0] if len(found) == 1 else ()
