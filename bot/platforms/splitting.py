"""Split a long text into messages that a platform takes, where a reader would break it."""

import re
import unicodedata
from collections.abc import Iterator

BREAKS = (re.compile(r"\n\n"), re.compile(r"\n"), re.compile(r"\s"))
JOINER = "\u200d"
SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))


def units(text: str) -> int:
    """Count the UTF-16 code units of a text."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, most: int) -> list[str]:
    """Split a text into parts of at most so many units.

    It is split between paragraphs, else between lines, else between words if possible. Blanks
    where a part begins or ends are left out.
    """
    return list(_parts(text.strip(), most)) or [""]


def _parts(text: str, most: int) -> Iterator[str]:
    while units(text) > most:
        at = _split_position(text, len(_longest_head(text, most)))
        yield text[:at].rstrip()
        text = text[at:].lstrip()
    if text:
        yield text


def _longest_head(text: str, most: int) -> str:
    """Take as many whole characters as fit."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def _split_position(text: str, most: int) -> int:
    """Find the last good place to split among the first so many characters."""
    for blank in BREAKS:
        places = (found.start() for found in blank.finditer(text, 1, most + 1))
        if (at := max(places, default=0)) > 0:
            return at
    return next((at for at in range(most, 0, -1) if not _are_joined(*text[at - 1 : at + 1])), most)


def _are_joined(before: str, after: str) -> bool:
    """Return True if two neighbouring characters are shown as one."""
    joined = JOINER in {before, after} or after in SKIN_TONES
    return joined or unicodedata.category(after).startswith("M")
