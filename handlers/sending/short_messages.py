"""Split what is said at once into messages short enough to take in."""

import re
from collections.abc import Iterator

from handlers.messages import Reply
from handlers.reporter.markers import OVERVIEW

MOST_WORDS = 60
"""So many words a message can be taken in by somebody who is shaken."""

LINE_NUMBER = re.compile(r"(?m)^\s*\d+(?:\.| ) *")
"""Matches the number before a line of a list."""


def in_short_messages(reply: Reply) -> tuple[Reply, ...]:
    """Split a reply between its paragraphs, else between its lines; the last one asks.

    What the reporter told stays whole: the platform alone may split it. So does a question, for
    what it covers stands right above its answers; only the overview is a list that may be long
    before it asks. Nor is a line ever split.
    """
    whole = reply.told or reply.question not in {"", OVERVIEW}
    if whole or count_words(reply.text) <= MOST_WORDS:
        return (reply,)
    return reply.in_parts(_joined(_blocks(reply.text), "\n\n"))


def count_words(text: str) -> int:
    """Count the words of a text; a dash is none, nor is the number before a line."""
    return sum(any(map(str.isalnum, word)) for word in LINE_NUMBER.sub("", text).split())


def _blocks(text: str) -> Iterator[str]:
    """Yield what is not split as long as it is short: paragraphs, each below its heading."""
    heading = ""
    for paragraph in text.split("\n\n"):
        block = f"{heading}{paragraph}"
        heading = f"{block}\n\n" if paragraph.endswith(":") else ""
        if not heading:
            yield from _joined(iter(block.split("\n")), "\n")
    if heading:
        yield heading.rstrip()


def _joined(pieces: Iterator[str], between: str) -> list[str]:
    """Join pieces to as few texts as stay short."""
    texts = list[str]()
    for piece in pieces:
        longer = f"{texts[-1]}{between}{piece}" if texts else piece
        if texts and count_words(longer) <= MOST_WORDS:
            texts[-1] = longer
        else:
            texts.append(piece)
    return [text.strip("\n") for text in texts]
