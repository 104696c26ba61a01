"""Files that people edit and send to each other: read leniently, refused with place and cure.

Word processors curl quotation marks, mail programs break long lines, and editors save in other
encodings. What can be read without guessing is read; for the rest the line is named, what is wrong
with it and what to write. Values are never repeated: one may be a secret.
"""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_CURLY = re.compile(r"[“”„‟‘’«»]")
_TRUTH = re.compile(r"\s*[\w.-]+\s*=\s*(yes|no|on|off|true|false)\s*(#.*)?$", re.IGNORECASE)

NOT_UTF8 = "it is not a text file in UTF-8"
SAVE_AS_UTF8 = "Save it as plain text, in UTF-8 (at 'Encoding' in the editor's 'Save as')"

_CURLY_SLIP = (
    "a curly quotation mark stands where a straight one belongs",
    'Write the straight " instead; word processors turn it into others',
)
_TRUTH_SLIP = ("this is neither true nor false", "Write true or false, in small letters")
_BACKSLASH_SLIP = (
    "a \\ stands between quotation marks, where it begins a special sign",
    "Write / instead, or put the value between single quotation marks: 'C:\\new'",
)
_BROKEN_SLIP = (
    "the line ends between quotation marks",
    "Close them; or, if a mail program broke the line, put it together again in one line",
)
_REST_SLIP = (
    "here is no key with its value",
    'Write key = "value", or put a line that a mail program broke together again in one line',
)
_QUOTED_SLIP = ("a mail program put > before the line", "Take the > away, here and below")
_BARE_SLIP = ("the value cannot be read", "Put a text between straight quotation marks")
_OTHER_SLIP = ("it cannot be understood", "Look for a missing quotation mark or bracket there")


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong with a file that was edited by hand; ``str`` is one line of it."""

    line: int
    """0 if it is about the whole file."""
    what: str
    cure: str
    column: int = 0

    def __str__(self) -> str:
        """Return place, fault and cure, without a full stop."""
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.what}. {self.cure}"


def decode(data: bytes) -> str | Slip:
    """Decode a text in UTF-8, with or without a byte order mark and with line ends of any kind."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Slip(data.count(b"\n", 0, error.start) + 1, NOT_UTF8, SAVE_AS_UTF8)
    if "\0" in text:  # plain letters in UTF-16
        return Slip(text.count("\n", 0, text.index("\0")) + 1, NOT_UTF8, SAVE_AS_UTF8)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_toml(text: str) -> dict[str, Any] | Slip:
    """Parse TOML, or say where it cannot be understood."""
    try:
        return tomllib.loads(f"{text}\n")  # so that no last line ends the document in a value
    except ValueError as error:  # of TOML's own, and of numbers that are too long
        return _slip(str(error), text)
    except RecursionError:
        return Slip(0, "brackets stand in brackets too often", "Write each section as [name]")


def _slip(error: str, text: str) -> Slip:
    place = _PLACE.search(error)
    if place is None:
        return Slip(text.count("\n") + 1, "the file ends in the middle of a value", _OTHER_SLIP[1])
    number, column = int(place[1]), int(place[2])
    lines = text.split("\n")
    line = lines[number - 1] if number <= len(lines) else ""
    return Slip(number, *_explain(error, line), column)


def _explain(error: str, line: str) -> tuple[str, str]:
    bare = re.sub(r'"[^"]*"', "", line)  # without what stands between straight quotation marks
    if line.lstrip().startswith(">"):
        return _QUOTED_SLIP
    if _CURLY.search(bare):
        return _CURLY_SLIP
    if _TRUTH.match(line):
        return _TRUTH_SLIP
    if error.startswith("Unescaped") or ("\\" in line and "hex" in error):
        return _BACKSLASH_SLIP
    if "'\\n'" in error:
        return _BROKEN_SLIP
    if error.startswith(("Expected '='", "Invalid statement")):
        return _REST_SLIP
    return _BARE_SLIP if error.startswith("Invalid value") else _OTHER_SLIP
