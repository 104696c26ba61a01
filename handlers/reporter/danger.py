"""Find words that call for help lines. Pure; nothing is decided by it but what is shown beside."""

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from flows.folding import folded
from handlers.texts.tables import TypedLanguage
from handlers.texts.typed_languages import TYPED_LANGUAGES

_Branch = dict[str, "_Branch"]

_SENTENCES = re.compile(r"[.!?…;:,\n()—–]+|\s-\s")
"""What parts one thing that somebody says from the next."""

MOST_AROUND = 3
"""So many words may stand before a phrase that is a whole sentence, and behind it."""

MOST_PHRASES = 4
"""So many phrases are one sentence at most."""


_END = ""
"""Stands among the words that may follow, where a phrase ends."""


class PhraseTree:
    """Phrases by their words, so that a long text is looked through once for all of them."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """Take phrases whose words are parted by one blank each."""
        self._root: _Branch = {}
        for phrase in phrases:
            branch = self._root
            for word in phrase.split():
                branch = branch.setdefault(word, {})
            branch[_END] = {}

    def ends_from(self, words: Sequence[str], start: int) -> Iterator[int]:
        """Yield where each phrase ends that begins at this place."""
        branch = self._root
        for place in range(start, len(words)):
            follows = branch.get(words[place])
            if follows is None:
                return
            branch = follows
            if _END in branch:
                yield place + 1

    def stands_in(self, words: Sequence[str], denied_by: AbstractSet[str] = frozenset()) -> bool:
        """Return whether a phrase stands among these words, with no denial right before it."""
        begins = self._root
        for start, word in enumerate(words):
            if word not in begins:
                continue  # as most words
            is_denied = start > 0 and words[start - 1] in denied_by
            if not is_denied and any(self.ends_from(words, start)):
                return True
        return False


class DangerWords:
    """The phrases of one language."""

    def __init__(self, language: TypedLanguage) -> None:
        """Take the tables."""
        phrases = language.danger
        self._compared = language.compared
        self._anywhere = PhraseTree(phrases.anywhere)
        self._sentences = PhraseTree(phrases.sentences)
        self._messages = PhraseTree(phrases.messages | phrases.sentences)
        self._around, self._denied_by = phrases.around, phrases.denied_by
        told = (word for phrase in phrases.messages | phrases.sentences for word in phrase.split())
        self._known = phrases.around.union(told)

    def stands_in(self, text: str, parts: Sequence[str]) -> bool:
        """Return whether a phrase stands in a folded text, or is one of the parts of a message.

        The parts are as they were typed; one alone is the message.
        """
        words = self._compared(text).split()
        if self._anywhere.stands_in(words, self._denied_by) or self._is_one_of(
            words, self._messages
        ):
            return True
        if len(parts) == 1 or not self._sentences.stands_in(words):
            return False  # as most messages: no part needs to be looked at
        parted = (self._compared(folded(part)).split() for part in parts)
        return any(self._is_one_of(words, self._sentences) for words in parted)

    def _is_one_of(self, words: Sequence[str], phrases: PhraseTree) -> bool:
        """Return whether words are phrases one behind the other, with nothing that matters around.

        Without punctuation, as people type in a hurry: "im scared hes outside".
        """
        if not self._known.issuperset(words):
            return False  # as most sentences of a story
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


_LANGUAGES = tuple(map(DangerWords, TYPED_LANGUAGES))
"""A message is looked at in all of them: nobody who is in danger chooses a language first."""


def says_danger(text: str) -> bool:
    """Return whether somebody says that they are in danger, or do not want to live any more."""
    words, parts = folded(text), _SENTENCES.split(text)
    return any(language.stands_in(words, parts) for language in _LANGUAGES)
