"""Understand what people say to the bot besides answering, by fixed patterns."""

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import chain

from flows.folding import folded
from handlers.context import View
from handlers.outcome import say
from handlers.texts.sayings import Saying
from handlers.texts.tables import TypedLanguage
from handlers.texts.typed_languages import TYPED_LANGUAGES
from store.model.outbox import TextRef

MOST_WORDS, MOST_CHARACTERS = 14, 120
"""What is longer tells something."""

MEANT: Mapping[Saying, str] = {
    **dict.fromkeys((Saying.HELP, Saying.CALL, Saying.JUDGE, Saying.CONFUSED), "help"),
    **dict.fromkeys((Saying.WHO, Saying.READERS, Saying.WAS_READ, Saying.ANONYMOUS), "privacy"),
    **dict.fromkeys((Saying.REPLY, Saying.POLICE, Saying.HOW_LONG), "privacy"),
    Saying.STOP: "stop",
    **dict.fromkeys((Saying.PAUSE, Saying.MOMENT, Saying.GOODBYE), "pause"),
    Saying.ERASE: "erase",
    Saying.UNSEND: "withdraw",
    Saying.BACK: "back",
    Saying.SKIP: "skip",
    Saying.DONE: "done",
    Saying.SHOW: "show",
    Saying.LANGUAGE: "language",
}
"""By what was said in a story: the command that is offered for it."""


def understood(text: str, *, just_shared: bool = False) -> Saying | None:
    """Return what a whole message says to the bot; None for everything else.

    Only of somebody who has just shared a story the same words may be regret.
    """
    if len(text) > 2 * MOST_CHARACTERS:
        return None
    words = folded(text)
    if len(words) > MOST_CHARACTERS or words.count(" ") >= MOST_WORDS:
        return None
    not_meant = frozenset() if just_shared else frozenset({Saying.REGRET})
    found = (language.first_that_fits(words, not_meant) for language in _languages())
    return next((said for said in found if said is not None), None)


def with_readers_unnamed(view: View, text: str) -> str:
    """Return folded words with *them* in place of each reader: *don't tell Oak*."""
    words = f" {folded(text)} "
    for reader in view.snapshot.readers:
        name = folded(reader.name)
        for called in (name, name.partition(" ")[0]):
            words = words.replace(f" {called} ", " them ") if called else words
    return words.strip()


def remark_on(said: Saying | None, kept_as: str) -> tuple[TextRef, ...]:
    """Return the one line about words that were kept but may have been meant for the bot.

    ``kept_as`` says whether they are part of the story.
    """
    if said is Saying.DANGER:
        return (say("KEPT_SAFE", step=kept_as),)
    command = MEANT.get(said) if said is not None else None
    return (say("HEARD_KEPT", command, step=kept_as),) if command else ()


class SayingMatcher:
    """The sayings of one language, compiled."""

    def __init__(self, language: TypedLanguage) -> None:
        """Compile the patterns."""
        sayings = language.sayings
        self._compared = language.compared
        self._led_in = _compiled(language, led_in=True)
        self._alone = _compiled(language, led_in=False)
        self._leading = frozenset(phrase.partition(" ")[0] for phrase in sayings.leading)
        words = (*sayings.leading, *sayings.trailing, *chain(*sayings.patterns.values()))
        known = _LETTERS.findall(" ".join(words)) if sayings.in_whole_words else ()
        self._known = frozenset(known)

    def first_that_fits(
        self, words: str, not_meant: AbstractSet[Saying] = frozenset()
    ) -> Saying | None:
        """Return the most urgent saying that folded words are, besides those not meant here."""
        words = self._compared(words)
        first, *rest = words.split() or [""]
        if self._known and not (first in self._known and self._known.issuperset(rest)):
            return None
        # Most messages begin with no word that only leads in: they are compared in half the time.
        patterns = self._led_in if first in self._leading else self._alone
        for fits, said in patterns:
            if said not in not_meant and fits(words):
                return said
        return None


def _compiled(
    language: TypedLanguage, *, led_in: bool
) -> Sequence[tuple[Callable[[str], object], Saying]]:
    whole, patterns = language.sayings.whole, language.sayings.patterns.items()
    return [
        # Groups that nobody reads cost a quarter of the time.
        (re.compile(_CAPTURING.sub("(?:", whole(each, led_in=led_in))).fullmatch, said)
        for said, each in patterns
    ]


_LETTERS = re.compile(r"\w+")
_CAPTURING = re.compile(r"\((?!\?)")


@cache
def _languages() -> Sequence[SayingMatcher]:
    return tuple(map(SayingMatcher, TYPED_LANGUAGES))
