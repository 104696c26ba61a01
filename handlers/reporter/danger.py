"""Find words that call for help lines. Pure; nothing is decided by it but what is shown beside."""

import re
from collections.abc import Iterable, Iterator, Sequence

from flows.folding import folded
from handlers.texts.english_danger import ENGLISH_DANGER, DangerPhrases

_SENTENCES = re.compile(r"[.!?…;:,\n()—–]+|\s-\s")
"""What parts one thing that somebody says from the next."""

MOST_AROUND = 3
"""So many words may stand before a phrase that is a whole sentence, and behind it."""

MOST_PHRASES = 4
"""So many phrases are one sentence at most."""


class PhraseTree:
    """Phrases by their words, so that a long text is looked through once for all of them."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """Take phrases whose words are parted by one blank each."""
        self._next = dict[str, PhraseTree]()
        self._ends = False
        for phrase in phrases:
            node = self
            for word in phrase.split():
                node = node._next.setdefault(word, PhraseTree(()))
            node._ends = True  # noqa: SLF001 - of its own kind

    def ends_from(self, words: Sequence[str], start: int) -> Iterator[int]:
        """Yield where each phrase ends that begins at this place."""
        node = self
        for place in range(start, len(words)):
            follows = node._next.get(words[place])
            if follows is None:
                return
            node = follows
            if node._ends:  # noqa: SLF001 - of its own kind
                yield place + 1


class DangerWords:
    """The phrases of one language."""

    def __init__(self, phrases: DangerPhrases) -> None:
        """Take the table."""
        self._anywhere = PhraseTree(phrases.anywhere)
        self._sentences = PhraseTree(phrases.sentences)
        self._messages = PhraseTree(phrases.messages | phrases.sentences)
        self._around = phrases.around

    def stands_in(self, text: str) -> bool:
        """Return whether one of the phrases stands in a text, as people type it."""
        words = folded(text).split()
        if self._stands_anywhere(words) or self._is_one_of(words, self._messages):
            return True
        sentences = (folded(sentence).split() for sentence in _SENTENCES.split(text))
        return any(self._is_one_of(words, self._sentences) for words in sentences)

    def _stands_anywhere(self, words: Sequence[str]) -> bool:
        return any(
            True for start in range(len(words)) for _ in self._anywhere.ends_from(words, start)
        )

    def _is_one_of(self, words: Sequence[str], phrases: PhraseTree) -> bool:
        """Return whether words are phrases one behind the other, with nothing that matters around.

        Without punctuation, as people type in a hurry: "im scared hes outside".
        """
        places = {0}  # up to where they are understood
        for _ in range(MOST_PHRASES):
            ends = {
                end
                for place in places
                for start in self._starts(words, place)
                for end in phrases.ends_from(words, start)
            }
            if any(len(words) in self._starts(words, end) for end in ends):
                return True
            places = ends
        return False

    def _starts(self, words: Sequence[str], place: int) -> Iterator[int]:
        """Yield each place up to which there are but words that matter nothing."""
        yield place
        for word in words[place : place + MOST_AROUND]:
            if word not in self._around:
                return
            place += 1
            yield place


_LANGUAGES = (DangerWords(ENGLISH_DANGER),)
"""A further language has a table of its own. A message is looked at in all of them: nobody who is
in danger chooses a language first."""


def says_danger(text: str) -> bool:
    """Return whether somebody says that they are in danger, or do not want to live any more."""
    return any(language.stands_in(text) for language in _LANGUAGES)
