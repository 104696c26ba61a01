"""Understand who wants to stop, or delete, what is about to be shared. Pure, over folded text.

It is asked only while something can still be stopped, and where words are no part of a story. To
stop by mistake costs little; what was released by mistake cannot be made unread.
"""

from collections.abc import Collection, Iterator
from itertools import chain

from handlers.texts.english_hold import BESIDE, CONTRARY, ERASES, STOPS

MOST_WORDS = 24
"""Whoever says more tells something."""
_LONGEST = max(len(phrase.split()) for phrase in chain(STOPS, ERASES, BESIDE))


def wants_to_stop(words: str) -> bool:
    """Return whether folded words ask to stop what is held, and say nothing else."""
    return _says_only(words, STOPS) and not _says_the_contrary(words)


def wants_it_to_go_on(words: str) -> bool:
    """Return whether folded words ask for nothing to be stopped, and say nothing else."""
    return _says_only(words, CONTRARY, beside=BESIDE | {"it", "this", "that"})


def wants_to_erase(words: str) -> bool:
    """Return whether folded words ask to delete it, and say nothing else but to stop."""
    said = _says_only(words, ERASES, beside=STOPS | BESIDE)
    return said and not _says_the_contrary(words)


def _says_the_contrary(words: str) -> bool:
    """Return whether it is said that nothing should be stopped or deleted."""
    return any(f" {phrase} " in f" {words} " for phrase in CONTRARY)


def _says_only(words: str, meant: Collection[str], beside: Collection[str] = BESIDE) -> bool:
    """Return whether a text is made of these phrases, with at least one that is meant."""
    parts = words.split(maxsplit=MOST_WORDS)
    if len(parts) > MOST_WORDS:
        return False
    # By place: with how many phrases that are meant the words before it can be read.
    reached: list[set[int]] = [{0}, *(set() for _ in parts)]
    for start, end in _spans(len(parts)):
        phrase = " ".join(parts[start:end])
        if phrase in meant:
            reached[end] |= {count + 1 for count in reached[start]}
        if phrase in beside:
            reached[end] |= reached[start]
    return any(reached[-1])


def _spans(count: int) -> Iterator[tuple[int, int]]:
    """Yield where phrases of so many words may begin and end, in the order of their beginnings."""
    for start in range(count):
        for end in range(start + 1, min(start + _LONGEST, count) + 1):
            yield start, end
