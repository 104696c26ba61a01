"""Documents: the plaintext of an age file of a case. A line that describes it, a body, padding.

::

    {"kind":"report","len":1234,"type":"text/plain","v":1,"week":202647} LF
    body
    spaces up to the next bucket

The line is JSON in the one form of RFC 8785, so what any age program prints is readable text.
The buckets hide how much somebody wrote.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from store.model.errors import TooLong, Unreadable

TEXT_MEDIA = "text/plain"
CBOR_MEDIA = "application/cbor"

Json: TypeAlias = str | int | Sequence["Json"]
"""What a value of the line can be: no objects, fractions, booleans or null."""

KINDS = frozenset(
    {
        "answer",
        "attachment",
        "report",
        "statement",
        "match-ref",
        "circle-ref",
        "reply",
        "notice",
        "circle",
        "event",
    }
)
LIMIT = 20 * 1024 * 1024
"""Bytes of a padded document."""

_STEPS = tuple(1024 * size for size in (1, 4, 16, 64, 256))
_LARGEST_INTEGER = (1 << 53) - 1  # beyond it RFC 8785 writes a rounded number
_DEPTH_LIMIT = 3
_OWN_KEYS = frozenset({"v", "kind", "len", "type", "week"})


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """One sealed thing.

    ``media`` is its media type, ``week`` its ISO week; ``extra`` has the further keys of the
    line that its kind knows (``q``, ``name``, ``rev``; for a report those of
    docs/cryptography.md, section 6). Encoding raises TooLong beyond 20 MiB.
    """

    kind: str
    media: str
    week: int
    body: bytes
    extra: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS or _OWN_KEYS & set(self.extra):
            raise Unreadable("A document has a kind or a key that is not known here.")

    def __repr__(self) -> str:
        return f"Document({self.kind!r}, …)"

    def encode(self) -> bytes:
        """Write line, body and padding."""
        plain = _line(self) + self.body
        return plain.ljust(bucket(len(plain)), b" ")

    @classmethod
    def decode(cls, data: bytes) -> "Document":
        """Read the bytes of ``encode``; ``Unreadable`` for any others."""
        line, _, rest = data.partition(b"\n")
        fields = _read_line(line)
        match fields:
            case {
                "v": 1,
                "kind": str(kind),
                "type": str(media),
                "len": int(size),
                "week": int(week),
            }:
                extra = {key: fields[key] for key in fields.keys() - _OWN_KEYS}
                document = cls(kind, media, week, _body(rest, size), extra)
            case _:
                raise Unreadable("A document lacks its description, or has that of a newer one.")
        if _line(document) != line + b"\n":
            raise Unreadable("A document's description is not in its only allowed form.")
        return document


def bucket(size: int) -> int:
    """Compute the padded length of so many bytes: 1, 4, 16, 64, 256 KiB, then steps of 256 KiB."""
    if size > LIMIT:
        raise TooLong("This is longer than 20 MiB and cannot be kept; make it smaller.")
    return next((step for step in _STEPS if size <= step), -(-size // _STEPS[-1]) * _STEPS[-1])


def _line(document: Document) -> bytes:
    fields: dict[str, Json] = {
        **document.extra,
        "v": 1,
        "kind": document.kind,
        "len": len(document.body),
        "type": document.media,
        "week": document.week,
    }
    if not all(key.isascii() and _is_plain(value) for key, value in fields.items()):
        raise Unreadable("A document's description holds a value that has no place there.")
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n"


def _is_plain(value: object, depth: int = _DEPTH_LIMIT) -> bool:
    match value:
        case bool():
            return False
        case int():
            return abs(value) <= _LARGEST_INTEGER
        case str():
            return not any("\ud800" <= sign <= "\udfff" for sign in value)
        case list() | tuple():
            return depth > 0 and all(_is_plain(each, depth - 1) for each in value)
        case _:
            return False


def _read_line(line: bytes) -> dict[str, Json]:
    try:
        fields: object = json.loads(line)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise Unreadable("This is not a document of this program: it has no first line.")
    return fields


def _body(rest: bytes, size: int) -> bytes:
    if not 0 <= size <= len(rest):
        raise Unreadable("A document is shorter than it says; part of it is missing.")
    if rest[size:].strip(b" "):
        raise Unreadable("A document has something behind its end; it was changed.")
    return rest[:size]
