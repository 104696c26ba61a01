"""Parse what was typed: commands, bare command words, choices by number or words."""

import re
import unicodedata
from collections.abc import Sequence

from handlers.messages import Offer

ANSWERS = frozenset({"start", "done", "skip", "back", "pause", "stop", "language"})
OWNER = frozenset({"show", "words", "open", "permissions", "withdraw", "erase", "history", "add"})
BARE = ANSWERS | OWNER | {"help", "privacy", "unsafe"}
"""Every command of reporters. As bare words they are kept, because people say them to each other,
and the command is offered."""

STOP = "stop"
NOT_SAFE = "i am not safe"
PREFIX_LETTERS = 2
MOST_DIGITS = 4
_SEPARATORS = (
    re.compile(r"[,;&+\n]|\band\b", re.IGNORECASE),  # names of two words stay together
    re.compile(r"[\s,;.&+]+|\band\b", re.IGNORECASE),
)
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the order of what follows, so that a line can seem to say something else."""
_SHOWABLE_CONTROLS = "\n\t"


def command_of(text: str) -> tuple[str, str] | None:
    """Return the command and what stands behind it, if the message begins with a slash."""
    stripped = text.strip()
    if not stripped.startswith("/"):
        return None
    name, *rest = stripped[1:].split(maxsplit=1) or [""]
    return name.split("@")[0].casefold(), rest[0] if rest else ""


def bare_word(text: str) -> str:
    """Return the message without its case, its blanks and its closing punctuation."""
    return " ".join(text.casefold().strip(" \t\n.!?…\"'“”").split())


def showable(text: str) -> str:
    """Remove control characters and lone surrogates, which no screen can show."""
    return _strip(_normalize(text))


def all_showable(text: str) -> bool:
    """Tell whether ``showable`` leaves nothing out."""
    normal = _normalize(text)
    return _strip(normal) == normal


def _strip(text: str) -> str:
    """Remove what cannot be shown; most texts pass ``isprintable`` and need no closer look."""
    if text.isprintable():
        return text
    return "".join(c for c in text if _is_showable(c))


def _normalize(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _is_showable(character: str) -> bool:
    if character in BIDI_CONTROLS:
        return False
    return character in _SHOWABLE_CONTROLS or unicodedata.category(character) not in {"Cc", "Cs"}


def match_offers(text: str, offers: Sequence[Offer], *, several: bool) -> tuple[str, ...] | None:
    """Return the ids of the offers that are meant, or None if these words mean none.

    An offer is meant by its number, its words, or the beginning of its words.
    """
    one = _match_one(text, offers)
    if one is not None:
        return (one,)
    if not several:
        return None
    readings = (_match_all(separator.split(text), offers) for separator in _SEPARATORS)
    return next((ids for ids in readings if ids), None)


def _match_all(parts: Sequence[str], offers: Sequence[Offer]) -> tuple[str, ...]:
    """Return all of the parts as offers; nothing if one of them is none."""
    found = [_match_one(part, offers) for part in parts if part.strip()]
    ids = tuple(dict.fromkeys(f for f in found if f is not None))
    return () if None in found else ids


def _match_one(text: str, offers: Sequence[Offer]) -> str | None:
    word = bare_word(text).rstrip(").")
    if is_number(word):
        number = int(word)
        return offers[number - 1].id if 0 < number <= len(offers) else None
    exact = [o.id for o in offers if word and word in {bare_word(o.label), o.id}]
    begun = [o.id for o in offers if _begins(o, word)]
    found = exact or begun
    return found[0] if len(found) == 1 else None


def is_number(word: str) -> bool:
    """Tell whether a list could have this number; longer rows of digits are words."""
    return word.isdecimal() and len(word) <= MOST_DIGITS


def _begins(offer: Offer, word: str) -> bool:
    return len(word) >= PREFIX_LETTERS and bare_word(offer.label).startswith(word)
