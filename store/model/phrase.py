"""Words that open a story or take it back, as people copy them."""

import unicodedata

CASE_WORDS = 12
"""They open a case."""
CODE_WORDS = 4
"""They take it back: withdraw and erase it, and nothing else."""


def tokens_of(text: str) -> tuple[str, ...]:
    """Return the words in a text, in order, without the numbers and signs around them.

    People copy them with commas, line breaks, quotation marks and the numbers of a list, and
    telephones add what cannot be seen.
    """
    seen = (c for c in text if unicodedata.category(c) != "Cf")
    return tuple("".join(c if _is_letter(c) else " " for c in seen).split())


def may_be_phrase(text: str) -> bool:
    """Return whether a text has as many words as a code or the words of a case."""
    return len(tokens_of(text)) in {CASE_WORDS, CODE_WORDS}


def _is_letter(character: str) -> bool:
    """Return whether a character is a letter, or a mark on one."""
    return unicodedata.category(character)[0] in "LM"
