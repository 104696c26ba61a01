"""A long text in parts that a platform takes, broken where a reader would break it."""

import re
import unicodedata
from collections.abc import Iterator

BREAKS = (re.compile(r"\n\n"), re.compile(r"\n"), re.compile(r"\s"))
JOINER = "\u200d"
SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))


def units(text: str) -> int:
    """Code units of UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, most: int) -> list[str]:
    """Parts of at most so many units, between paragraphs, lines or words if that can be."""
    return list(_pieces(text.strip(), most)) or [""]


def _pieces(text: str, most: int) -> Iterator[str]:
    """What is blank where a part begins or ends is left out."""
    while units(text) > most:
        at = _break(text, len(_head(text, most)))
        yield text[:at].rstrip()
        text = text[at:].lstrip()
    if text:
        yield text


def _head(text: str, most: int) -> str:
    """As many whole signs as fit."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def _break(text: str, most: int) -> int:
    """The last good place among so many signs."""
    for blank in BREAKS:
        places = (found.start() for found in blank.finditer(text, 1, most + 1))
        if (at := max(places, default=0)) > 0:
            return at
    return next((at for at in range(most, 0, -1) if not _belong(*text[at - 1 : at + 1])), most)


def _belong(before: str, after: str) -> bool:
    """Whether two signs of one word are shown as one."""
    joined = JOINER in {before, after} or after in SKIN_TONES
    return joined or unicodedata.category(after).startswith("M")
