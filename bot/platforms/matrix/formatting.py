"""Turn replies into the content of events: text in parts that fit, choices by number."""

import re
from dataclasses import replace

from bot.platforms.matrix.events import COMMAND_SIGN, COMMANDS
from bot.platforms.matrix.http_client import Json
from bot.platforms.splitting import split
from handlers.messages import Reply

MAX_TEXT_UNITS = 7_000
"""UTF-16 code units: escaped, encrypted and in base64 they fit into an event of 65 kB."""

SLASHED = re.compile(
    r"(?<![^\s(\[“‘\"'–—])/(" + "|".join(sorted(COMMANDS, key=len)[::-1]) + r")(?![\w/-]|\.\w)"
)
"""Matches a command that stands alone, not one inside an address or a path."""


def split_reply(reply: Reply) -> tuple[Reply, ...]:
    """Split a reply into messages that fit; only the last one asks a question."""
    written_out = replace(reply, offers=(), footer="")
    return written_out.in_parts(split(full_text(reply), MAX_TEXT_UNITS))


def full_text(reply: Reply) -> str:
    """Return the text of a reply with its choices, and its commands as they can be typed."""
    numbered = ((offer.number or n, offer.label) for n, offer in enumerate(reply.offers, 1))
    listed = "\n".join(f"{number}. {label}" for number, label in numbered)
    text = reply.text if reply.told else typeable(reply.text)
    return "\n\n".join(part for part in (text, listed, typeable(reply.footer)) if part)


def typeable(text: str) -> str:
    """Replace the slash of commands: several apps keep it for themselves."""
    return SLASHED.sub(rf"{COMMAND_SIGN}\1", text)


def event_content(reply: Reply) -> Json:
    """Make a message's content; a silent one is a notice, which rings no phone (push rules)."""
    quiet = reply.silent and not reply.for_reader
    return {"msgtype": "m.notice" if quiet else "m.text", "body": reply.text}
