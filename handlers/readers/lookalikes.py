"""Names that look alike: letters of one script that are drawn like those of another.

A short excerpt of what Unicode Technical Standard 39 (Security Mechanisms, confusables.txt) lists:
letters of Cyrillic and Greek, and those signs of Latin that fonts draw the same. The standard's
mixed-script rule ("highly restrictive") catches the rest within one name.
"""

import unicodedata
from collections.abc import Iterable

_CYRILLIC = dict(
    zip(
        "АВЕЗІЈКМНОРСТУХЅԚԜҮаеоорсухіјѕһԁԛԝѵпгк",
        "ABE3lJKMHOPCTYXSQWYaeoopcyxijshdqwvnrk",
        strict=True,
    )
)
_GREEK = dict(
    zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϜαγικνορτυχ", "ABEZHlKMNOPTYXFayikvoptux", strict=True)  # noqa: RUF100
)
_LATIN = {"I": "l", "1": "l", "|": "l", "0": "O", "m": "rn", "ı": "i", "ɑ": "a", "ɡ": "g"}
_DRAWN_AS = str.maketrans({**_CYRILLIC, **_GREEK, **_LATIN})

_WRITTEN_TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "FULLWIDTH"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)
"""Scripts that one language writes in one name."""

_OF_ANY = frozenset({"MODIFIER"})
"""Letters that languages of several scripts write, such as the one in Oʻktam and in Марʼяна."""
_OF_ONE = {"IDEOGRAPHIC": "CJK"}
"""Signs whose names begin with another word than those of their script: the one in 佐々木."""


def drawn(name: str) -> str:
    """Return what a name looks like, the same for names that nobody can tell apart by eye."""
    plain = unicodedata.normalize("NFKC", name)
    return plain.translate(_DRAWN_AS).casefold().translate(_DRAWN_AS)


def scripts_of(name: str) -> frozenset[str]:
    """Return the scripts of a name's letters, by the first word of what Unicode calls them."""
    letters = (character for character in name if character.isalpha())
    words = {unicodedata.name(letter, "?").split()[0] for letter in letters}
    return frozenset(_OF_ONE.get(word, word) for word in words - _OF_ANY)


def mixes_scripts(name: str) -> bool:
    """Check whether a name has letters of several scripts that no language writes together."""
    scripts = scripts_of(name)
    return len(scripts) > 1 and not any(scripts <= together for together in _WRITTEN_TOGETHER)


def alike(names: Iterable[str]) -> tuple[str, str] | None:
    """Return the first two names that look alike; None if all can be told apart."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(drawn(name), name)
        if other is not name:
            return other, name
    return None
