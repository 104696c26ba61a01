"""From a reply to a message of Telegram: the words in parts that fit, the offers as buttons."""

import json
from dataclasses import replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit

from bot.platforms.splitting import split
from handlers.messages import Offer, Reply

MOST_UNITS = int(MessageLimit.MAX_TEXT_LENGTH)
"""Of UTF-16, in which Telegram counts."""

TICK = "✓ "
SHORT_LABEL = 34
"""Longer words are cut off on a button of a phone, so they stand in the message as well."""


def parts_of(reply: Reply) -> tuple[Reply, ...]:
    """One message, or several if it is long; only the last one asks."""
    *most, last = split(shown(reply), MOST_UNITS)
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
