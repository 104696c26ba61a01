"""Turn events of a room into messages. Only decrypted text counts as words of a person."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.matrix.facts import PLATFORM
from bot.platforms.matrix.http_client import Json
from bot.platforms.matrix.shown import split_answered, with_links
from handlers.messages import (
    EditedMessage,
    IncomingMessage,
    MessageContent,
    TextMessage,
    UnusableMessage,
)
from handlers.readers.commands import COMMANDS as READER_COMMANDS
from handlers.reporter.typed_text import BARE, behind_sign, command_of
from store.model.accounts import Account

MESSAGE = "m.room.message"
REACTION = "m.reaction"
STICKER = "m.sticker"
TEXT_KINDS = frozenset({"m.text", "m.emote"})
ANSWER_TYPES = (MESSAGE, "m.room.encrypted", REACTION, STICKER)
"""The types of event that can be an answer."""

COMMANDS = BARE | READER_COMMANDS
MAX_ID_BYTES = 255
"""The longest id (appendices, "Identifier grammar")."""
COMMAND_SIGN = "!"
"""Begins a command on Matrix: several apps keep the slash for themselves."""
EXCLAMATION_MARKS = "!！"
BETWEEN_APPS = (
    *("m.key.", "m.secret.", "m.room_key", "m.forwarded_room_key", "m.dummy", "m.room."),
    *("m.call.", "m.rtc.", "org.matrix.msc3401.", "org.matrix.msc4143.", "org.matrix.msc4075."),
    *("io.element.", "im.vector.", "m.widget", "m.typing", "m.receipt", "m.presence", "m.notice"),
)
"""How the types of events begin that apps send each other. What else is sent, a person sent."""
RINGS = frozenset({"m.call.invite", "m.call.notify", "org.matrix.msc4075.call.notify"})
"""A person calls."""
VERIFICATION = "m.key.verification.request"


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """An event of a room before it is decrypted; ``source`` is the whole of it."""

    id: str = field(repr=False)
    sender: str = field(repr=False)
    type: str
    content: Json = field(repr=False)
    source: Json = field(repr=False)

    @property
    def is_redacted(self) -> bool:
        """Whether its sender, or somebody else, removed what it said."""
        unsigned = self.source.get("unsigned")
        return isinstance(unsigned, dict) and "redacted_because" in unsigned

    @property
    def sent_millis(self) -> int:
        """When it was sent, as the sender's server says, in milliseconds since 1970."""
        return int(self.source["origin_server_ts"])


def parse_event(event: Any) -> RoomEvent | None:
    """Parse an event that is not state; None if it is malformed."""
    if not isinstance(event, dict) or not isinstance(event.get("content"), dict):
        return None
    ids = (event.get("event_id"), event.get("sender"), event.get("type"))
    if not all(isinstance(name, str) and is_id(name) for name in ids):
        return None
    if "state_key" in event:
        return None
    if not isinstance(event.get("origin_server_ts"), int):
        return None
    return RoomEvent(event["event_id"], event["sender"], event["type"], event["content"], event)


def answers_of(timeline: Iterable[Any], partner: str) -> list[RoomEvent]:
    """Return what an account sent that can be an answer, and was not redacted since."""
    return [
        event
        for event in map(parse_event, timeline)
        if event is not None
        and event.sender == partner
        and (event.type in ANSWER_TYPES or is_from_person(event.type))
        and event.content
        and not event.is_redacted
    ]


def is_id(name: str) -> bool:
    """Return whether this is written as an id; anything else could not be stored."""
    return name.isascii() and 0 < len(name) <= MAX_ID_BYTES


def incoming_message(event: RoomEvent, room_id: str, content: MessageContent) -> IncomingMessage:
    """Make the message that handlers take."""
    return IncomingMessage(event.id, Account(PLATFORM, event.sender, room_id), content, event.id)


def message_content(kind: str, content: Json, sender: str = "") -> MessageContent | None:
    """Read a decrypted event of a sender; None for what apps say to each other."""
    if kind == REACTION:
        return UnusableMessage("reaction")
    if kind != MESSAGE:
        unusable = UnusableMessage("call" if kind in RINGS else "")
        return unusable if is_from_person(kind) else None
    relation = content.get("m.relates_to")
    relation = relation if isinstance(relation, dict) else {}
    if relation.get("rel_type") == "m.replace":
        return _edited(content, relation)
    if isinstance(content.get("m.new_content"), dict):
        # The relation is outside of what is encrypted, and a server took it away.
        return _edited(content, {"event_id": ""})
    if content.get("msgtype") == "m.notice":
        return None
    return _text(content, sender, is_reply="m.in_reply_to" in relation)


def _text(content: Json, sender: str = "", *, is_reply: bool) -> MessageContent:
    """Read a text; what it answers is kept with it unless that are the bot's words."""
    body, kind = content.get("body"), content.get("msgtype")
    if kind == VERIFICATION:
        return UnusableMessage("verify")
    if not isinstance(body, str) or not isinstance(kind, str) or kind not in TEXT_KINDS:
        return UnusableMessage("")
    quoted, by, words = split_answered(body) if is_reply else ("", "", body)
    linked = with_links(words, content)
    shown = f"{quoted}\n{linked}" if quoted and by == sender else linked
    return TextMessage(with_slash(words), "" if shown == words else shown)


def _edited(content: Json, relation: Json) -> MessageContent | None:
    new, of = content.get("m.new_content"), relation.get("event_id")
    if not isinstance(new, dict) or not isinstance(of, str):
        return None
    text = _text(new, is_reply=False)
    return EditedMessage(text.text, of, text.whole) if isinstance(text, TextMessage) else text


def is_from_person(kind: str) -> bool:
    """Return whether a person sent what has this type, and waits for an answer."""
    return kind in RINGS or bool(kind and not kind.startswith(BETWEEN_APPS))


def with_slash(text: str) -> str:
    """Replace the exclamation mark before a command of the bot by a slash."""
    behind = behind_sign(text, EXCLAMATION_MARKS)
    if behind is None:
        return text
    slashed = f"/{behind}"
    command = command_of(slashed)
    return slashed if command and command[0] in COMMANDS and not behind[:1].isspace() else text
