"""What Telegram's servers know: chats, messages, files, who asked what."""

import asyncio
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.doubles.telegram.schema import utf16_units
from tests.doubles.telegram.wire import Json, bad

COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(@\w+)?")
LINK = re.compile(r"https?://\S*\w")
Clock = Callable[[], float]


class Pulse:
    """Wakes everybody who waits for a change."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Something changed."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self) -> None:
        """Until the next change."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)


@dataclass(frozen=True, slots=True)
class Button:
    """One button under a message."""

    label: str = field(repr=False)
    data: str = field(default="", repr=False)
    url: str = ""
    copies: str = ""
    """What a press puts into the clipboard; the bot hears nothing of it."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as Telegram keeps it."""

    id: str
    path: str
    name: str = field(repr=False)
    data: bytes = field(repr=False)
    size: int
    """May be more than there is data: nobody wants to hold 20 MB in a test."""


@dataclass(slots=True, eq=False)
class Chat:
    """A private chat, a group or a channel."""

    id: int
    kind: str
    named: Json = field(repr=False)
    """First name of a person, title of a group."""
    opened: bool = False
    """The bot may write: the person wrote first, or the bot is in the group."""
    refusal: str = ""
    """Why the bot may not write, in Telegram's words behind "Forbidden: "."""
    history: list["Message"] = field(default_factory=list, repr=False)
    pulse: Pulse = field(default_factory=Pulse, repr=False)

    def as_json(self) -> Json:
        """The Bot API's Chat."""
        return {"id": self.id, "type": self.kind, **self.named}

    @property
    def screen(self) -> tuple["Message", ...]:
        """What can be seen in it now."""
        return tuple(message for message in self.history if message.live)


@dataclass(slots=True, eq=False)
class Message:
    """One message; it stays known when it is deleted."""

    id: int
    chat: Chat
    sender: Json = field(repr=False)
    """Empty for a post in a channel."""
    at: float
    body: Json = field(repr=False)
    """What the Bot API's Message has besides the frame: text, entities, document, sticker …"""
    keyboard: list[list[Json]] = field(default_factory=list, repr=False)
    protected: bool = False
    silent: bool = False
    edited: float | None = None
    live: bool = True
    file: StoredFile | None = None

    def __repr__(self) -> str:
        state = "" if self.live else ", deleted"
        return f"Message({self.id}, {'person' if self.mine else 'bot'}{state})"

    @property
    def mine(self) -> bool:
        """Written by the person in whose chat it stands, not by the bot."""
        return not self.sender.get("is_bot")

    @property
    def text(self) -> str:
        """Its words, or those under its file."""
        return str(self.body.get("text", self.body.get("caption", "")))

    @property
    def document(self) -> bytes | None:
        """The bytes of its file."""
        return self.file.data if self.file else None

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.file.name if self.file else ""

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons, row by row."""
        row = itertools.chain.from_iterable(self.keyboard)
        return tuple(
            Button(
                b["text"],
                b.get("callback_data", ""),
                b.get("url", ""),
                b.get("copy_text", {}).get("text", ""),
            )
            for b in row
        )

    def as_json(self) -> Json:
        """The Bot API's Message."""
        frame: Json = {"message_id": self.id, "date": int(self.at), "chat": self.chat.as_json()}
        frame["from" if self.sender else "sender_chat"] = self.sender or self.chat.as_json()
        if self.edited is not None:
            frame["edit_date"] = int(self.edited)
        if self.keyboard:
            frame["reply_markup"] = {"inline_keyboard": self.keyboard}
        if self.protected:
            frame["has_protected_content"] = True
        return frame | self.body

    def inaccessible(self) -> Json:
        """The Bot API's InaccessibleMessage: what is left of a deleted one."""
        return {"message_id": self.id, "date": 0, "chat": self.chat.as_json()}


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message that went, and who wanted that: "bot" or "person"."""

    chat: int
    message: int
    by: str


@dataclass(slots=True)
class World:
    """All chats of one bot."""

    clock: Clock = field(repr=False)
    bot: Json
    chats: dict[int, Chat] = field(default_factory=dict)
    messages: dict[tuple[int, int], Message] = field(default_factory=dict, repr=False)
    files: dict[str, StoredFile] = field(default_factory=dict, repr=False)
    queries: dict[str, float] = field(default_factory=dict, repr=False)
    """Callback queries that were not answered yet, and when they were asked."""
    deleted: list[Deleted] = field(default_factory=list)
    sent: int = 0
    """How many messages the bot sent."""
    _message_ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def fresh_id(self) -> int:
        """For queries, polls and files: unlike any before, and long as Telegram's are."""
        return 4_000_000_000_000_000_000 + next(self._ids)

    def chat(self, chat_id: object) -> Chat:
        """A chat that the bot knows."""
        if chat_id is None:
            raise bad("chat_id is empty")
        known = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if known is None or not known.opened:
            raise bad("chat not found")
        return known

    def add(self, chat: Chat, sender: Json, body: Json, file: StoredFile | None = None) -> Message:
        """A new message. Ids grow over all chats: that catches what ids per chat would hide."""
        message = Message(next(self._message_ids), chat, sender, self.clock(), body, file=file)
        chat.history.append(message)
        self.messages[chat.id, message.id] = message
        return message

    def live(self, chat: Chat, message_id: object, otherwise: str) -> Message:
        """A message that is still there."""
        if not isinstance(message_id, int):
            raise bad("message identifier is not specified")
        found = self.messages.get((chat.id, message_id))
        if found is None or not found.live:
            raise bad(otherwise)
        return found

    def delete(self, message: Message, by: str) -> None:
        """It goes from both apps (Bot API, deleteMessage)."""
        message.live = False
        self.deleted.append(Deleted(message.chat.id, message.id, by))
        message.chat.pulse.ring()

    def keep_file(self, name: str, data: bytes, size: int | None = None) -> StoredFile:
        """A file that can be downloaded by its id."""
        number = self.fresh_id()
        path = f"documents/file_{number}"
        stored = StoredFile(f"BQAC{number}", path, name, data, len(data) if size is None else size)
        self.files[stored.id] = stored
        return stored


def text_body(text: str) -> Json:
    """Text as Telegram keeps it: trimmed, with the entities that it finds by itself."""
    trimmed = text.strip()
    found = [
        {
            "type": kind,
            "offset": utf16_units(trimmed[: match.start()]),
            "length": utf16_units(match[0]),
        }
        for kind, pattern in (("bot_command", COMMAND), ("url", LINK))
        for match in pattern.finditer(trimmed)
    ]
    return {"text": trimmed, "entities": found} if found else {"text": trimmed}
