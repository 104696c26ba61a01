"""Read TOML, explain syntax errors, and reflow texts."""

import re
import tomllib
from typing import Any

from flows.checks.problem import FlowProblems, Problem

ERROR_POSITION = re.compile(r" \(at line (\d+), column (\d+)\)$")


def parse_toml(text: str, file: str) -> dict[str, Any]:
    """Parse TOML, without the byte order mark that some editors write.

    :raises FlowProblems: it is not TOML; with line and column, as far as they are known.
    """
    try:
        return tomllib.loads(normalize_newlines(text))
    except ValueError as error:  # of TOML's own, and of numbers that are too long
        raise FlowProblems([_syntax_problem(str(error), normalize_newlines(text), file)]) from None
    except RecursionError:
        what, cure = "brackets stand in brackets too often", "Write each step as [[step]]."
        raise FlowProblems([Problem(file, 1, None, what, cure)]) from None


def normalize_newlines(text: str) -> str:
    """Remove a byte order mark, and convert line ends to those that TOML counts."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


MISSING_SIGN = "Look for a quotation mark, bracket or comma that is missing here or just above."


CURLY_QUOTES = re.compile(r"[“”„‟‘’«»]")


SYNTAX_ERRORS = (
    ("Cannot overwrite", "the same key is written twice", "Keep one; [[step]] begins a step."),
    ("Cannot declare", "this was opened above already", "A step begins with [[step]]."),
    ("Unescaped", "a \\ stands in a text", "Write \\\\ for it, or leave it out."),
    ("Expected '='", "here is no key with its value", 'Write key = "value", or # before a note.'),
)
"""How messages of ``tomllib`` begin, with problem and cure for somebody who edits questions."""


def _syntax_problem(error: str, text: str, file: str) -> Problem:
    place = ERROR_POSITION.search(error)
    if place is None:
        what = "the file ends in the middle of a text or a list"
        return Problem(file, _last_opening(text), None, what, MISSING_SIGN)
    line, column = int(place[1]), int(place[2])
    what, cure = _explain(error, text.split("\n")[line - 1], column)
    return Problem(file, line, None, what, cure)


def _explain(error: str, line: str, column: int) -> tuple[str, str]:
    sign = CURLY_QUOTES.match(line, column - 1)
    if sign is not None:
        cure = 'Write the straight " instead; word processors turn it into others.'
        return f"{sign[0]} is not a quotation mark here (column {column})", cure
    slips = ((what, cure) for start, what, cure in SYNTAX_ERRORS if error.startswith(start))
    return next(slips, (f"this cannot be read, from column {column} on", MISSING_SIGN))


def _last_opening(text: str) -> int:
    """Return the line that opened the last multi-line text, or the last line."""
    opening = text.rfind('"""')
    return text.count("\n", 0, opening if opening >= 0 else len(text)) + 1


def reflow(raw: str) -> str:
    """Reflow a text as it is sent: a single newline is a space, an empty line a new paragraph."""
    paragraphs = re.split(r"\n[ \t]*\n", raw)
    return "\n\n".join(filter(None, (" ".join(p.split()) for p in paragraphs)))
