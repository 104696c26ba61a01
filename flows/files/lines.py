"""Line numbers of the keys and list entries of a TOML text, which ``tomllib`` does not report.

The scanner only sees text that ``tomllib`` has accepted, so it never fails: a key that it cannot
locate has the line of what contains it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

KeyPath = tuple[str | int, ...]
"""Keys and indexes from the top: ``("step", 3, "choices", 0, "text")``."""

TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
    | (?P<text>\"{3}(?:[^\\]|\\.)*?\"{3,5} | '{3}.*?'{3,5} | "(?:[^"\\\n]|\\.)*" | '[^'\n]*')
    | (?P<newline>\n)
    | (?P<mark>[\[\]{}=,.])
    | (?P<word>[^\s\[\]{}=,.\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)


def lines_of(text: str) -> Mapping[KeyPath, int]:
    """Map every key and list entry to its line."""
    scan, line = Scanner(), 1
    for match in TOKEN.finditer(text):
        scan.token(str(match.lastgroup), match[0], line)
        line += match[0].count("\n")
    scan.token("newline", "\n", line)
    return scan.found


def line_at(lines: Mapping[KeyPath, int], place: KeyPath) -> int:
    """Return the line of this path, or of the nearest path around it."""
    around = (place[:length] for length in range(len(place), 0, -1))
    return next((lines[some] for some in around if some in lines), 1)


@dataclass(slots=True)
class _Container:
    """A table or list that is still open."""

    place: KeyPath
    index: int | None = None  # of the entry being read; none in a table
    key: KeyPath = ()
    in_value: bool = False

    @property
    def value(self) -> KeyPath:
        """The path of the value being read."""
        return (*self.place, *(self.key if self.index is None else (self.index,)))


@dataclass(slots=True)
class Scanner:
    """A scanner that reads a text from top to bottom."""

    found: dict[KeyPath, int] = field(default_factory=dict)
    counts: dict[KeyPath, int] = field(default_factory=dict)
    header: int = 0  # how many brackets opened the header that is being read
    around: list[_Container] = field(default_factory=lambda: [_Container(())])

    def token(self, kind: str, token: str, line: int) -> None:
        """Process one token."""
        top = self.around[-1]
        if kind == "newline":
            self._end_of_line(line)
        elif kind == "mark":
            self._take_sign(top, token, line)
        elif kind != "comment" and top.index is None and not top.in_value:
            top.key = (*top.key, token.strip("\"'"))
        elif kind != "comment":
            self._note(top.value, line)

    def _note(self, place: KeyPath, line: int) -> None:
        self.found.setdefault(place, line)

    def _end_of_line(self, line: int) -> None:
        if len(self.around) > 1:
            return
        (top,) = self.around
        if self.header:
            top.place = self._open_table(top.key, line)
        self.header, top.key, top.in_value = 0, (), False

    def _open_table(self, key: KeyPath, line: int) -> KeyPath:
        """Return the place of the table that a header opens."""
        place: KeyPath = ()
        for part in key[:-1]:
            place = (*place, part)
            place = (*place, self.counts[place] - 1) if place in self.counts else place
        place = (*place, *key[-1:])
        if self.header > 1:
            self._note(place, line)
            self.counts[place] = self.counts.get(place, 0) + 1
            place = (*place, self.counts[place] - 1)
        self._note(place, line)
        return place

    def _take_sign(self, top: _Container, mark: str, line: int) -> None:
        between = top.index is None and not top.in_value
        if mark == "=" and between:
            top.in_value = True
            for length in range(1, len(top.key) + 1):
                self._note((*top.place, *top.key[:length]), line)
        elif mark == "," and top.index is not None:
            top.index += 1
        elif mark == ",":
            top.key, top.in_value = (), False
        elif mark in "[{":
            self._opening(top, mark, line, header=between and len(self.around) == 1)
        elif mark in "]}" and len(self.around) > 1:
            self.around.pop()

    def _opening(self, top: _Container, mark: str, line: int, *, header: bool) -> None:
        if header:
            self.header += 1
            return
        self._note(top.value, line)
        self.around.append(_Container(top.value, 0 if mark == "[" else None))
