"""Find words that call for help lines. Pure; nothing is decided by it but what is shown beside."""

import re
from collections.abc import Iterable, Mapping, Sequence

from flows.folding import folded
from handlers.texts.english_danger import ENGLISH_DANGER, DangerPhrases

_SENTENCES = re.compile(r"[.!?…;:,\n()—–]+|\s-\s")
"""What parts one thing that somebody says from the next."""


class DangerWords:
    """The phrases of one language, ordered by their first words so that long texts cost little."""

    def __init__(self, phrases: DangerPhrases) -> None:
        """Take the table."""
        self._sentences = phrases.sentences
        self._messages = phrases.messages | phrases.sentences
        self._around = phrases.around
        self._by_first = _by_first_word(phrases.anywhere)
        self._most_words = 2 * MOST_AROUND + max(len(p.split()) for p in self._messages)

    def stands_in(self, text: str) -> bool:
        """Return whether one of the phrases stands in a text, as people type it."""
        words = folded(text).split()
        if self._stands_anywhere(words) or self._is_one_of(words, self._messages):
            return True
        sentences = (folded(sentence).split() for sentence in _SENTENCES.split(text))
        return any(self._is_one_of(words, self._sentences) for words in sentences)

    def _stands_anywhere(self, words: Sequence[str]) -> bool:
        return any(
            tuple(words[place : place + len(phrase)]) == phrase
            for place, word in enumerate(words)
            for phrase in self._by_first.get(word, ())
        )

    def _is_one_of(self, words: Sequence[str], phrases: frozenset[str]) -> bool:
        """Return whether words are one of the phrases, with nothing that matters around it."""
        if not words or len(words) > self._most_words:
            return False
        last = len(words)
        return any(
            " ".join(words[start:end]) in phrases
            for start in range(min(MOST_AROUND, last) + 1)
            for end in range(max(start, last - MOST_AROUND), last + 1)
            if self._around.issuperset((*words[:start], *words[end:]))
        )


MOST_AROUND = 3
"""So many words may stand before such a phrase, and behind it."""


def _by_first_word(phrases: Iterable[str]) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    found = dict[str, list[tuple[str, ...]]]()
    for phrase in sorted(phrases):
        words = tuple(phrase.split())
        found.setdefault(words[0], []).append(words)
    return {first: tuple(several) for first, several in found.items()}


_LANGUAGES = (DangerWords(ENGLISH_DANGER),)
"""A further language has a table of its own. A message is looked at in all of them: nobody who is
in danger chooses a language first."""


def says_danger(text: str) -> bool:
    """Return whether somebody says that they are in danger, or do not want to live any more."""
    return any(language.stands_in(text) for language in _LANGUAGES)
