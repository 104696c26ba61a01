"""Documents: the plaintext of an age file of a case. A line that describes it, a body, padding.

::

    {"kind":"report","len":1234,"type":"text/plain","v":1,"week":202647} LF
    body
    spaces up to the next bucket

The line is JSON in the one form of RFC 8785, so what any age program prints is readable text.
The buckets hide how much somebody wrote.
"""

import json
import re
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

SHORTER = "A document is shorter than it says; part of it is missing."
LONGER = "A document has something behind its end; it was changed."

LIMIT = 64 * 1024 * 1024 - 256 * 1024
"""Bytes of a padded document: its payload, with nonce and tags, has 64 MiB at most."""

LINE_LIMIT = 64 * 1024
"""Bytes of the line that describes a document."""

_STEPS = tuple(1024 * size for size in (1, 4, 16, 64, 256))
_LARGEST_INTEGER = (1 << 53) - 1  # beyond it RFC 8785 writes a rounded number
_DEPTH_LIMIT = 3
_SURROGATE = re.compile("[\ud800-\udfff]")
_OWN_KEYS = frozenset({"v", "kind", "len", "type", "week"})


@dataclass(frozen=True, slots=True, repr=False)
class Description:
    """What the line of a document says about its body.

    ``media`` is its media type, ``week`` its ISO week, ``size`` its length in bytes; ``extra`` has
    the further keys of the line that its kind knows (``q``, ``name``, ``rev``; for a report those
    of docs/cryptography.md, section 6).
    """

    kind: str
    media: str
    week: int
    size: int
    extra: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS or _OWN_KEYS & set(self.extra):
            raise Unreadable("A document has a kind or a key that is not known here.")

    def __repr__(self) -> str:
        return f"Description({self.kind!r}, …)"

    def encode(self) -> bytes:
        """Write the line with its line feed; raise ``TooLong`` beyond 64 KiB."""
        line = _line(self)
        if len(line) > LINE_LIMIT:
            raise TooLong("The description of a document is longer than 64 KiB. Shorten it.")
        return line

    @classmethod
    def decode(cls, line: bytes) -> "Description":
        """Read a line, without its line feed; ``Unreadable`` for what ``encode`` never writes."""
        fields = _read_line(line) if len(line) < LINE_LIMIT else {}
        match fields:
            case {
                "v": 1,
                "kind": str(kind),
                "type": str(media),
                "len": int(size),
                "week": int(week),
            }:
                extra = {key: fields[key] for key in fields.keys() - _OWN_KEYS}
                description = cls(kind, media, week, size, extra)
            case _:
                raise Unreadable("A document lacks its description, or has that of a newer one.")
        if size < 0 or _line(description) != line + b"\n":
            raise Unreadable("A document's description is not in its only allowed form.")
        return description


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """One sealed thing: its body, and what its line says about it, as in ``Description``.

    Encoding raises TooLong where its payload would have more than 64 MiB.
    """

    kind: str
    media: str
    week: int
    body: bytes
    extra: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _ = self.description  # raises for what has none

    def __repr__(self) -> str:
        return f"Document({self.kind!r}, …)"

    @property
    def description(self) -> Description:
        """Return the description of the body."""
        return Description(self.kind, self.media, self.week, len(self.body), self.extra)

    def encode(self) -> bytes:
        """Write line, body and padding."""
        plain = self.description.encode() + self.body
        return plain.ljust(bucket(len(plain)), b" ")

    @classmethod
    def decode(cls, data: bytes) -> "Document":
        """Read the bytes of ``encode``; ``Unreadable`` for any others."""
        line, _, rest = data.partition(b"\n")
        told = Description.decode(line)
        return cls(told.kind, told.media, told.week, _body(rest, told.size), told.extra)


def bucket(size: int) -> int:
    """Compute the padded length of so many bytes: 1, 4, 16, 64, 256 KiB, then steps of 256 KiB."""
    if size > LIMIT:
        raise TooLong("This makes more than 64 MiB and cannot be kept; make it smaller.")
    return next((step for step in _STEPS if size <= step), -(-size // _STEPS[-1]) * _STEPS[-1])


def _line(description: Description) -> bytes:
    fields: dict[str, Json] = {
        **description.extra,
        "v": 1,
        "kind": description.kind,
        "len": description.size,
        "type": description.media,
        "week": description.week,
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
            return _SURROGATE.search(value) is None
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
    if size > len(rest):
        raise Unreadable(SHORTER)
    if rest[size:].strip(b" "):
        raise Unreadable(LONGER)
    return rest[:size]
