"""What somebody finds who carries off the disk: for the trial, and for whoever wants to look."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

SHORTEST = 6
"""Shorter words stand in any file by chance."""


def files_below(folder: Path, *, without: str) -> dict[Path, bytes]:
    """Every file of a folder, except below the one named."""
    paths = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {p: p.read_bytes() for p in paths if without not in p.relative_to(folder).parts}


def disguises(text: str) -> Iterator[bytes]:
    """The text as it could stand in a file: as it is, and in the usual encodings."""
    plain = text.encode()
    yield plain
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    for shift in range(3):
        # Base64 of a longer text shows a part differently, depending on where the part begins.
        encoded = base64.b64encode(bytes(shift) + plain)
        yield encoded[-(-shift * 4 // 3) + (shift > 0) : len(encoded) // 4 * 4 - 4]


def found_since(
    before: Mapping[Path, bytes], files: Mapping[Path, bytes], texts: Iterable[str]
) -> list[tuple[str, Path]]:
    """Which of the texts stand in which file, without those that stood there before."""
    wanted = list(texts)
    known = {text for text, _ in found(before, wanted)}
    return found(files, [text for text in wanted if text not in known])


def found(files: Mapping[Path, bytes], texts: Iterable[str]) -> list[tuple[str, Path]]:
    """Which of the texts stand in which file."""
    long_enough = [t for t in texts if len(t) >= SHORTEST]
    return [
        (text, path)
        for path, data in files.items()
        for text in long_enough
        if any(d in data for d in disguises(text) if len(d) >= SHORTEST)
    ]
