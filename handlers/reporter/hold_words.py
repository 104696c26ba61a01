"""Understand who wants to stop, or delete, what is about to be shared. Pure, over folded text.

It is asked only while something can still be stopped, and where words are no part of a story. To
stop by mistake costs little; what was released by mistake cannot be made unread.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache

from handlers.texts.tables import TypedLanguage
from handlers.texts.typed_languages import TYPED_LANGUAGES

MOST_WORDS = 24
"""Whoever says more tells something."""


def wants_to_stop(words: str) -> bool:
    """Return whether folded words ask to stop what is held, and say nothing else."""
    return any(language.asks_to_stop(words) for language in _languages())


def wants_it_to_go_on(words: str) -> bool:
    """Return whether folded words ask for nothing to be stopped, and say nothing else."""
    return any(language.asks_to_go_on(words) for language in _languages())


def wants_to_erase(words: str) -> bool:
    """Return whether folded words ask to delete it, and say nothing else but to stop."""
    return any(language.asks_to_erase(words) for language in _languages())


class HoldWords:
    """The phrases of one language."""

    def __init__(self, language: TypedLanguage) -> None:
        """Take the tables."""
        phrases = language.hold
        self._compared = language.compared
        self._contrary = phrases.contrary
        self._stopping = _Phrases(phrases.stops, phrases.beside)
        self._erasing = _Phrases(phrases.erases, phrases.stops | phrases.beside)
        self._going_on = _Phrases(phrases.contrary, phrases.beside | phrases.it)

    def asks_to_stop(self, words: str) -> bool:
        """Return whether words ask to stop what is held, and say nothing else."""
        words = self._compared(words)
        return self._stopping.are_all_of(words) and not self._is_contrary(words)

    def asks_to_erase(self, words: str) -> bool:
        """Return whether words ask to delete it, and say nothing else but to stop."""
        words = self._compared(words)
        return self._erasing.are_all_of(words) and not self._is_contrary(words)

    def asks_to_go_on(self, words: str) -> bool:
        """Return whether words ask for nothing to be stopped, and say nothing else."""
        return self._going_on.are_all_of(self._compared(words))

    def _is_contrary(self, words: str) -> bool:
        """Return whether it is said that nothing should be stopped or deleted."""
        return any(f" {phrase} " in f" {words} " for phrase in self._contrary)


class _Phrases:
    """Phrases that are meant, and those that may stand beside them."""

    def __init__(self, meant: AbstractSet[str], beside: AbstractSet[str]) -> None:
        self._meant, self._beside = meant, beside
        phrases = meant | beside
        self._longest = 1 + max(phrase.count(" ") for phrase in phrases)
        self._known = frozenset(" ".join(phrases).split())

    def are_all_of(self, words: str) -> bool:
        """Return whether a text is made of these phrases, with at least one that is meant."""
        parts = words.split(maxsplit=MOST_WORDS)
        # A story soon has a word that stands in no phrase: nothing else is compared then.
        if len(parts) > MOST_WORDS or not self._known.issuperset(parts):
            return False
        # By place: with how many phrases that are meant the words before it can be read.
        reached: list[set[int]] = [{0}, *(set() for _ in parts)]
        for start, end in self._spans(reached):
            phrase = " ".join(parts[start:end])
            if phrase in self._meant:
                reached[end] |= {count + 1 for count in reached[start]}
            if phrase in self._beside:
                reached[end] |= reached[start]
        return any(reached[-1])

    def _spans(self, reached: Sequence[AbstractSet[int]]) -> Iterator[tuple[int, int]]:
        """Yield where phrases may begin and end, in the order of their beginnings.

        None begins where none can end before it.
        """
        for start, ways in enumerate(reached):
            for end in range(start + 1, min(start + self._longest, len(reached) - 1) + 1):
                if not ways:
                    break
                yield start, end


@cache
def _languages() -> Sequence[HoldWords]:
    return tuple(map(HoldWords, TYPED_LANGUAGES))
