"""Parse what was typed: commands, bare command words, choices by number or words."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from flows.folding import (
    folded,
    plain,
    stream_safe,
    visible,
    with_plain_line_breaks,
    without_accents,
)
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
from handlers.texts.typed_languages import TYPED_LANGUAGES

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
_HALTING = frozenset[str]().union(*(language.answers.halting for language in TYPED_LANGUAGES))
NOT_SAFE_TOKEN = "unsafe"  # noqa: S105 - it opens nothing: it is the same for everybody
"""Behind the button *I'm not safe*, in every message of every chat alike."""
NOT_SAFE = frozenset[str]().union(*(language.answers.not_safe for language in TYPED_LANGUAGES))
"""What says so in words; compared without accents (``flows.folding.plain``)."""
_STOPPING_WORDS = STOPPING | NOT_SAFE
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
_SEPARATORS = tuple(
    re.compile(f"{signs}|{language.answers.joins}", re.IGNORECASE)
    for language in TYPED_LANGUAGES
    for signs in (r"[,;&+\n]", r"[\s,;.&+]+")  # names of two words stay together
)
STRUCK = "~~"
"""Stands around what is struck out, as people type it and as platforms hand it on."""
_DOUBTFUL = re.compile(r"[?¿？؟❌🚫⛔✖✗✘❎🙅👎🛑]|~~|^\s*[+\-−–—]\s*\d|\S[^\S\n]+[\-−–—]\w")
"""A question, a sign of refusal, something struck out, a number with a sign of its own, or a minus
right before a word behind others: *Ash -Oak*. Alone in its line it begins a list."""
_WORDS = tuple(language.answers for language in TYPED_LANGUAGES)
_LIMITING = frozenset[str]().union(*(words.limiting for words in _WORDS))
_POLITE = frozenset[str]().union(*(words.polite for words in _WORDS))
_LEADING_IN = frozenset[str]().union(*(words.leading_in for words in _WORDS))
GOES_ON = frozenset[str]().union(*(words.goes_on for words in _WORDS))
_AND = re.compile("|".join(words.joins for words in _WORDS))
_BARE_YES_OR_NO = frozenset({"no"}).union(*(words.yes for words in _WORDS))
GIST_WORDS = 2
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the order of what follows, so that a line can seem to say something else."""
_SHOWABLE_CONTROLS = "\n\t"


def halts(text: str) -> bool:
    """Return whether a whole message halts whatever is going on, a story as well."""
    return plain(text) in _HALTING


def command_of(text: str) -> tuple[str, str] | None:
    """Return the command and what stands behind it, if the message begins with a slash.

    Signs around the command change nothing: who types ``/stop!`` must be heard.
    """
    if text[:1].isalnum():
        return None  # no sign that stands before a command is a letter or a digit
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
    return is_press(heard) or bool(stopping_words(heard))


def is_press(heard: MessageContent) -> bool:
    """Return whether a button was pressed."""
    return isinstance(heard, UnresolvedPress | ButtonPress)


def stopping_words(heard: MessageContent) -> str:
    """Return what was typed, without its case, if it may stop or take back something; else ""."""
    if not isinstance(heard, TextMessage):
        return ""
    command, words = command_of(heard.text), folded(heard.text)
    if command is None and wants_to_stop(words):
        return words
    return words if (command[0] if command else without_accents(words)) in _STOPPING_WORDS else ""


def help_wanted(heard: MessageContent) -> SentenceName | None:
    """Return the sentence that helps, if a message asks for help or says that there is danger.

    Words that say so are kept as well, as what they answer: this is only what stands beside.
    """
    if isinstance(heard, UnresolvedPress):
        return "HELP_LINES" if heard.token == NOT_SAFE_TOKEN else None
    if not isinstance(heard, TextMessage):
        return None
    command = command_of(heard.text)
    if command is None and plain(heard.text) in NOT_SAFE:
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
    return unicodedata.normalize("NFC", stream_safe(with_plain_line_breaks(text)))


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
    if is_doubtful(text, offers):
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
    first, *rest = plain(text).split() or [""]
    is_yes = any(
        first in words.yes and (words.stressing | words.yes).issuperset(rest) for words in _WORDS
    )
    return is_yes and _DOUBTFUL.search(visible(text)) is None


def is_doubtful(text: str, offers: Sequence[Offer]) -> bool:
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
    if is_doubtful(text, offers):
        return None
    readings = (_offers_by_gist(text, offers, answers.said_beside) for answers in _WORDS)
    found = next((ids for ids in readings if ids), ())
    return found if len(found) == 1 else None


def _offers_by_gist(
    text: str, offers: Sequence[Offer], beside: AbstractSet[str]
) -> tuple[str, ...]:
    words = _gist(text, beside)
    if len(words) < GIST_WORDS:
        return ()
    return tuple(o.id for o in offers if _gist(o.label, beside)[: len(words)] == words)


def _gist(text: str, beside: AbstractSet[str]) -> list[str]:
    return [word for word in plain(text).split() if word not in beside]


def _match_all(
    parts: Sequence[str], offers: Sequence[Offer], elsewhere: Sequence[Offer]
) -> tuple[str, ...]:
    """Return all of the parts as offers; nothing if one of them is none, or they are too many."""
    named = [part for part in parts if part.strip()]
    if len(named) > MOST_PARTS * len(offers) or not _LIMITING.isdisjoint(map(plain, named)):
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
        begins = offer is not None and _begins(plain(offer.label), without_accents(label))
        return offer.id if offer and (not label or begins) else None
    for meant in dict.fromkeys((word, without_politeness(word))):
        found = _named(meant, offers)
        if len(found) == 1 and not _named(meant, elsewhere):
            return found[0]
    return None


def _named(word: str, offers: Sequence[Offer]) -> tuple[str, ...]:
    """Return the offers whose label a word is, or begins; else those that it is but a "yes".

    With its accents first: readers may be called *Zoë* and *Zoe*.
    """
    for compared in (folded, plain):
        typed = compared(word)
        for fits in (_is, _begins, _is_rest):
            if found := tuple(o.id for o in offers if fits(compared(o.label), typed)):
                return found
    return ()


def without_politeness(word: str) -> str:
    """Return words without what is only said to be friendly: *Oak, please*.

    Where nothing is left but a yes or no, it may ask for something else: *yes please*.
    """
    named = f" {word} "
    for polite in _POLITE:
        while f" {polite} " in named:
            named = named.replace(f" {polite} ", " ")
    named = named.strip()
    return named if named and without_accents(named) not in _BARE_YES_OR_NO else word


def has_number(text: str) -> bool:
    """Tell whether a number of a list may stand among these words."""
    return any(map(is_number, folded(text).split()))


def is_numbers(text: str) -> bool:
    """Tell whether these are nothing but numbers, as of a list."""
    words = folded(text).split()
    is_list = all(is_number(word) or _AND.fullmatch(word) for word in words)
    return is_list and any(map(is_number, words))  # "y" alone is a yes


def is_number(word: str) -> bool:
    """Tell whether a list could have this number; longer rows of digits are words."""
    return word.isdecimal() and len(word) <= MOST_DIGITS


def _is(label: str, word: str) -> bool:
    """Return whether a word is all of a label; ids are nobody's words, as nobody sees them."""
    return bool(word) and word == label


def _is_rest(label: str, word: str) -> bool:
    """Return whether words are a label without the word that only leads into it: *keep it*."""
    first, _, rest = label.partition(" ")
    leads_in = without_accents(first) in _LEADING_IN
    return " " in word and leads_in and (rest == word or rest.startswith(f"{word} "))


def _begins(label: str, word: str) -> bool:
    return len(word) >= PREFIX_LETTERS and label.startswith(word)
