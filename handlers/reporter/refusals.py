"""Understand who leaves a question out in words, above all how readers may reach them.

It is asked only in questions that name the choice to leave them out, and in those that follow
from a way to reach somebody: there a no that is taken for an answer costs most.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from flows import Step
from flows.folding import folded, plain, visible
from handlers.permissions.contact import CALLED, FOLLOWING, MESSAGE, REACH
from handlers.reporter.listening import MOST_CHARACTERS, understood
from handlers.texts.sayings import Saying
from handlers.texts.tables import Refusals, TypedLanguage
from handlers.texts.typed_languages import TYPED_LANGUAGES

NO_ANSWERS = frozenset(
    {
        *(Saying.YES, Saying.DONE, Saying.TEST, Saying.THANKS, Saying.APOLOGY, Saying.GREETING),
        *(Saying.CALL, Saying.REPLY, Saying.PAUSE, Saying.MOMENT, Saying.HELLO_OR_GOODBYE),
    }
)
"""What is no name and no way to reach anybody, and asks for no explanation."""
EXPLAINED = frozenset(
    {
        *(Saying.UNSURE, Saying.CONFUSED, Saying.WHO, Saying.READERS, Saying.ANONYMOUS),
        *(Saying.POLICE, Saying.JUDGE, Saying.SCREENSHOT),
    }
)
"""What is answered before the question is asked once more."""

SIGNS = frozenset("-−–—‐‑_/\\.…×❌🚫⛔✖✗✘❎🙅👎🛑🔕📵🤐🙊")
"""An answer of nothing but these refuses. A full stop alone is what people type to leave blank."""

SAYS_NOTHING = frozenset(
    {
        *(Saying.YES, Saying.TEST, Saying.THANKS, Saying.APOLOGY, Saying.GREETING),
        Saying.HELLO_OR_GOODBYE,
    }
)
"""What tells nothing of when, by whom or past whom somebody can be reached."""
ASKED_OF_THE_BOT = frozenset(
    {
        *(Saying.STOP, Saying.ERASE, Saying.UNSEND, Saying.BACK, Saying.HELP, Saying.SHOW),
        *(Saying.ADD, Saying.MISTAKE, Saying.WAS_READ, Saying.HOW_LONG, Saying.HOW_MUCH),
        *(Saying.LANGUAGE, Saying.LOST_WORDS, Saying.BEFORE, Saying.RETURNED),
    }
)
"""What asks the bot for something: where a name or a way is asked for, it tells nothing."""

_OF_STEP = {CALLED: ("no_name",), REACH: ("no_way",)}


def leaves_out(step: Step, text: str) -> bool:
    """Return whether words leave out a question that names the choice to do so."""
    if step.skip is None or len(text) > 2 * MOST_CHARACTERS:
        return False
    if plain(text) == plain(step.skip) or _is_refusing_sign(text):
        return True
    if step.id == REACH and text.strip() and not any(map(str.isalnum, text)):
        return True  # nobody can be reached by a sign
    if _saying_in(step, text) in {Saying.NO, Saying.SKIP}:
        return True
    return _is_any_of(text, "bare_no", "not_to_be_reached", *_OF_STEP.get(step.id, ()))


def is_closing_sign(text: str) -> bool:
    """Return whether a text is signs that refuse nothing behind an answer: 👍 or a full stop."""
    if any(map(str.isalnum, text)):
        return False
    stops = any(unicodedata.category(sign)[0] == "P" for sign in visible(text))
    return stops or not _is_refusing_sign(text)


def takes_back_way(step: Step, text: str) -> bool:
    """Return whether somebody who gave a way says in a question about it not to be reached."""
    return step.id in FOLLOWING and _is_any_of(text, "not_to_be_reached")


def names_this_chat(step: Step, text: str) -> bool:
    """Return whether the chat with the bot is named as the way, which readers do not have."""
    return step.id == REACH and _is_any_of(text, "this_chat")


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
    words = folded(text)
    return any(language.leaves_answer(words) for language in _languages())


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
    return any(language.gives_no_way(text) for language in _languages())


def _is_refusing_sign(text: str) -> bool:
    signs = [c for c in visible(text) if not c.isspace() and not _modifies(c)]
    return bool(signs) and all(sign in SIGNS for sign in signs)


def _modifies(character: str) -> bool:
    """Return whether a character only changes how the one before it looks, as skin or hair."""
    return unicodedata.category(character) in {"Sk", "Mn", "Me"} or character in "♀♂"


def _is_any_of(text: str, *kinds: str) -> bool:
    words = folded(text)
    return any(language.refuses(words, kinds) for language in _languages())


class _Refusals:
    """The refusals of one language, compiled."""

    def __init__(self, language: TypedLanguage) -> None:
        table, whole = language.refusals, language.sayings.whole
        self._compared = language.compared
        self._words, self._leaving = table.words, table.leaves_answer
        self._parts = re.compile(rf"[,.;:!?\n]|{table.parts}", re.IGNORECASE)
        self._patterns = {kind: re.compile(whole(each)) for kind, each in _kinds(table).items()}

    def refuses(self, words: str, kinds: Iterable[str]) -> bool:
        """Return whether folded words are a refusal of one of these kinds."""
        words = self._compared(words)
        if len(words) > MOST_CHARACTERS:
            return False
        return any(self._patterns[kind].fullmatch(words) for kind in kinds)

    def leaves_answer(self, words: str) -> bool:
        """Return whether folded words leave an answer as it is."""
        return self._compared(words) in self._leaving

    def gives_no_way(self, text: str) -> bool:
        """Return whether each part of an answer refuses, or the first one says no."""
        parts = [part for part in map(folded, self._parts.split(text)) if part]
        if not parts or self.refuses(folded(text), ("comes_back",)):
            return bool(parts)
        said = (self._compared(part).split() for part in parts)
        all_refuse = not any(self._words.isdisjoint(words) for words in said)
        return all_refuse or self.refuses(parts[0], ("bare_no",))


def _kinds(table: Refusals) -> Mapping[str, tuple[str, ...]]:
    return {
        "bare_no": table.bare_no,
        "no_name": table.no_name,
        "not_to_be_reached": table.not_to_be_reached,
        "no_way": table.no_way,
        "this_chat": table.this_chat,
        "comes_back": table.comes_back,
    }


@cache
def _languages() -> Sequence[_Refusals]:
    return tuple(map(_Refusals, TYPED_LANGUAGES))
