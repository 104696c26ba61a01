"""Prepare messages for the inbox, in the same way on every platform."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.platforms.stored_messages import encode_message
from bot.runtime.admission import Arrival, Reason
from handlers.messages import IncomingMessage, UnusableMessage
from handlers.reporter.typed_text import is_press, stopping_words
from store.model.inbox import AcceptedMessage


def make_arrival(
    incoming: IncomingMessage, chat: str, sent: datetime | None, now: datetime
) -> Arrival:
    """Encode a message for the inbox; one from a time to come counts as sent now.

    ``sent`` is None where the platform does not say it.
    """
    at = now if sent is None else min(sent, now)
    stopping = stopping_words(incoming.heard)
    return Arrival(
        AcceptedMessage(incoming.id, chat, encode_message(incoming), at),
        partial(encode_marker, incoming),
        urgent=is_press(incoming.heard) or bool(stopping),
        stopping=stopping,
    )


def encode_marker(incoming: IncomingMessage, reason: Reason) -> bytes:
    """Encode what stands for messages that are left out, in place of the first of them.

    What is only said stands beside its message, which is deleted from the chat without it.
    """
    message = "" if reason is Reason.NEARLY else incoming.message
    return encode_message(replace(incoming, heard=UnusableMessage(reason), message=message))
