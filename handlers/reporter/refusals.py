"""Understand who leaves a question out in words, above all how readers may reach them.

It is asked only in questions that name the choice to leave them out, and in those that follow
from a way to reach somebody: there a no that is taken for an answer costs most.
"""

import re
import unicodedata
from functools import cache

from flows import Step
from flows.folding import folded, visible
from handlers.permissions.contact import CALLED, FOLLOWING, MESSAGE, REACH
from handlers.reporter.listening import MOST_CHARACTERS, understood
from handlers.texts.english_refusals import (
    BARE_NO,
    COMES_BACK,
    LEAVES_ANSWER,
    NO_NAME,
    NO_WAY,
    NOT_TO_BE_REACHED,
    PARTS_OF_ANSWER,
    REFUSING_SIGNS,
    REFUSING_WORDS,
    THIS_CHAT,
)
from handlers.texts.sayings import Saying

NO_ANSWERS = frozenset(
    {
        *(Saying.YES, Saying.DONE, Saying.TEST, Saying.THANKS, Saying.APOLOGY, Saying.GREETING),
        *(Saying.CALL, Saying.REPLY, Saying.PAUSE),
    }
)
"""What is no name and no way to reach anybody, and asks for no explanation."""
EXPLAINED = frozenset(
    {
        *(Saying.UNSURE, Saying.CONFUSED, Saying.WHO, Saying.READERS, Saying.ANONYMOUS),
        *(Saying.POLICE, Saying.JUDGE),
    }
)
"""What is answered before the question is asked once more."""

SAYS_NOTHING = frozenset({Saying.YES, Saying.TEST, Saying.THANKS, Saying.APOLOGY, Saying.GREETING})
"""What tells nothing of when, by whom or past whom somebody can be reached."""
ASKED_OF_THE_BOT = frozenset(
    {
        *(Saying.STOP, Saying.ERASE, Saying.UNSEND, Saying.BACK, Saying.HELP, Saying.SHOW),
        *(Saying.ADD, Saying.MISTAKE, Saying.WAS_READ, Saying.HOW_LONG, Saying.HOW_MUCH),
        *(Saying.LANGUAGE, Saying.LOST_WORDS, Saying.BEFORE, Saying.RETURNED),
    }
)
"""What asks the bot for something: where a name or a way is asked for, it tells nothing."""

_OF_STEP = {CALLED: (NO_NAME,), REACH: (NO_WAY,)}


def leaves_out(step: Step, text: str) -> bool:
    """Return whether words leave out a question that names the choice to do so."""
    if step.skip is None or len(text) > 2 * MOST_CHARACTERS:
        return False
    if folded(text) == folded(step.skip) or _is_refusing_sign(text):
        return True
    if step.id == REACH and text.strip() and not any(map(str.isalnum, text)):
        return True  # nobody can be reached by a sign
    if _saying_in(step, text) in {Saying.NO, Saying.SKIP}:
        return True
    return _is_any_of(text, BARE_NO, NOT_TO_BE_REACHED, *_OF_STEP.get(step.id, ()))


def takes_back_way(step: Step, text: str) -> bool:
    """Return whether somebody who gave a way says in a question about it not to be reached."""
    return step.id in FOLLOWING and _is_any_of(text, NOT_TO_BE_REACHED)


def names_this_chat(step: Step, text: str) -> bool:
    """Return whether the chat with the bot is named as the way, which readers do not have."""
    return step.id == REACH and _is_any_of(text, THIS_CHAT)


def is_no_answer(step: Step, text: str) -> Saying | None:
    """Return what somebody says to the bot where they were asked for an answer; else None."""
    said = _saying_in(step, text)
    if step.id in FOLLOWING and step.id != MESSAGE and said in SAYS_NOTHING:
        return said
    if step.skip is None:
        return None
    return said if said in NO_ANSWERS or said in EXPLAINED else None


def asks_the_bot(step: Step, text: str) -> bool:
    """Return whether the bot is asked for something where a name or a way is asked for."""
    if step.skip is None or leaves_out(step, text):
        return False
    return _saying_in(step, text) in ASKED_OF_THE_BOT


def leaves_answer(text: str) -> bool:
    """Return whether words give no new answer where a question is asked again."""
    return folded(text) in LEAVES_ANSWER


def _saying_in(step: Step, text: str) -> Saying | None:
    """Return what is said to the bot; to be called by one letter is no *yes* and no *no*."""
    return None if step.id == CALLED and len(folded(text)) == 1 else understood(text)


def gives_no_way(step: Step, text: str) -> bool:
    """Return whether an answer that may be a refusal has no way to reach anybody in it.

    To ask again costs little; a no that is taken for a way costs most.
    """
    has_address = "@" in text or any(map(str.isdecimal, text))
    if step.id != REACH or step.skip is None or has_address or len(text) > MOST_CHARACTERS:
        return False
    parts = [part for part in map(folded, PARTS_OF_ANSWER.split(text)) if part]
    if not parts or _is_any_of(text, COMES_BACK):
        return bool(parts)
    refused = [not REFUSING_WORDS.isdisjoint(part.split()) for part in parts]
    return all(refused) or _is_any_of(parts[0], BARE_NO)


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
