"""A chat that is shown on the page: what a platform would show of each message.

The text, its split into messages and the buttons are those of the platform's own adapter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.platforms.matrix.events import with_slash
from bot.platforms.matrix.formatting import split_reply
from bot.platforms.telegram.formatting import buttons, copy_buttons, parts_of
from handlers.effects import PlatformEffect
from handlers.messages import OutgoingFile, PlatformFacts, Reply
from store.model.accounts import Account

Json = dict[str, object]


@dataclass(slots=True)
class ChatMessage:
    """One message as the page shows it."""

    text: str = field(repr=False)
    mine: bool = False
    rows: list[list[tuple[str, str]]] = field(default_factory=list, repr=False)
    """Label and token of each button, in rows."""
    copies: list[tuple[str, str]] = field(default_factory=list, repr=False)
    """Label and text of each button that copies something, such as a number."""


@dataclass(slots=True)
class PageMessenger:
    """Sends to one chat on the page, which shows whatever is in ``messages``."""

    platform: PlatformFacts
    messages: dict[str, ChatMessage] = field(default_factory=dict, repr=False)
    last: int = 0
    left: bool = False
    """The bot has left the room, as on Matrix at the end of a talk."""

    @property
    def split(self) -> Callable[[Reply], tuple[Reply, ...]]:
        """The platform's way to split a reply into messages."""
        return parts_of if self.platform.buttons else split_reply

    def add(self, message: ChatMessage) -> str:
        """Show a message, and return its id."""
        self.last += 1
        self.messages[str(self.last)] = message
        return str(self.last)

    def read(self, typed: str) -> str:
        """Return what the platform's adapter makes of what was typed."""
        return typed if self.platform.buttons else with_slash(typed)

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        """Split a reply into messages."""
        return self.split(reply)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        """Show one message."""
        del to
        self.left = False
        rows = buttons(reply) if self.platform.buttons else []
        copies = copy_buttons(reply) if self.platform.buttons else []
        return (self.add(ChatMessage(reply.text, rows=rows, copies=copies)),)

    async def update_buttons(self, to: Account, message: str, reply: Reply) -> None:
        """Replace the buttons of a message, if it is still there."""
        del to
        if message in self.messages:
            self.messages[message].rows = buttons(reply)

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        """Take messages away; none remains."""
        del to, hour
        for message in messages:
            self.messages.pop(message, None)
        return 0

    async def leave(self, to: Account) -> None:
        """Leave the room, where a platform does that."""
        del to
        self.left = self.platform.leaves

    async def perform(self, effect: PlatformEffect) -> None:
        """Do nothing: a page needs no acknowledgement."""

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        """Show that a file came."""
        await self.send(to, Reply(f"[{file.name}]"))

    def as_json(self) -> list[Json]:
        """Return the messages for the page."""
        return [
            {
                "id": key,
                "mine": message.mine,
                "text": message.text,
                "rows": [
                    [{"label": label, "token": token} for label, token in row]
                    for row in message.rows
                ],
                "copies": [{"label": label, "text": text} for label, text in message.copies],
            }
            for key, message in self.messages.items()
        ]
