"""Slots for turns that cost much, so that everybody else waits for few of them."""

import asyncio
from dataclasses import dataclass, field
from functools import partial

from flows.folding import plain
from handlers.messages import (
    ButtonPress,
    IncomingMessage,
    TextMessage,
    UnresolvedPress,
)
from handlers.reporter.bare_words import BARE_COMMANDS
from handlers.reporter.typed_text import command_of
from handlers.staging import is_long

READING_TURNS = 8
"""Turns that open pieces at once, to show them."""

HANDOVER_TURNS = 2
"""Hand-overs at once: while one is written, the next may open its pieces. A hand-over costs as
much as four answers, and all that stand in one commit wait for each other."""


@dataclass(frozen=True, slots=True)
class TurnSlots:
    """The slots of one platform; those who came first have them first.

    A turn that hands over takes none for reading, so no two wait for each other.
    """

    reading: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, READING_TURNS), repr=False
    )
    handing_over: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, HANDOVER_TURNS), repr=False
    )


def may_hand_over(incoming: IncomingMessage) -> bool:
    """Return whether a message can be a second yes, as far as it says so itself.

    A command never is one, nor are the bare words that act: who stops, withdraws, erases or is
    not safe must not wait behind others who hand over.
    """
    match incoming.heard:
        case TextMessage(text):
            acts = command_of(text) is not None or plain(text) in BARE_COMMANDS
            return not acts and not is_long(incoming)
        case ButtonPress() | UnresolvedPress():
            return True
        case _:
            return False
