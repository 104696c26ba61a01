"""The one binary form of everything that is signed or sent between our own tools.

Core deterministic CBOR (RFC 8949, section 4.2.1), cut down to what two programs cannot
disagree about: unsigned integers below 2^63, byte strings, NFC text, arrays, and maps whose
keys are ASCII text of 1 to 23 bytes. No floats, tags, booleans or null; instead of null a
key is absent, instead of a boolean stands 0 or 1.
"""

import unicodedata
from collections.abc import Callable, Container, Mapping, Sequence
from functools import lru_cache
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
_INTEGER_LIMIT = 1 << 63
_KEY_LIMIT = 23
_KEY_HEADS = range((_TEXT << 5) + 1, (_TEXT << 5) + _KEY_LIMIT + 1)
_DEPTH_LIMIT = 16  # our deepest record has five levels; a hostile one must not exhaust the stack
_KEYS_REMEMBERED = 4096
"""Names of fields and of steps come again in every record."""


def encode(value: Value) -> bytes:
    """Encode a value in its only form; raise ValueError or TypeError for one that has none."""
    written: list[bytes] = []
    _write(value, written.append)
    return b"".join(written)


def _write(value: Value, write: Callable[[bytes], object]) -> None:
    match value:
        case str():
            raw = value.encode()
            if len(raw) != len(value) and not unicodedata.is_normalized("NFC", value):
                raise ValueError("CBOR subset: text must be in Unicode NFC")
            write(_head(_TEXT, len(raw)))
            write(raw)
        case bytes():
            write(_head(_BYTES, len(value)))
            write(value)  # apart: it may be long, and is not copied
        case list() | tuple():
            write(_head(_ARRAY, len(value)))
            for each in value:
                _write(each, write)
        case dict():
            write(_head(_MAP, len(value)))
            for written, key in sorted([(_key(key), key) for key in value]):
                write(written)
                _write(value[key], write)
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


def decode_map(
    data: bytes, what: str = "This record", versions: Container[int] = (VERSION,)
) -> Map:
    """Decode a record; raise ``Unreadable`` for one that is of none of these versions."""
    record = decode(data, what)
    if not isinstance(record, dict) or not isinstance(record.get("v"), int):
        raise Unreadable(f"{what} has no version; it was not written by this program.")
    if record["v"] not in versions:
        raise Unreadable(f"{what} was written by another version; update this program.")
    return record


def _head(major: int, number: int) -> bytes:
    if 0 <= number < len(_SHORT_HEADS[major]):
        return _SHORT_HEADS[major][number]
    return _long_head(major, number)


def _long_head(major: int, number: int) -> bytes:
    if not 0 <= number < _INTEGER_LIMIT:
        raise ValueError("CBOR subset: integers are 0 to 2^63 - 1")
    if number < _INLINE:
        return bytes([major << 5 | number])
    code, width = next((c, w) for c, w in _WIDTHS.items() if number < 1 << 8 * w)
    return bytes([major << 5 | code]) + number.to_bytes(width, "big")


_SHORT_HEADS = [[_long_head(major, number) for number in range(1 << 8)] for major in range(6)]


@lru_cache(_KEYS_REMEMBERED)
def _key(key: str) -> bytes:
    if not key.isascii() or not 1 <= len(key) <= _KEY_LIMIT:
        raise ValueError("CBOR subset: a key is 1 to 23 ASCII characters")
    return _long_head(_TEXT, len(key)) + key.encode()


@lru_cache(_KEYS_REMEMBERED)
def _key_in(written: bytes) -> str:
    return written[1:].decode("ascii")


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

    def too_short(self) -> Unreadable:
        return self.broken("it ends too early")

    def take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self.data):
            raise self.too_short()
        piece = self.data[self.at : end]
        self.at = end
        return piece

    def first(self) -> int:
        if self.at >= len(self.data):
            raise self.too_short()
        first = self.data[self.at]
        self.at += 1
        return first

    def long(self, code: int) -> int:
        """The number behind a head that has no room for it."""
        if code not in _WIDTHS:
            raise self.broken("it holds a length that is not allowed")
        number = int.from_bytes(self.take(_WIDTHS[code]), "big")
        if not _LEAST[code] <= number < _INTEGER_LIMIT:
            raise self.other_form()
        return number

    def item(self, depth: int) -> Value:
        if depth == 0:
            raise self.broken("it is nested too deeply")
        first = self.first()
        code = first & 31
        number = code if code < _INLINE else self.long(code)
        match first >> 5:
            case 3:
                return self.text(number)
            case 2:
                return self.take(number)
            case 0:
                return number
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
        if len(text) != size and not unicodedata.is_normalized("NFC", text):
            raise self.other_form()
        return text

    def map(self, size: int, depth: int) -> dict[str, Value]:
        read, before = dict[str, Value](), b""
        for _ in range(size):
            written = self.key()
            if written <= before:
                raise self.other_form()
            read[_key_in(written)], before = self.item(depth - 1), written
        return read

    def key(self) -> bytes:
        """A key as it is written, which is how keys are ordered."""
        first = self.first()
        if first not in _KEY_HEADS:
            raise self.broken("it holds a key that is not text of 1 to 23 bytes")
        self.at -= 1  # the head belongs to it
        written = self.take(first - _KEY_HEADS.start + 2)
        if not written.isascii():
            raise self.other_form()
        return written
