"""Talks that every platform must be able to have, as plain text: what a person does and sees.

One line an action::

    > text      the person types it
    * label     they choose that offer: a button, or its words typed; its beginning is enough
    + a | b     they choose several of one question, and are done with it
    ? words     these must be on the screen now, however the lines break
    ! words     these must not be on it (any more)
    : words     something happens around them, which whoever plays the talk knows how to do
    # comment

What is known only while the talk goes on stands in braces: ``{two words}`` are those of the
twelve that the bot asks back, ``{twelve words}`` and ``{four words}`` what it showed.
``flows/script.py`` tries a questionnaire without any platform; this tries a platform.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

SCRIPTS = Path(__file__).parent / "scripts"
NUMBERED = re.compile(r"(?<!\S)(\d{1,2})\W\s*([a-z]+)\b")
TWELVE = re.compile(r"Your twelve words:.*?Only they", re.DOTALL)
FOUR = re.compile(r"take-back code:\s+(\w+\s+\w+\s+\w+\s+\w+)")
ASKED = re.compile(r"Which words are number\s+(\d+)\s+and\s+number\s+(\d+)")
BLANK = re.compile(r"\{([^{}]+)\}")

OAK_READS = (
    *("let someone", "nothing", "/skip", "/skip", "nobody"),
    *("Oak", "everything", "only read"),
)
"""From the fork up to whether to keep it: nothing to help with, nobody barred, Oak reads all."""


class Stage(Protocol):
    """A platform on which a talk is played, with one person in front of it."""

    async def say(self, text: str) -> None:
        """The person types and sends."""

    async def choose(self, *labels: str) -> None:
        """They choose one offer, or several of one question and are done."""

    async def sees(self, words: str) -> bool:
        """Whether the words stand on the screen, if need be after waiting a little."""

    async def misses(self, words: str) -> bool:
        """Whether they stand there no more, if need be after waiting a little."""

    def shown(self) -> str:
        """Everything that the bot ever said, also what has gone from the screen."""


@dataclass(frozen=True, slots=True)
class Say:
    """Typed words."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Choose:
    """Offers."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sees:
    """On the screen."""

    words: str


@dataclass(frozen=True, slots=True)
class Misses:
    """Not on the screen."""

    words: str


@dataclass(frozen=True, slots=True)
class Happens:
    """Not done by the person."""

    what: str


Action = Say | Choose | Sees | Misses | Happens


@dataclass(frozen=True, slots=True)
class Line:
    """One action, and where it is written: file and line."""

    place: str
    action: Action


ACTIONS: Mapping[str, Callable[[str], Action]] = {
    ">": Say,
    "*": lambda label: Choose((label,)),
    "+": lambda labels: Choose(tuple(label.strip() for label in labels.split("|"))),
    "?": Sees,
    "!": Misses,
    ":": Happens,
}


def scripts() -> tuple[Path, ...]:
    """All talks, by name."""
    return tuple(sorted(SCRIPTS.glob("*.txt")))


def read(path: Path) -> tuple[Line, ...]:
    """The talk that a file holds."""
    return parse(path.read_text(encoding="utf-8"), path.name)


def parse(text: str, file: str) -> tuple[Line, ...]:
    """The talk that a text holds; a line that is no action is a ValueError with its place."""
    lines = enumerate((line.strip() for line in text.splitlines()), start=1)
    written = ((n, line) for n, line in lines if line and not line.startswith("#"))
    return tuple(Line(f"{file}:{n}", _action(line, f"{file}:{n}")) for n, line in written)


def _action(line: str, place: str) -> Action:
    sign, _, rest = line.partition(" ")
    if sign not in ACTIONS or not rest.strip():
        raise ValueError(f"{place}: no action; write one of {' '.join(ACTIONS)} and then words")
    return ACTIONS[sign](rest.strip())


async def nothing_happens(what: str) -> None:
    """Where a talk is played with nobody and nothing around it."""
    raise ValueError(f"nothing can happen here: {what}")


async def play(
    talk: tuple[Line, ...],
    stage: Stage,
    happens: Callable[[str], Awaitable[None]] = nothing_happens,
) -> None:
    """The whole talk; an AssertionError names the line that does not hold."""
    for line in talk:
        await _do(line, stage, happens)


async def _do(line: Line, stage: Stage, happens: Callable[[str], Awaitable[None]]) -> None:
    match line.action:
        case Happens(what):
            await happens(what)
        case Say(text):
            await stage.say(filled(text, stage.shown()))
        case Choose(labels):
            await stage.choose(*labels)
        case Sees(words):
            assert await stage.sees(words), f"{line.place}: not on the screen: {words}"
        case Misses(words):
            assert await stage.misses(words), f"{line.place}: still on the screen: {words}"


def filled(text: str, shown: str) -> str:
    """The text with its blanks filled from what the bot has shown."""
    return BLANK.sub(lambda blank: FILLS[blank[1]](shown), text)


def folded(text: str) -> str:
    """Without regard to where lines break."""
    return " ".join(text.split())


def twelve_words(shown: str) -> tuple[str, ...]:
    """The twelve words that were shown last."""
    *_, last = TWELVE.findall(shown)
    return tuple(word for _, word in NUMBERED.findall(last))


def _two_words(shown: str) -> str:
    *_, asked = ASKED.findall(shown)
    words = twelve_words(shown)
    return " ".join(words[int(number) - 1] for number in asked)


def _four_words(shown: str) -> str:
    *_, last = FOUR.findall(shown)
    return folded(last)


FILLS: Mapping[str, Callable[[str], str]] = {
    "two words": _two_words,
    "twelve words": lambda shown: " ".join(twelve_words(shown)),
    "four words": _four_words,
}
