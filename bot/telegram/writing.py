"""From a reply to a message of Telegram: the words in parts that fit, the offers as buttons."""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit

from handlers.messages import Offer, Reply

MOST_UNITS = int(MessageLimit.MAX_TEXT_LENGTH)
"""Of UTF-16, in which Telegram counts."""

TICK = "✓ "
SHORT_LABEL = 34
"""Longer words are cut off on a button of a phone, so they stand in the message as well."""

BREAKS = (re.compile(r"\n\n"), re.compile(r"\n"), re.compile(r"\s"))
JOINER = "\u200d"
SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))


def parts_of(reply: Reply) -> tuple[Reply, ...]:
    """One message, or several if it is long; only the last one asks."""
    *most, last = split(shown(reply))
    quiet = replace(reply, question="", offers=(), commands=(), footer="")
    before = tuple(replace(quiet, text=text) for text in most)
    return (*before, replace(reply, text=last, footer=""))


def shown(reply: Reply) -> str:
    """All of the words."""
    return "\n\n".join(part for part in (reply.text, _listed(reply), reply.footer) if part)


def _listed(reply: Reply) -> str:
    """The offers, where a button could not show all of their words."""
    if all(len(offer.label) <= SHORT_LABEL for offer in reply.offers):
        return ""
    return "\n".join(f"{n}. {offer.label}" for n, offer in enumerate(reply.offers, 1))


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """A row for each offer, and one for the commands."""
    rows = [
        [InlineKeyboardButton(label, callback_data=data) for label, data in row]
        for row in buttons(reply)
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def markup(reply: Reply) -> str:
    """The same as the API's JSON, or nothing; a third of what the library's types cost."""
    rows = [
        [{"text": label, "callback_data": data} for label, data in row] for row in buttons(reply)
    ]
    return json.dumps({"inline_keyboard": rows}) if rows else ""


def buttons(reply: Reply) -> list[list[tuple[str, str]]]:
    """Words and data, row by row; what has no token can only be typed."""
    rows = [*([offer] for offer in reply.offers), list(reply.commands)]
    return [shown for row in rows if (shown := [_button(offer) for offer in row if offer.token])]


def _button(offer: Offer) -> tuple[str, str]:
    return f"{TICK}{offer.label}" if offer.ticked else offer.label, offer.token


def units(text: str) -> int:
    """Code units of UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, most: int = MOST_UNITS) -> list[str]:
    """Parts of at most so many units, between paragraphs, lines or words if that can be."""
    return list(_pieces(text.strip(), most)) or [""]


def _pieces(text: str, most: int) -> Iterator[str]:
    """What is blank where a part begins or ends is left out, as Telegram would do it."""
    while units(text) > most:
        at = _break(text, len(_head(text, most)))
        yield text[:at].rstrip()
        text = text[at:].lstrip()
    if text:
        yield text


def _head(text: str, most: int) -> str:
    """As many whole signs as fit."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def _break(text: str, most: int) -> int:
    """The last good place among so many signs."""
    for blank in BREAKS:
        places = (found.start() for found in blank.finditer(text, 1, most + 1))
        if (at := max(places, default=0)) > 0:
            return at
    return next((at for at in range(most, 0, -1) if not _belong(*text[at - 1 : at + 1])), most)


def _belong(before: str, after: str) -> bool:
    """Whether two signs of one word are shown as one."""
    joined = JOINER in {before, after} or after in SKIN_TONES
    return joined or unicodedata.category(after).startswith("M")
