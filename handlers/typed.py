"""Understanding what was typed: commands, bare command words, choices by number or words."""

import re
import unicodedata
from collections.abc import Sequence

from handlers.messages import Offer

READERS = frozenset({"join", "inbox", "fetch"})
ANSWERS = frozenset({"start", "done", "skip", "back", "pause", "stop", "language"})
OWNER = frozenset({"show", "words", "open", "permissions", "withdraw", "erase", "history", "add"})
BARE = ANSWERS | OWNER | {"help", "privacy", "unsafe"}
"""Commands of reporters. Bare, they are words people say to each other: kept, and offered."""

COMMANDS = BARE | READERS

NOT_SAFE = "i am not safe"
PREFIX_LETTERS = 2
_SEPARATORS = re.compile(r"[\s,;.&+]+")
_SHOWABLE_CONTROLS = "\n\t"


def command_of(text: str) -> tuple[str, str] | None:
    """The command and what stands behind it, if the message begins with a slash."""
    stripped = text.strip()
    if not stripped.startswith("/"):
        return None
    name, _, rest = stripped[1:].partition(" ")
    return name.split("@")[0].casefold(), rest.strip()


def bare_word(text: str) -> str:
    """The message without its case, its blanks and its closing punctuation."""
    return " ".join(text.casefold().strip(" \t\n.!?…\"'“”").split())


def showable(text: str) -> str:
    """Without control characters and lone surrogates, which no screen can show."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        c for c in normal if c in _SHOWABLE_CONTROLS or unicodedata.category(c) not in {"Cc", "Cs"}
    )


def chosen(text: str, offers: Sequence[Offer], *, several: bool) -> tuple[str, ...] | None:
    """Which offers these words mean: by number, by their words, or by how they begin."""
    one = _one(text, offers)
    if one is not None:
        return (one,)
    if not several:
        return None
    found = [_one(part, offers) for part in _SEPARATORS.split(_without_and(text)) if part]
    ids = tuple(dict.fromkeys(f for f in found if f is not None))
    return ids if ids and None not in found else None


def _without_and(text: str) -> str:
    return re.sub(r"\band\b", " ", text, flags=re.IGNORECASE)


def _one(text: str, offers: Sequence[Offer]) -> str | None:
    word = bare_word(text).rstrip(").")
    if word.isdecimal():
        number = int(word)
        return offers[number - 1].id if 0 < number <= len(offers) else None
    exact = [o.id for o in offers if word and word in {bare_word(o.label), o.id}]
    begun = [o.id for o in offers if _begins(o, word)]
    found = exact or begun
    return found[0] if len(found) == 1 else None


def _begins(offer: Offer, word: str) -> bool:
    return len(word) >= PREFIX_LETTERS and bare_word(offer.label).startswith(word)
