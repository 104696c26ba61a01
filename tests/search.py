"""Looking for what must not be there: a text in every disguise, in every file and stream.

Independent of what the program shows about itself, and much more patient.
"""

import base64
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SHORTEST = 8
"""Bytes of the shortest needle; shorter ones stand in any large file by chance."""

ZLIB_STARTS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
GZIP_START = b"\x1f\x8b\x08"
STREAM_BYTES = 1 << 20
STEP = 8
"""What comes out of a step that breaks is lost, so steps are short."""


def disguises(plain: bytes) -> Iterator[tuple[str, bytes]]:
    """These bytes as they could stand in a file, each with its name."""
    yield "raw", plain
    yield "reversed", plain[::-1]
    yield "hex", plain.hex().encode()
    yield "HEX", plain.hex().upper().encode()
    for mark, name in (
        ("%", "percent"),
        ("\\x", "escaped"),
        ("\\u00", "unicode-escaped"),
        ("=", "qp"),
    ):
        yield name, "".join(f"{mark}{byte:02x}" for byte in plain).encode()
        yield name.upper(), "".join(f"{mark}{byte:02X}" for byte in plain).encode()
    yield from _in_base(plain, "base64", base64.b64encode, 3, 6)
    yield from _in_base(plain, "base64url", base64.urlsafe_b64encode, 3, 6)
    yield from _in_base(plain, "base32", base64.b32encode, 5, 5)
    if plain.isascii():
        text = plain.decode()
        for case in {text.lower(), text.upper(), text.title()} - {text}:
            yield "other case", case.encode()
        for code in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
            yield code, text.encode(code)


def _in_base(
    plain: bytes, name: str, encode: Callable[[bytes], bytes], group: int, bits: int
) -> Iterator[tuple[str, bytes]]:
    """In each alignment only the characters that depend on nothing but these bytes."""
    for shift in range(group):
        encoded = encode(bytes(shift) + plain + bytes(group)).rstrip(b"=")
        first = -(-shift * 8 // bits)
        last = (shift + len(plain)) * 8 // bits
        yield f"{name}+{shift}", encoded[first:last]


@dataclass
class Search:
    """Needles, found by their first bytes: thousands of them cost no more than one."""

    starts: defaultdict[bytes, list[tuple[bytes, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, *needles: str | bytes) -> None:
        """Look for these from now on; they must be long enough to mean something."""
        for needle in needles:
            plain = needle.encode() if isinstance(needle, str) else needle
            assert len(plain) >= SHORTEST, "too short to be looked for"
            for name, disguise in disguises(plain):
                self.starts[disguise[:SHORTEST]].append((disguise, f"{name} of {needle!r}"))

    def found(self, data: bytes) -> set[str]:
        """Which needles stand in these bytes, and in which disguise."""
        ends = range(SHORTEST, len(data) + 1)
        starts = {start for end in ends if (start := data[end - SHORTEST : end]) in self.starts}
        return {
            name for start in starts for disguise, name in self.starts[start] if disguise in data
        }

    def found_in(self, files: Mapping[Path, bytes], *, raw: bool = False) -> set[str]:
        """As ``found``, in files and in every compressed stream inside them."""
        return {
            f"{path.name}: {name}"
            for path, data in files.items()
            for part in (data, b"\0".join(streams(data, raw=raw)))
            for name in self.found(part)
        }


def streams(data: bytes, *, raw: bool = False) -> Iterator[bytes]:
    """What zlib and gzip streams inside hold; with ``raw`` also bare deflate, at every offset."""
    for start in ZLIB_STARTS:
        yield from (_inflated(data[at:], zlib.MAX_WBITS) for at in _places(data, start))
    for at in _places(data, GZIP_START):
        yield _inflated(data[at:], zlib.MAX_WBITS | 16)
    if raw:
        for at in range(len(data)):
            yield _inflated(data[at : at + 4096], -zlib.MAX_WBITS)


def _places(data: bytes, start: bytes) -> Iterator[int]:
    at = data.find(start)
    while at >= 0:
        yield at
        at = data.find(start, at + 1)


def _inflated(data: bytes, window: int) -> bytes:
    """As much as can be had before it breaks."""
    stream, out = zlib.decompressobj(window), b""
    try:
        for start in range(0, min(len(data), STREAM_BYTES), STEP):
            out += stream.decompress(data[start : start + STEP], STREAM_BYTES)
            if stream.eof:
                break
    except zlib.error:
        pass
    return out if len(out) >= SHORTEST else b""


def files_below(*folders: Path) -> dict[Path, bytes]:
    """Every file of these folders, as it is this moment."""
    paths = (p for folder in folders for p in sorted(folder.rglob("*")) if p.is_file())
    return {p: p.read_bytes() for p in paths}
