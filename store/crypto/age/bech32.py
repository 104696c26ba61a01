"""Bech32 (BIP173) without its limit of 90 characters, as age writes keys (C2SP age).

A string is a prefix, the separator ``1``, the data in groups of five bits and a checksum of six
characters that finds up to four wrong ones.
"""

import base64
import binascii
from collections.abc import Iterable

from store.model.errors import Unreadable

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # RFC 4648, section 6: the same groups of five bits
_TO_BECH32 = str.maketrans(_BASE32, _ALPHABET)
_TO_BASE32 = str.maketrans(_ALPHABET, _BASE32)
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM = 6
_PRINTABLE = range(33, 127)


def encode(prefix: str, data: bytes) -> str:
    """Encode bytes as a lower-case string; the prefix must be lower-case printable ASCII."""
    text = base64.b32encode(data).decode().rstrip("=").translate(_TO_BECH32)
    sums = _polymod([*_expanded(prefix), *_values(text), *([0] * _CHECKSUM)]) ^ 1
    check = (sums >> 5 * place & 31 for place in reversed(range(_CHECKSUM)))
    return f"{prefix}1{text}{''.join(_ALPHABET[value] for value in check)}"


def decode(text: str) -> tuple[str, bytes]:
    """Decode a string to its prefix, in the case it was written in, and its data.

    ``Unreadable`` for mixed case, a character outside the alphabet, a wrong checksum and
    bits left over that are not zero: there is one string for one value.
    """
    prefix, _, tail = _one_case(text).rpartition("1")
    if not prefix or len(tail) < _CHECKSUM or not _VALUES.keys() >= set(tail):
        raise Unreadable("This is no key of age: a Bech32 string is incomplete. Copy it again.")
    if _polymod([*_expanded(prefix), *_values(tail)]) != 1:
        raise Unreadable("The checksum of a Bech32 string does not hold. Copy it again, whole.")
    return text[: len(prefix)], _bytes(tail[:-_CHECKSUM])


def _one_case(text: str) -> str:
    if text not in {text.lower(), text.upper()} or not all(ord(c) in _PRINTABLE for c in text):
        raise Unreadable("A Bech32 string mixes cases or holds a stray character. Copy it again.")
    return text.lower()


def _bytes(text: str) -> bytes:
    padded = text.translate(_TO_BASE32) + "=" * (-len(text) % 8)
    try:
        data = base64.b32decode(padded)
    except binascii.Error:
        data = b""
    if base64.b32encode(data).decode() != padded:
        raise Unreadable("A Bech32 string has bits left over. It was not made by this format.")
    return data


def _values(text: str) -> list[int]:
    return [_VALUES[character] for character in text]


def _expanded(prefix: str) -> list[int]:
    codes = prefix.encode("ascii")
    return [*(code >> 5 for code in codes), 0, *(code & 31 for code in codes)]


def _feedback(top: int) -> int:
    total = 0
    for place, generator in enumerate(_GENERATORS):
        total ^= generator if top >> place & 1 else 0
    return total


_FEEDBACK = tuple(_feedback(top) for top in range(32))


def _polymod(values: Iterable[int]) -> int:
    state = 1
    for value in values:
        state = (state & 0x1FFFFFF) << 5 ^ value ^ _FEEDBACK[state >> 25]
    return state
