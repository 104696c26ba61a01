"""From an event of a room to what was heard. Only what came encrypted is ever taken for words."""

import re
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.matrix.http_client import Json
from handlers.messages import (
    EditedMessage,
    IncomingMessage,
    MessageContent,
    TextMessage,
    UnusableMessage,
)
from handlers.readers.commands import COMMANDS as READER_COMMANDS
from handlers.reporter.typed_text import BARE
from store.model.accounts import Account

PLATFORM = "matrix"
MESSAGE = "m.room.message"
REACTION = "m.reaction"
STICKER = "m.sticker"
WORDS = frozenset({"m.text", "m.emote"})
KINDS = (MESSAGE, "m.room.encrypted", REACTION, STICKER)
"""What can be somebody's answer."""

COMMANDS = BARE | READER_COMMANDS
LONGEST_NAME = 255
"""Bytes of an id (appendices, "Identifier grammar")."""
SIGN = "!"
"""Begins a command here: several apps keep the slash for themselves."""
COMMAND = re.compile(r"!([A-Za-z]+)(?=\s|$)")
QUOTED = re.compile(r"> ?")
ANSWERED = re.compile(r"> (\* )?<@[^>\n]+>")
"""How the message that is answered begins, where an app repeats it: by whom it is."""


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """An event as it stands in the room: from whom, and what is known of its place."""

    id: str = field(repr=False)
    sender: str = field(repr=False)
    type: str
    content: Json = field(repr=False)
    source: Json = field(repr=False)


def plain(event: Any) -> RoomEvent | None:
    """An event of a form that can be looked at; else nothing."""
    if not isinstance(event, dict) or not isinstance(event.get("content"), dict):
        return None
    named = (event.get("event_id"), event.get("sender"), event.get("type"))
    if not all(isinstance(name, str) and is_name(name) for name in named):
        return None
    if "state_key" in event:
        return None
    if not isinstance(event.get("origin_server_ts"), int):
        return None
    return RoomEvent(event["event_id"], event["sender"], event["type"], event["content"], event)


def is_name(name: str) -> bool:
    """As ids are written; what is not could never be kept, and would hold up all others."""
    return name.isascii() and 0 < len(name) <= LONGEST_NAME


def incoming(event: RoomEvent, room: str, heard: MessageContent) -> IncomingMessage:
    """As the handlers take it."""
    return IncomingMessage(event.id, Account(PLATFORM, event.sender, room), heard, event.id)


def heard(kind: str, content: Json) -> MessageContent | None:
    """What a decrypted event says; nothing for what nobody means as an answer."""
    if kind == REACTION:
        return UnusableMessage("reaction")
    if kind != MESSAGE:
        return UnusableMessage("") if kind == STICKER or _asks(kind) else None
    relation = content.get("m.relates_to")
    relation = relation if isinstance(relation, dict) else {}
    if relation.get("rel_type") == "m.replace":
        return _edited(content, relation)
    if content.get("msgtype") == "m.notice":
        return None
    return _words(content, is_reply="m.in_reply_to" in relation)


def _words(content: Json, *, is_reply: bool) -> MessageContent:
    body, kind = content.get("body"), content.get("msgtype")
    if not isinstance(body, str) or not isinstance(kind, str) or kind not in WORDS:
        return UnusableMessage("")
    return TextMessage(command(_unquoted(body) if is_reply else body))


def _edited(content: Json, relation: Json) -> MessageContent | None:
    new, of = content.get("m.new_content"), relation.get("event_id")
    if not isinstance(new, dict) or not isinstance(of, str):
        return None
    words = _words(new, is_reply=False)
    return EditedMessage(words.text, of) if isinstance(words, TextMessage) else words


def _asks(kind: str) -> bool:
    """Polls, places, voice: sent on purpose, and not to be taken; keys and calls are not."""
    return kind.startswith(("m.poll", "org.matrix.msc3381.poll", "m.location", "m.beacon"))


def _unquoted(body: str) -> str:
    """Without the message that is answered, which older apps put before the answer.

    What somebody quotes in their own words stays: it is part of what they tell.
    """
    if not ANSWERED.match(body):
        return body
    lines = body.split("\n")
    while lines and QUOTED.match(lines[0]):
        lines.pop(0)
    return "\n".join(lines).lstrip("\n") or body


def command(text: str) -> str:
    """With a slash where a command of the bot stands behind an exclamation mark."""
    stripped = text.lstrip()
    found = COMMAND.match(stripped)
    if found and found[1].casefold() in COMMANDS:
        return "/" + stripped[1:]
    return text
