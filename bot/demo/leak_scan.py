"""A search for typed words in files, as text and in the usual encodings."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

SHORTEST = 6
"""Length below which a word stands in any file by chance."""


def files_below(folder: Path, *, without: str) -> dict[Path, bytes]:
    """Read every file of a folder, except those in a folder with the name ``without``."""
    paths = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {p: p.read_bytes() for p in paths if without not in p.relative_to(folder).parts}


def encodings_of(text: str) -> Iterator[bytes]:
    """Yield the text as it could stand in a file: as it is, and in the usual encodings."""
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


def find_new_texts(
    before: Mapping[Path, bytes], files: Mapping[Path, bytes], texts: Iterable[str]
) -> list[tuple[str, Path]]:
    """Return which texts stand in which file, without those that stood in ``before``."""
    wanted = list(texts)
    there_before = {text for text, _ in find_texts(before, wanted)}
    return find_texts(files, [text for text in wanted if text not in there_before])


def find_texts(files: Mapping[Path, bytes], texts: Iterable[str]) -> list[tuple[str, Path]]:
    """Return which texts stand in which file."""
    long_enough = [t for t in texts if len(t) >= SHORTEST]
    return [
        (text, path)
        for path, data in files.items()
        for text in long_enough
        if any(encoded in data for encoded in encodings_of(text) if len(encoded) >= SHORTEST)
    ]
