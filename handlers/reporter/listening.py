"""Understand what people say to the bot besides answering, by fixed patterns."""

import re
from collections.abc import Mapping
from functools import cache

from flows.folding import folded
from handlers.context import View
from handlers.outcome import say
from handlers.texts.english_sayings import ENGLISH_SAYINGS, LEADING, TRAILING
from handlers.texts.sayings import Saying
from store.model.outbox import TextRef

MOST_WORDS, MOST_CHARACTERS = 14, 120
"""What is longer tells something."""

MEANT: Mapping[Saying, str] = {
    **dict.fromkeys((Saying.HELP, Saying.CALL, Saying.JUDGE, Saying.CONFUSED), "help"),
    **dict.fromkeys((Saying.WHO, Saying.READERS, Saying.WAS_READ, Saying.ANONYMOUS), "privacy"),
    **dict.fromkeys((Saying.REPLY, Saying.POLICE, Saying.HOW_LONG), "privacy"),
    Saying.STOP: "stop",
    Saying.PAUSE: "pause",
    Saying.ERASE: "erase",
    Saying.UNSEND: "withdraw",
    Saying.BACK: "back",
    Saying.SKIP: "skip",
    Saying.DONE: "done",
    Saying.SHOW: "show",
    Saying.LANGUAGE: "language",
}
"""By what was said in a story: the command that is offered for it."""


def understood(text: str) -> Saying | None:
    """Return what a whole message says to the bot; None for everything else."""
    if len(text) > 2 * MOST_CHARACTERS:
        return None
    words = folded(text)
    if len(words) > MOST_CHARACTERS or words.count(" ") >= MOST_WORDS:
        return None
    return next((said for said, pattern in _patterns() if pattern.fullmatch(words)), None)


def with_readers_unnamed(view: View, text: str) -> str:
    """Return folded words with *them* in place of each reader: *don't tell Oak*."""
    words = f" {folded(text)} "
    for reader in view.snapshot.readers:
        name = folded(reader.name)
        for called in (name, name.partition(" ")[0]):
            words = words.replace(f" {called} ", " them ") if called else words
    return words.strip()


def remark_on(said: Saying | None) -> tuple[TextRef, ...]:
    """Return the one line about words that were kept but may have been meant for the bot."""
    if said is Saying.DANGER:
        return (say("KEPT_SAFE"),)
    command = MEANT.get(said) if said is not None else None
    return (say("HEARD_KEPT", command),) if command else ()


@cache
def _patterns() -> tuple[tuple[Saying, re.Pattern[str]], ...]:
    return tuple(
        (said, re.compile(f"{LEADING}({'|'.join(alternatives)}){TRAILING}"))
        for said, alternatives in ENGLISH_SAYINGS.items()
    )
