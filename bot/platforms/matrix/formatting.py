"""From a reply to the content of events: words in parts that fit, choices by number."""

import re
from dataclasses import replace

from bot.platforms.matrix.events import COMMANDS, SIGN
from bot.platforms.matrix.http_client import Json
from bot.platforms.splitting import split
from handlers.messages import Reply

MOST_UNITS = 7_000
"""Of UTF-16: escaped, encrypted and in base64 still below the 65 kB of an event (room events)."""

SLASHED = re.compile(
    r"(?<![^\s(\[“‘\"'–—])/(" + "|".join(sorted(COMMANDS, key=len)[::-1]) + r")(?![\w/-]|\.\w)"
)
"""A command by itself: not in the middle of an address or of a path."""


def parts_of(reply: Reply) -> tuple[Reply, ...]:
    """One message, or several if it is long; only the last one asks."""
    *most, last = split(shown(reply), MOST_UNITS)
    quiet = replace(reply, question="", offers=(), commands=(), footer="")
    before = tuple(replace(quiet, text=text) for text in most)
    return (*before, replace(reply, text=last, offers=(), footer=""))


def shown(reply: Reply) -> str:
    """All of the words, with the choices and the commands as they can be typed."""
    listed = "\n".join(f"{n}. {offer.label}" for n, offer in enumerate(reply.offers, 1))
    text = reply.text if reply.told else typeable(reply.text)
    return "\n\n".join(part for part in (text, listed, typeable(reply.footer)) if part)


def typeable(text: str) -> str:
    """The bot's own words name commands by a slash, which several apps keep for themselves."""
    return SLASHED.sub(rf"{SIGN}\1", text)


def content_of(reply: Reply) -> Json:
    """A message; silent ones are notices, of which apps tell nobody (default push rules)."""
    hidden = reply.silent and not reply.for_reader
    return {"msgtype": "m.notice" if hidden else "m.text", "body": reply.text}
