"""Where in a TOML text each key and each entry of a list stands; ``tomllib`` does not say.

It reads only what ``tomllib`` has read already, so it judges nothing and never fails: what it
cannot place has the line of what it stands in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Spot = tuple[str | int, ...]
"""Keys and numbers of entries from the top: ``("step", 3, "choices", 0, "text")``."""

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


def lines_of(text: str) -> Mapping[Spot, int]:
    """The line of every key and entry of a list, each by its place."""
    scan, line = _Scan(), 1
    for match in TOKEN.finditer(text):
        scan.token(str(match.lastgroup), match[0], line)
        line += match[0].count("\n")
    scan.token("newline", "\n", line)
    return scan.found


def line_at(lines: Mapping[Spot, int], place: Spot) -> int:
    """The line of this place, or of the nearest around it."""
    around = (place[:length] for length in range(len(place), 0, -1))
    return next((lines[some] for some in around if some in lines), 1)


@dataclass(slots=True)
class _Open:
    """A table or list whose end has not come yet."""

    place: Spot
    index: int | None = None  # of the entry being read; none in a table
    key: Spot = ()
    in_value: bool = False

    @property
    def value(self) -> Spot:
        """The place of the value being read."""
        return (*self.place, *(self.key if self.index is None else (self.index,)))


@dataclass(slots=True)
class _Scan:
    """A text being read from top to bottom."""

    found: dict[Spot, int] = field(default_factory=dict)
    counts: dict[Spot, int] = field(default_factory=dict)
    header: int = 0  # how many brackets opened the header that is being read
    around: list[_Open] = field(default_factory=lambda: [_Open(())])

    def token(self, kind: str, token: str, line: int) -> None:
        """Take one sign or word."""
        top = self.around[-1]
        if kind == "newline":
            self._end_of_line(line)
        elif kind == "mark":
            self._mark(top, token, line)
        elif kind != "comment" and top.index is None and not top.in_value:
            top.key = (*top.key, token.strip("\"'"))
        elif kind != "comment":
            self._note(top.value, line)

    def _note(self, place: Spot, line: int) -> None:
        self.found.setdefault(place, line)

    def _end_of_line(self, line: int) -> None:
        if len(self.around) > 1:
            return
        (top,) = self.around
        if self.header:
            top.place = self._opened(top.key, line)
        self.header, top.key, top.in_value = 0, (), False

    def _opened(self, key: Spot, line: int) -> Spot:
        """The place of the table that a header opens."""
        place: Spot = ()
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

    def _mark(self, top: _Open, mark: str, line: int) -> None:
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

    def _opening(self, top: _Open, mark: str, line: int, *, header: bool) -> None:
        if header:
            self.header += 1
            return
        self._note(top.value, line)
        self.around.append(_Open(top.value, 0 if mark == "[" else None))
