"""The text of a questionnaire file in its parts, so that one value is replaced and nothing else.

A file is a head, and then one block for each ``[[step]]`` and ``[[overrule]]``: the notes directly
above it, and its lines. What stands between two blocks belongs to the first of them. All parts
together are the text, byte for byte.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.checks.problem import FlowProblems, Problem
from flows.files.lines import TOKEN, KeyPath, Scanner, lines_of
from flows.files.toml_text import parse_toml

BlockKey = tuple[str, ...]
"""``("step", id)`` or ``("overrule", step, rule)``."""

LISTS = ("step", "overrule")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, by its offsets."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One step or overrule: its place in the list of its kind, and its part of the text."""

    key: BlockKey
    index: int
    span: Span
    """From the notes above it to the end of its last line."""
    gap: Span
    """From there to the next block."""


@dataclass(frozen=True, slots=True)
class Document:
    """A questionnaire file that can be read, as text and as tables."""

    file: str
    text: str = field(repr=False)
    tables: Mapping[str, Any] = field(repr=False)
    spans: Mapping[KeyPath, Span] = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)

    @property
    def head(self) -> str:
        """The text above the first block."""
        return self.text[: self.blocks[0].span.start] if self.blocks else self.text

    @property
    def newline(self) -> str:
        """How the file ends its lines."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def block(self, key: BlockKey) -> Block | None:
        """Return a block, if the file has it."""
        return next((block for block in self.blocks if block.key == key), None)

    def table(self, block: Block) -> Mapping[str, Any]:
        """Return the keys and values of a block."""
        found: Mapping[str, Any] = self.tables[block.key[0]][block.index]
        return found

    def raw(self, span: Span) -> str:
        """Return a part of the text, as it is written."""
        return self.text[span.start : span.end]

    def value(self, path: KeyPath) -> Span:
        """Return where a value is written.

        :raises FlowProblems: it is not written as ``key = value``.
        """
        if path in self.spans:
            return self.spans[path]
        around = (path[:length] for length in range(len(path), 0, -1))
        lines = lines_of(self.text)
        line = next((lines[place] for place in around if place in lines), 1)
        what = f"'{path[-1]}' is written in a way that cannot be changed from here"
        raise FlowProblems(
            [Problem(self.file, line, None, what, f"Write it as {path[-1]} = …, in one piece.")]
        )


def read_document(text: str, file: str) -> Document:
    """Read a text; ``file`` is only a name for the problems.

    :raises FlowProblems: it is not TOML, or its steps are not written as ``[[step]]``.
    """
    body = text.removeprefix("\ufeff")
    tables = parse_toml(body, file)
    blocks = tuple(_blocks(body, tables, file))
    keys = [block.key for block in blocks]
    twice = next((block for block in blocks if keys.count(block.key) > 1), None)
    if twice is not None:
        line = body.count("\n", 0, twice.span.start) + 1
        what = f"'{twice.key[-1]}' is there twice"
        raise FlowProblems([Problem(file, line, None, what, "Keep one of them.")])
    return Document(file, body, tables, value_spans(body), blocks)


def value_spans(text: str) -> Mapping[KeyPath, Span]:
    """Map every key and list entry of a TOML text to where its value is written."""
    scan, found = Scanner(), dict[KeyPath, Span]()
    opened: list[tuple[KeyPath, int]] = []
    for match in TOKEN.finditer(text):
        kind, top, depth = str(match.lastgroup), scan.around[-1], len(scan.around)
        if kind in {"text", "word"} and (top.in_value or top.index is not None):
            start = found[top.value].start if top.value in found else match.start()
            found[top.value] = Span(start, match.end())
        scan.token(kind, match[0], 0)
        if len(scan.around) > depth:
            opened.append((scan.around[-1].place, match.start()))
        elif len(scan.around) < depth:
            place, start = opened.pop()
            found[place] = Span(start, match.end())
    return found


def _blocks(text: str, tables: Mapping[str, Any], file: str) -> Iterator[Block]:
    """Yield the blocks in the order of the text."""
    headers = sorted(_headers(text, tables, file))
    starts = _line_starts(text)
    ends = _content_ends(text, [starts[line - 1] for line, _, _ in headers])
    lasts = [end_of_line(text, end) for end in ends]
    spans = [
        Span(max(_first_note(text, starts, line), above), last)
        for (line, _, _), above, last in zip(headers, [0, *lasts], lasts, strict=False)
    ]
    following = [*(span.start for span in spans[1:]), len(text)]
    for (_, name, index), span, gap_end in zip(headers, spans, following, strict=True):
        entry = tables[name][index]
        names = ("id",) if name == "step" else ("step", "rule")
        key = (name, *(str(entry.get(part, "")) for part in names))
        yield Block(key, index, span, Span(span.end, gap_end))


def _headers(text: str, tables: Mapping[str, Any], file: str) -> Iterator[tuple[int, str, int]]:
    """Yield the line, the list and the number of each block."""
    lines, written = lines_of(text), text.split("\n")
    for name in LISTS:
        for index in range(len(tables.get(name, []))):
            line = lines.get((name, index), 1)
            if not written[line - 1].lstrip().startswith("[["):
                cure = f"Begin each with [[{name}]], two brackets on each side."
                raise FlowProblems(
                    [Problem(file, line, None, f"a '{name}' is not written as a block", cure)]
                )
            yield line, name, index


def _line_starts(text: str) -> list[int]:
    starts = [0]
    while (newline := text.find("\n", starts[-1])) >= 0:
        starts.append(newline + 1)
    return starts


def _content_ends(text: str, begins: list[int]) -> list[int]:
    """Return where the last value of each block ends; ``begins`` are their headers."""
    ends = list(begins)
    number = -1
    for match in TOKEN.finditer(text):
        while number + 1 < len(begins) and match.start() >= begins[number + 1]:
            number += 1
        if number >= 0 and match.lastgroup not in {"comment", "newline"}:
            ends[number] = match.end()
    return ends


def end_of_line(text: str, offset: int) -> int:
    """Return where the line of this offset ends, its line break included."""
    newline = text.find("\n", offset)
    return len(text) if newline < 0 else newline + 1


def _first_note(text: str, starts: list[int], line: int) -> int:
    """Return where the notes directly above a header begin, or the header itself."""
    while line > 1 and text[starts[line - 2] :].lstrip(" \t").startswith("#"):
        line -= 1
    return starts[line - 1]
