"""Format a reply for Telegram: split its text into messages, and show its offers as buttons."""

import json
from dataclasses import replace

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.platforms.splitting import split, units
from bot.platforms.telegram.facts import MAX_UNITS
from handlers.messages import Offer, Reply

TICK = "✓ "
MOVES = frozenset({"back", "pause", "unsafe"})
"""Commands that answer nothing; they stand below those that do."""
MAX_LABEL_LENGTH = 34
"""The longest label that a phone shows whole; longer ones stand in the message as well."""
MAX_COPIED_UNITS = 256
"""The longest text that a button copies (Bot API, CopyTextButton)."""


def parts_of(reply: Reply) -> tuple[Reply, ...]:
    """Split a reply into messages that fit; only the last one has the question and its buttons."""
    return replace(reply, footer="").in_parts(split(full_text(reply), MAX_UNITS))


def full_text(reply: Reply) -> str:
    """Compose the whole text of a reply."""
    return "\n\n".join(part for part in (reply.text, _offer_list(reply)) if part)


def _offer_list(reply: Reply) -> str:
    """List the offers, if a button could not show all of a label."""
    if all(len(offer.label) <= MAX_LABEL_LENGTH for offer in reply.offers):
        return ""
    return "\n".join(f"{o.number or n}. {o.label}" for n, o in enumerate(reply.offers, 1))


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """Build the keyboard of a reply; return None if it has no buttons."""
    rows = [
        [InlineKeyboardButton(label, callback_data=data) for label, data in row]
        for row in buttons(reply)
    ]
    rows += [
        [InlineKeyboardButton(label, copy_text=CopyTextButton(number))]
        for label, number in copy_buttons(reply)
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def markup(reply: Reply) -> str:
    """Build the keyboard as the API's JSON, at a third of what the library's types cost.

    Return an empty text if the reply has no buttons.
    """
    rows: list[list[dict[str, object]]] = [
        [{"text": label, "callback_data": data} for label, data in row] for row in buttons(reply)
    ]
    rows += [
        [{"text": label, "copy_text": {"text": number}}] for label, number in copy_buttons(reply)
    ]
    return json.dumps({"inline_keyboard": rows}) if rows else ""


def buttons(reply: Reply) -> list[list[tuple[str, str]]]:
    """Return label and data of each button: a row for each offer, and two for the commands.

    An offer without a token has no button; it can only be typed.
    """
    moves = [command for command in reply.commands if command.id in MOVES]
    answers = [command for command in reply.commands if command.id not in MOVES]
    rows = [*([offer] for offer in reply.offers), answers, moves]
    labelled = ([_button(offer) for offer in row if offer.token] for row in rows)
    return [row for row in labelled if row]


def copy_buttons(reply: Reply) -> list[tuple[str, str]]:
    """Return label and text of each button that copies a number, below all others."""
    return [
        (copied.label, copied.number)
        for copied in reply.to_copy
        if 1 <= units(copied.number) <= MAX_COPIED_UNITS
    ]


def _button(offer: Offer) -> tuple[str, str]:
    return f"{TICK}{offer.label}" if offer.ticked else offer.label, offer.token
