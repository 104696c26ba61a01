"""Parse what was typed: commands, bare command words, choices by number or words."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from flows.folding import folded, visible, with_plain_line_breaks
from handlers.messages import (
    ButtonPress,
    MessageContent,
    Offer,
    TextMessage,
    UnresolvedPress,
)
from handlers.reporter.danger import says_danger
from handlers.reporter.hold_words import wants_to_stop
from handlers.texts.names import SentenceName

ANSWERS = frozenset({"start", "done", "skip", "back", "pause", "stop", "language"})
OWNER = frozenset({"show", "words", "open", "permissions", "withdraw", "erase", "history", "add"})
RECOVERY_COMMANDS = frozenset({"open", "withdraw", "erase"})
"""Commands behind which words or a code may stand."""
BARE = ANSWERS | OWNER | {"help", "privacy", "unsafe", "ground"}
"""Every command of reporters. As bare words they are kept, because people say them to each other,
and the command is offered."""

HELP_COMMANDS: Mapping[str, SentenceName] = {
    "help": "HELP",
    "unsafe": "HELP_LINES",
    "ground": "GROUND",
}
"""Commands that are answered before anything is stored."""
SHOWS_HELP_LINES: frozenset[SentenceName] = frozenset({"HELP", "HELP_LINES", "DANGER"})
"""Sentences that are sent at once, and that show the help lines."""
STOPPING = frozenset({"stop", "withdraw", "erase", "unsafe"})
"""Commands that no limit holds up."""
STOP = "stop"
NOT_SAFE_TOKEN = "unsafe"  # noqa: S105 - it opens nothing: it is the same for everybody
"""Behind the button *I'm not safe*, in every message of every chat alike."""
NOT_SAFE = frozenset(
    {
        *("i am not safe", "im not safe", "i am not safe here", "im not safe here", "not safe"),
        *("i am unsafe", "im unsafe", "i do not feel safe", "i dont feel safe"),
        *("i am in danger", "im in danger", "i feel unsafe", "i dont feel safe here"),
        *("i do not feel safe here", "i am not save", "im not save", "i dont feel save"),
        *("im not safe right now", "i am not safe right now", "im not safe at home"),
    }
)
SLASHES = "/／"
"""Before a command; keyboards for Chinese and Japanese type the wide one."""
_LIKE_SLASHES = "\\＼⁄∕⧸"
"""These are slashes only before the name of a command: ``\\o/`` is none."""
_OPENING = "\"'“”„‟«»‹›‘’‚‛「『(*_`¡¿"
"""What may stand right before a command that somebody sets off from other words."""
_NAME = re.compile(r"\s*(\w*)(?:@\w*)?[^\w]*")
"""The name of a command, of which bot it is, and signs behind it."""
_NAME_AND_SIGNS = re.compile(r"\s*\w*(?:@\w*)?[^\w\s]*\s*")
"""The same, with no more signs than those that touch the name."""
PREFIX_LETTERS = 2
MOST_DIGITS = 4
MOST_PARTS = 4
"""So many parts an offer may have, with its number and a word too much; what has more is a story,
and comparing each of its words with each offer would let everybody wait."""
_SEPARATORS = (
    re.compile(r"[,;&+\n]|\band\b", re.IGNORECASE),  # names of two words stay together
    re.compile(r"[\s,;.&+]+|\band\b", re.IGNORECASE),
)
STRUCK = "~~"
"""Stands around what is struck out, as people type it and as platforms hand it on."""
_DOUBTFUL = re.compile(r"[?¿？؟❌🚫⛔✖✗✘❎🙅👎🛑]|~~|^\s*[+\-−–—]\s*\d")
"""A question, a sign of refusal, something struck out, or a number with a sign of its own."""
LIMITING = frozenset({"not", "no", "nor", "but", "except", "without", "never", "or", "dont"})
"""Among several choices these words turn what stands beside them."""
YES = frozenset({"yes", "yess", "yep", "yeah"})
STRESSING = frozenset(
    {
        *(
            "please",
            "pls",
            "plz",
            "delete",
            "erase",
            "remove",
            "wipe",
            "destroy",
            "it",
            "all",
            "of",
        ),
        *(
            "everything",
            "this",
            "that",
            "my",
            "story",
            "the",
            "now",
            "right",
            "do",
            "i",
            "am",
            "im",
        ),
        *(
            "sure",
            "want",
            "you",
            "to",
            "go",
            "ahead",
            "really",
            "just",
            "quick",
            "quickly",
            "fast",
        ),
        *("asap", "immediately", "ok", "okay", "thanks", "thank", "id", "like", "whole", "thing"),
    }
)
"""Behind a yes these say it once more. Whoever says anything else may tell something."""
POLITE = frozenset({"please", "pls", "plz"})
LEADING_IN = frozenset({"yes", "no", "just", "only"})
"""With these labels begin; what follows names the choice as well."""
SAID_BESIDE = POLITE | {
    *("yes", "yeah", "ok", "okay", "sure", "only", "just", "to", "me", "the", "a", "is", "its"),
}
"""Words that change nothing of what is chosen where nothing is allowed by it."""
GIST_WORDS = 2
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the order of what follows, so that a line can seem to say something else."""
_SHOWABLE_CONTROLS = "\n\t"


def command_of(text: str) -> tuple[str, str] | None:
    """Return the command and what stands behind it, if the message begins with a slash.

    Signs around the command change nothing: who types ``/stop!`` must be heard.
    """
    typed = behind_sign(text, SLASHES)
    if typed is not None:
        return _split_command(typed)
    typed = behind_sign(text, _LIKE_SLASHES)
    command = _split_command(typed) if typed is not None else None
    return command if command and command[0] in BARE else None


def _split_command(typed: str) -> tuple[str, str]:
    """Split what stands behind the slash into the name of a command and the words behind it."""
    found = _NAME.match(typed)
    name, rest = (found[1], typed[found.end() :].strip()) if found else ("", "")
    return folded(name), rest if folded(rest) else ""


def words_behind(text: str) -> str:
    """Return what stands behind the command with which a message begins, as it was typed."""
    typed = behind_sign(text, SLASHES + _LIKE_SLASHES) or ""
    found = _NAME_AND_SIGNS.match(typed)
    length = len(typed) - (found.end() if found else 0)
    seen = [place for place, character in enumerate(text) if visible(character)]
    return text[seen[-length] :] if length else ""


def behind_sign(text: str, signs: str) -> str | None:
    """Return what stands behind the sign with which a message begins; None if it is another.

    Before the sign, what cannot be seen does not count, nor do emoji and quotation marks.
    """
    seen = visible(text)
    start = next((n for n, c in enumerate(seen) if c in signs or not _may_precede(c)), len(seen))
    return seen[start + 1 :] if start < len(seen) and seen[start] in signs else None


def _may_precede(character: str) -> bool:
    """Return whether a character may stand before a command without being part of a word."""
    if character.isascii() or character in _OPENING:
        return character.isspace() or character in _OPENING
    return unicodedata.category(character)[0] in "SMZ"


def may_stop(heard: MessageContent) -> bool:
    """Return whether a message may stop or take back something; a press can mean anything."""
    return isinstance(heard, UnresolvedPress | ButtonPress) or bool(stopping_words(heard))


def stopping_words(heard: MessageContent) -> str:
    """Return what was typed, without its case, if it may stop or take back something; else ""."""
    if not isinstance(heard, TextMessage):
        return ""
    command, words = command_of(heard.text), folded(heard.text)
    if command is None and wants_to_stop(words):
        return words
    return words if (command[0] if command else words) in STOPPING | NOT_SAFE else ""


def help_wanted(heard: MessageContent) -> SentenceName | None:
    """Return the sentence that helps, if a message asks for help or says that there is danger.

    Words that say so are kept as well, as what they answer: this is only what stands beside.
    """
    if isinstance(heard, UnresolvedPress):
        return "HELP_LINES" if heard.token == NOT_SAFE_TOKEN else None
    if not isinstance(heard, TextMessage):
        return None
    command = command_of(heard.text)
    if command is None and folded(heard.text) in NOT_SAFE:
        return "HELP_LINES"
    asked = HELP_COMMANDS.get(command[0]) if command else None
    return asked if asked in SHOWS_HELP_LINES or not tells_danger(heard.text) else "DANGER"


def tells_danger(text: str) -> bool:
    """Return whether a message says that somebody is in danger, also behind a command."""
    command = command_of(text)
    return says_danger(command[1] if command else text)


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
    return unicodedata.normalize("NFC", with_plain_line_breaks(text))


def _is_showable(character: str) -> bool:
    if character in BIDI_CONTROLS:
        return False
    return character in _SHOWABLE_CONTROLS or unicodedata.category(character) not in {"Cc", "Cs"}


def match_offers(
    text: str, offers: Sequence[Offer], *, several: bool, elsewhere: Sequence[Offer] = ()
) -> tuple[str, ...] | None:
    """Return the ids of the offers that are meant, or None if these words mean none.

    An offer is meant by its number, its words, or the beginning of its words; not by words that
    mean one ``elsewhere`` as well, nor by words that may ask for or refuse what they name.
    """
    if _is_doubtful(text, offers):
        return None
    one = _match_one(text, offers, elsewhere)
    if one is not None:
        return (one,)
    if not several:
        return None
    readings = (_match_all(separator.split(text), offers, elsewhere) for separator in _SEPARATORS)
    return next((ids for ids in readings if ids), None)


def says_yes(text: str) -> bool:
    """Return whether words are a yes to deleting, with nothing in them but what stresses it."""
    first, *rest = folded(text).split() or [""]
    is_yes = first in YES and STRESSING.issuperset(word for word in rest if word not in YES)
    return is_yes and _DOUBTFUL.search(visible(text)) is None


def _is_doubtful(text: str, offers: Sequence[Offer]) -> bool:
    """Return whether words may not mean the offer that they name.

    ``Oak?`` is a question, ``❌ Oak`` the contrary, ``+1`` anything. Asking again costs little;
    a yes that nobody gave cannot be mended.
    """
    if _DOUBTFUL.search(visible(text)) is None:
        return False
    return all(text.strip() != offer.label for offer in offers)


def match_loosely(text: str, offers: Sequence[Offer]) -> tuple[str, ...] | None:
    """Return the one offer that is meant by what somebody says of it: *yes, call me back*.

    For questions by which nothing is allowed; what may be a question or a refusal means none.
    """
    words = _gist(text)
    if len(words) < GIST_WORDS or _is_doubtful(text, offers):
        return None
    found = [o.id for o in offers if _gist(o.label)[: len(words)] == words]
    return (found[0],) if len(found) == 1 else None


def _gist(text: str) -> list[str]:
    return [word for word in folded(text).split() if word not in SAID_BESIDE]


def _match_all(
    parts: Sequence[str], offers: Sequence[Offer], elsewhere: Sequence[Offer]
) -> tuple[str, ...]:
    """Return all of the parts as offers; nothing if one of them is none, or they are too many."""
    named = [part for part in parts if part.strip()]
    if len(named) > MOST_PARTS * len(offers) or not LIMITING.isdisjoint(map(folded, named)):
        return ()
    found = dict[str, None]()
    for part in named:
        offer = _match_one(part, offers, elsewhere)
        if offer is None:
            return ()
        found[offer] = None
    return tuple(found)


def _match_one(text: str, offers: Sequence[Offer], elsewhere: Sequence[Offer]) -> str | None:
    word = folded(text)
    number, _, label = word.partition(" ")
    if is_number(number):
        numbered = {offer.number or place: offer for place, offer in enumerate(offers, 1)}
        offer = numbered.get(int(number))
        return offer.id if offer and (not label or _begins(offer, label)) else None
    for meant in dict.fromkeys((word, without_politeness(word))):
        found = _named(meant, offers)
        if len(found) == 1 and not _named(meant, elsewhere):
            return found[0]
    return None


def _named(word: str, offers: Sequence[Offer]) -> tuple[str, ...]:
    """Return the offers whose label a word is, or begins; else those that it is but a "yes"."""
    for fits in (_is, _begins, _is_rest):
        if found := tuple(offer.id for offer in offers if fits(offer, word)):
            return found
    return ()


def without_politeness(word: str) -> str:
    """Return words without what is only said to be friendly: *Oak, please*.

    Where nothing is left but a yes or no, it may ask for something else: *yes please*.
    """
    named = [each for each in word.split() if each not in POLITE]
    return " ".join(named) if named and named not in (["yes"], ["no"]) else word


def has_number(text: str) -> bool:
    """Tell whether a number of a list may stand among these words."""
    return any(map(is_number, folded(text).split()))


def is_numbers(text: str) -> bool:
    """Tell whether these are nothing but numbers, as of a list."""
    words = folded(text).split()
    return bool(words) and all(word == "and" or is_number(word) for word in words)


def is_number(word: str) -> bool:
    """Tell whether a list could have this number; longer rows of digits are words."""
    return word.isdecimal() and len(word) <= MOST_DIGITS


def _is(offer: Offer, word: str) -> bool:
    """Return whether a word is all of a label; ids are nobody's words, as nobody sees them."""
    return bool(word) and word == folded(offer.label)


def _is_rest(offer: Offer, word: str) -> bool:
    """Return whether words are a label without the word that only leads into it: *keep it*."""
    first, _, rest = folded(offer.label).partition(" ")
    return " " in word and first in LEADING_IN and (rest == word or rest.startswith(f"{word} "))


def _begins(offer: Offer, word: str) -> bool:
    return len(word) >= PREFIX_LETTERS and folded(offer.label).startswith(word)
