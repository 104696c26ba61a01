"""Numbers as words that people can write down, read aloud and type again.

The word lists are those of BIP39, in every language that ``mnemonic`` ships. Three things are
spoken in them: the twelve words of a case (BIP39 itself, 128 bits with a checksum of four),
the four words of a take-back code (44 bits, no checksum) and the eight words of a reader's
fingerprint (80 bits and a checksum of eight). The BIP39 seed is never derived.
"""

import hashlib
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from mnemonic import Mnemonic

from store.crypto.hurtful_words import are_gentle
from store.crypto.kdf import Entropy
from store.crypto.labels import Label, derive_label

Secret = TypeVar("Secret", bytes, int)

ENTROPY_BYTES = 16
CASE_WORDS = 12
CODE_WORDS = 4
CODE_BITS = 44
FINGERPRINT_BYTES = 10

_WORD_BITS = 11
_CHECKSUM_BITS = 4
_FINGERPRINT_WORDS = 8
_SHORTEST_PREFIX = 4
_MOST_DRAWS = 1000
"""Of twelve words more than one draw of four is refused; so many in a row are no accident."""


@dataclass(frozen=True, slots=True)
class _WordList:
    words: tuple[str, ...]  # by index, as they are shown: NFKD
    index: Mapping[str, int]  # by word, as it is typed: folded
    ordered: tuple[str, ...]  # the folded words, for prefixes


def languages() -> tuple[str, ...]:
    """List the names of all word lists, sorted."""
    return tuple(sorted(Mnemonic.list_languages()))


def words_of(entropy: bytes, language: str = "english") -> tuple[str, ...]:
    """Spell the 16 bytes of a case in twelve BIP39 words."""
    if len(entropy) != ENTROPY_BYTES:
        raise ValueError("twelve words stand for 16 bytes")
    number = int.from_bytes(entropy, "big") << _CHECKSUM_BITS | _checksum(entropy)
    return _spell(number, CASE_WORDS, language)


def draw_entropy(entropy: Entropy) -> bytes:
    """Draw the 16 bytes of a case, again until no word of theirs hurts to read."""
    return _draw(lambda: entropy(ENTROPY_BYTES), words_of)


def candidates(tokens: Sequence[str]) -> tuple[tuple[str, bytes], ...]:
    """Find every (language, entropy) that twelve typed words can mean.

    A word may be cut to its first four letters or more, where that is unique in its list.
    """
    return tuple(
        (language, entropy)
        for language, number in _readings(tokens, CASE_WORDS)
        for entropy in [(number >> _CHECKSUM_BITS).to_bytes(ENTROPY_BYTES, "big")]
        if number & (1 << _CHECKSUM_BITS) - 1 == _checksum(entropy)
    )


def code_words(code: int, language: str = "english") -> tuple[str, ...]:
    """Spell a take-back code, a number of 44 bits, in four words, most significant first."""
    if not 0 <= code < 1 << CODE_BITS:
        raise ValueError("a take-back code has 44 bits")
    return _spell(code, CODE_WORDS, language)


def draw_code(entropy: Entropy) -> int:
    """Draw a take-back code, a number of 44 bits, again until no word of it hurts to read."""
    return _draw(lambda: int.from_bytes(entropy(6), "big") >> 48 - CODE_BITS, code_words)


def codes(tokens: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Find every (language, code) that four typed words can mean."""
    return tuple(_readings(tokens, CODE_WORDS))


def unlisted_places(tokens: Sequence[str]) -> tuple[int, ...]:
    """Return the places, from 1, of the tokens that are no words of the list most of them are in.

    The lists are public: it tells nobody anything about a case.
    """
    folded = [_fold(token) for token in tokens]
    missing = (
        tuple(n for n, token in enumerate(folded, 1) if _find(_word_list(language), token) is None)
        for language in ("english", *languages())
    )
    return min(missing, key=len)


def fingerprint_words(fingerprint: bytes) -> tuple[str, ...]:
    """Spell a fingerprint in eight English words, by which people compare a reader's key aloud.

    ``fingerprint`` is the first 10 bytes of the reader's id; the eighth word holds a checksum.
    """
    if len(fingerprint) != FINGERPRINT_BYTES:
        raise ValueError("eight words stand for 10 bytes")
    check = hashlib.sha256(derive_label(Label.MEMBER_WORDS, fingerprint)).digest()[:1]
    return _spell(int.from_bytes(fingerprint + check, "big"), _FINGERPRINT_WORDS, "english")


def _draw(draw: Callable[[], Secret], spell: Callable[[Secret], tuple[str, ...]]) -> Secret:
    for _ in range(_MOST_DRAWS):
        drawn = draw()
        if are_gentle(spell(drawn)):
            return drawn
    raise ValueError("the source of random bytes repeats itself")


def _checksum(entropy: bytes) -> int:
    """Compute the checksum of BIP39: one bit of SHA-256 for every 32 bits of entropy."""
    return hashlib.sha256(entropy).digest()[0] >> 8 - _CHECKSUM_BITS


def _spell(number: int, count: int, language: str) -> tuple[str, ...]:
    words = _word_list(language).words
    shifts = range(_WORD_BITS * (count - 1), -1, -_WORD_BITS)
    return tuple(words[number >> shift & (1 << _WORD_BITS) - 1] for shift in shifts)


def _readings(tokens: Sequence[str], count: int) -> Iterator[tuple[str, int]]:
    if len(tokens) != count:
        return
    folded = [_fold(token) for token in tokens]
    for language in languages():
        word_list = _word_list(language)
        number = 0
        for token in folded:
            index = _find(word_list, token)
            if index is None:
                break
            number = number << _WORD_BITS | index
        else:
            yield language, number


def _find(word_list: _WordList, token: str) -> int | None:
    if token in word_list.index:
        return word_list.index[token]
    if sum(not unicodedata.combining(sign) for sign in token) < _SHORTEST_PREFIX:
        return None
    at = bisect_left(word_list.ordered, token)
    matches = [word for word in word_list.ordered[at : at + 2] if word.startswith(token)]
    return word_list.index[matches[0]] if len(matches) == 1 else None


def _fold(text: str) -> str:
    """Fold a word to compare it: NFKD as in BIP39, once more after the case, which can undo it.

    Dotted and dotless i are one letter here: a telephone that begins a Turkish word with a
    capital turns one into the other, and no list has two words that differ in it alone.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    folded = unicodedata.normalize("NFKD", decomposed.casefold())
    return folded.replace("ı", "i").replace("\u0307", "")


@cache
def _word_list(language: str) -> _WordList:
    words = tuple(Mnemonic.normalize_string(word) for word in Mnemonic(language).wordlist)
    index = {_fold(word): number for number, word in enumerate(words)}
    return _WordList(words, index, tuple(sorted(index)))
