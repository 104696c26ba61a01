"""The one binary form of everything that is signed or sent between our own tools.

Core deterministic CBOR (RFC 8949, section 4.2.1), cut down to what two programs cannot
disagree about: unsigned integers below 2^63, byte strings, NFC text, arrays, and maps whose
keys are ASCII text of 1 to 23 bytes. No floats, tags, booleans or null; instead of null a
key is absent, instead of a boolean stands 0 or 1.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from store.model.errors import Unreadable

Value: TypeAlias = int | bytes | str | Sequence["Value"] | Mapping[str, "Value"]
"""What can be encoded. ``decode`` gives lists and dicts for sequences and mappings."""

Map: TypeAlias = Mapping[str, Value]
"""A record: every record holds ``v``, its version."""

VERSION = 1

_UNSIGNED, _BYTES, _TEXT, _ARRAY, _MAP = 0, 2, 3, 4, 5
_INLINE = 24
_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}
_LEAST = {24: 24, 25: 1 << 8, 26: 1 << 16, 27: 1 << 32}
"""The smallest number that needs so many bytes."""
_SHORT_HEADS = [[bytes([major << 5 | n]) for n in range(_INLINE)] for major in range(6)]
_INTEGER_LIMIT = 1 << 63
_KEY_LIMIT = 23
_DEPTH_LIMIT = 16  # our deepest record has five levels; a hostile one must not exhaust the stack


def encode(value: Value) -> bytes:
    """Encode a value in its only form; raise ValueError or TypeError for one that has none."""
    written: list[bytes] = []
    _write(value, written.append)
    return b"".join(written)


def _write(value: Value, write: Callable[[bytes], object]) -> None:
    match value:
        case bytes():
            write(_head(_BYTES, len(value)))
            write(value)  # apart: it may be long, and is not copied
        case str():
            write(_text(value))
        case list() | tuple():
            write(_head(_ARRAY, len(value)))
            for each in value:
                _write(each, write)
        case dict():
            write(_head(_MAP, len(value)))
            for key, each in sorted((_key(key), each) for key, each in value.items()):
                write(key)
                _write(each, write)
        case bool():
            raise TypeError("CBOR subset: there are no booleans; write 0 or 1")
        case int():
            write(_head(_UNSIGNED, value))
        case _:
            raise TypeError(f"CBOR subset: {type(value).__name__} cannot be written")


def decode(data: bytes, what: str = "This record") -> Value:
    """Decode bytes that are the only form of a value.

    ``what`` names the thing in the sentence of the Unreadable that anything else raises.
    """
    reader = _Reader(data, what)
    value = reader.item(_DEPTH_LIMIT)
    if reader.at != len(data):
        raise reader.other_form()
    return value


def decode_map(data: bytes, what: str = "This record") -> Map:
    """Decode a record; raise ``Unreadable`` for one of a version that is not known here."""
    record = decode(data, what)
    if not isinstance(record, dict) or not isinstance(record.get("v"), int):
        raise Unreadable(f"{what} has no version; it was not written by this program.")
    if record["v"] != VERSION:
        raise Unreadable(f"{what} was written by another version; update this program.")
    return record


def _head(major: int, number: int) -> bytes:
    if 0 <= number < _INLINE:
        return _SHORT_HEADS[major][number]
    if not 0 <= number < _INTEGER_LIMIT:
        raise ValueError("CBOR subset: integers are 0 to 2^63 - 1")
    code, width = next((c, w) for c, w in _WIDTHS.items() if number < 1 << 8 * w)
    return bytes([major << 5 | code]) + number.to_bytes(width, "big")


def _is_normal(text: str) -> bool:
    return text.isascii() or unicodedata.is_normalized("NFC", text)


def _is_key(key: str) -> bool:
    return key.isascii() and 1 <= len(key) <= _KEY_LIMIT


def _text(text: str) -> bytes:
    if not _is_normal(text):
        raise ValueError("CBOR subset: text must be in Unicode NFC")
    raw = text.encode()
    return _head(_TEXT, len(raw)) + raw


def _key(key: str) -> bytes:
    if not _is_key(key):
        raise ValueError("CBOR subset: a key is 1 to 23 ASCII characters")
    return _text(key)


class _Reader:
    """Reads one item after the other, and refuses what ``encode`` would have written otherwise.

    That is a longer number than is needed, keys that do not ascend, and text that is not in NFC.
    """

    __slots__ = ("at", "data", "what")

    def __init__(self, data: bytes, what: str) -> None:
        self.data, self.what, self.at = data, what, 0

    def broken(self, why: str) -> Unreadable:
        return Unreadable(f"{self.what} is damaged or was not written by this program: {why}.")

    def other_form(self) -> Unreadable:
        return self.broken("it is not in its only allowed form")

    def take(self, size: int) -> bytes:
        piece = self.data[self.at : self.at + size]
        if len(piece) != size:
            raise self.broken("it ends too early")
        self.at += size
        return piece

    def head(self) -> tuple[int, int]:
        if self.at >= len(self.data):
            raise self.broken("it ends too early")
        first = self.data[self.at]
        self.at += 1
        major, code = first >> 5, first & 31
        if code < _INLINE:
            return major, code
        if code not in _WIDTHS:
            raise self.broken("it holds a length that is not allowed")
        number = int.from_bytes(self.take(_WIDTHS[code]), "big")
        if not _LEAST[code] <= number < _INTEGER_LIMIT:
            raise self.other_form()
        return major, number

    def item(self, depth: int) -> Value:
        if depth == 0:
            raise self.broken("it is nested too deeply")
        major, number = self.head()
        match major:
            case 0:
                return number
            case 2:
                return self.take(number)
            case 3:
                return self.text(number)
            case 4:
                return [self.item(depth - 1) for _ in range(number)]
            case 5:
                return self.map(number, depth)
            case _:
                raise self.broken("it holds a type that is not allowed")

    def text(self, size: int) -> str:
        try:
            text = self.take(size).decode()
        except UnicodeDecodeError:
            raise self.broken("it holds text that is not UTF-8") from None
        if not _is_normal(text):
            raise self.other_form()
        return text

    def map(self, size: int, depth: int) -> dict[str, Value]:
        read, before = dict[str, Value](), b""
        for _ in range(size):
            begins = self.at
            key = self.key()
            written = self.data[begins : self.at]
            if written <= before:
                raise self.other_form()
            read[key], before = self.item(depth - 1), written
        return read

    def key(self) -> str:
        major, size = self.head()
        if major != _TEXT:
            raise self.broken("it holds a key that is not text")
        key = self.text(size)
        if not _is_key(key):
            raise self.other_form()
        return key
