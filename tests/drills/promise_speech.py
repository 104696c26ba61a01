"""What was really said, found again in the messages that were sent: sentences and their blanks.

Every text of the catalogue and of the questionnaire is made a pattern, so that a part of a larger
message counts as said wherever it stands, whoever put it there.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import flows
from flows import load
from tests.sentences import RECORDED_TEXTS

BLANK = re.compile(r"\{(\w+)\}")
WITHIN_LINE, BEYOND_LINE = r"[^\n]+?", r".*?"
SHAPES = {
    "readers": r"[A-Z]\w+(?:, [A-Z]\w+)*(?: and [A-Z]\w+)?",
    "reader": r"[A-Z]\w+",
    "until": r"\w+ \d+ \w+",
    "due": r"within the hour|in about (?:an hour|\d+ hours)|on \w+ \d+ \w+",
}
"""What stands in these blanks, where any words would be too much."""
LONG = {"lines", "words", "help", "what", "way", "next", "because", "gone", "end", "reads_along"}
"""Blanks that hold more than a line."""
NO_SENTENCES = (
    "LABELS",
    "FOOTER_",
    "WEEK",
    "IN_HOURS",
    "ON_DAY",
    "WITHIN_HOUR",
)
"""What reporters say, and parts of sentences that stand for a time."""
TOO_OPEN = {
    *("CASE", "HISTORY_LINE", "PIECE_LINE", "READER_INBOX_LINE", "COPY"),
    *("CHOICE_LINE", "CHOICE_TEXT"),
}
"""Nearly all of these is blanks: what stands in them is found by itself."""


@dataclass(frozen=True)
class Sentence:
    """One sentence as it was said, with what stood in its blanks."""

    name: str
    blanks: dict[str, str]


@cache
def all_texts() -> dict[str, str]:
    """Give everything that is said to people, by its recorded name."""
    said = {n: t for n, t in RECORDED_TEXTS.items() if not n.startswith(NO_SENTENCES)}
    return said | {f"FLOW[{step}]": text for step, text in _flow_texts()}


def _flow_texts() -> list[tuple[str, str]]:
    flow = load((Path(flows.__file__).parent / "intake.toml").read_text("utf-8"), "intake.toml")
    return [(step.id, step.text) for step in flow.steps]


@cache
def _patterns() -> tuple[tuple[str, "re.Pattern[str]"], ...]:
    texts = all_texts()
    return tuple((n, _pattern(t)) for n, t in texts.items() if n not in TOO_OPEN)


def _pattern(text: str) -> "re.Pattern[str]":
    parts, seen = [r"(?<!\w)"], set[str]()
    for number, part in enumerate(BLANK.split(text)):
        if number % 2 == 0:
            parts.append(re.escape(part))
        elif part in seen:
            parts.append(rf"(?P={part})")
        else:
            seen.add(part)
            shape = SHAPES.get(part, BEYOND_LINE if part in LONG else WITHIN_LINE)
            parts.append(f"(?P<{part}>{shape})")
    ends = r"(?!\w)" if text[-1:].isalnum() or text.endswith("}") else ""
    return re.compile("".join(parts) + ends, re.DOTALL)


@cache
def _longer() -> dict[str, frozenset[str]]:
    """Give the sentences with whose beginning, or with all of whose words, another one is made."""
    texts = all_texts()
    return {
        name: frozenset(
            other
            for other, text in texts.items()
            if other not in {name, *TOO_OPEN}
            and text != texts[name]
            and (text.startswith(texts[name]) or pattern.match(text))
        )
        for name, pattern in _patterns()
    }


def sentences_in(text: str) -> list[Sentence]:
    """Find every sentence that stands in a message; what is the beginning of another is none."""
    found = {
        (name, match.start()): match
        for name, pattern in _patterns()
        for match in pattern.finditer(text)
    }
    return [
        Sentence(name, match.groupdict())
        for (name, start), match in found.items()
        if not any((longer, start) in found for longer in _longer()[name])
    ]


def names_in(listed: str) -> frozenset[str]:
    """Read a list of readers as it stands in a sentence: *Ash, Oak and Rowan*."""
    return frozenset(name.strip() for name in re.split(r", | and ", listed))
