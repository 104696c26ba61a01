"""Understand who leaves a question out in words, above all how readers may reach them.

It is asked only in questions that name the choice to leave them out, and in those that follow
from a way to reach somebody: there a no that is taken for an answer costs most.
"""

import re
import unicodedata
from functools import cache

from flows import Step
from flows.folding import folded, visible
from handlers.permissions.contact import CALLED, FOLLOWING, REACH
from handlers.reporter.listening import MOST_CHARACTERS
from handlers.texts.english_refusals import (
    BARE_NO,
    NO_NAME,
    NO_WAY,
    NOT_TO_BE_REACHED,
    REFUSING_SIGNS,
    THIS_CHAT,
)

_OF_STEP = {CALLED: (NO_NAME,), REACH: (NO_WAY,)}


def leaves_out(step: Step, text: str) -> bool:
    """Return whether words leave out a question that names the choice to do so."""
    if step.skip is None or len(text) > 2 * MOST_CHARACTERS:
        return False
    if folded(text) == folded(step.skip) or _is_refusing_sign(text):
        return True
    return _is_any_of(text, BARE_NO, NOT_TO_BE_REACHED, *_OF_STEP.get(step.id, ()))


def takes_back_way(step: Step, text: str) -> bool:
    """Return whether somebody who gave a way says in a question about it not to be reached."""
    return step.id in FOLLOWING and _is_any_of(text, NOT_TO_BE_REACHED)


def names_this_chat(step: Step, text: str) -> bool:
    """Return whether the chat with the bot is named as the way, which readers do not have."""
    return step.id == REACH and _is_any_of(text, THIS_CHAT)


def _is_refusing_sign(text: str) -> bool:
    signs = [c for c in visible(text) if not c.isspace() and not _modifies(c)]
    return bool(signs) and all(sign in REFUSING_SIGNS for sign in signs)


def _modifies(character: str) -> bool:
    """Return whether a character only changes how the one before it looks, as skin or hair."""
    return unicodedata.category(character) in {"Sk", "Mn", "Me"} or character in "♀♂"


def _is_any_of(text: str, *patterns: str) -> bool:
    words = folded(text)
    if len(words) > MOST_CHARACTERS:
        return False
    return any(_compiled(pattern).fullmatch(words) for pattern in patterns)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
