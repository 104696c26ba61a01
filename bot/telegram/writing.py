"""From a reply to a message of Telegram: the words in parts that fit, the offers as buttons."""

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

BREAKS = ("\n\n", "\n", " ")


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
    rows = [[_button(offer)] for offer in reply.offers]
    if reply.commands:
        rows.append([_button(command) for command in reply.commands])
    return InlineKeyboardMarkup(rows) if rows else None


def _button(offer: Offer) -> InlineKeyboardButton:
    label = f"{TICK}{offer.label}" if offer.ticked else offer.label
    return InlineKeyboardButton(label, callback_data=offer.token)


def units(text: str) -> int:
    """Code units of UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, most: int = MOST_UNITS) -> list[str]:
    """Parts of at most so many units, between paragraphs, lines or words if that can be."""
    return list(_pieces(text, most)) or [""]


def _pieces(text: str, most: int) -> Iterator[str]:
    while units(text) > most:
        head = _head(text, most)
        at, gap = _last_break(head)
        yield head[:at].rstrip() or head
        text = text[at + gap :].lstrip("\n")
    if text.strip():
        yield text


def _head(text: str, most: int) -> str:
    """As many whole signs as fit."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def _last_break(head: str) -> tuple[int, int]:
    """Where to break, and how many signs of the break are left out."""
    for sign in BREAKS:
        at = head.rfind(sign)
        if at > 0 and head[:at].strip():
            return at, len(sign)
    return len(head), 0
