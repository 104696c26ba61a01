"""People who use Telegram, and the groups they are in: what they do reaches the bot as updates."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tests.doubles.telegram import kinds
from tests.doubles.telegram.methods import MOST_TEXT
from tests.doubles.telegram.wire import Json
from tests.doubles.telegram.world import Button, Chat, Message, World, text_body

Screen = tuple[Message, ...]
Wanted = str | Callable[[Screen], bool]


class Telegram(Protocol):
    """What people need of the double."""

    world: World

    def tell(self, kind: str, payload: Json) -> None:
        """Something happened that the bot may want to know."""


@dataclass(frozen=True, slots=True)
class Person:
    """One account; a second device of it is just the same person."""

    telegram: Telegram = field(repr=False)
    chat: Chat
    language: str = "en"
    """Of their app, as Telegram tells it."""

    @property
    def id(self) -> int:
        """Of the account, and of its chat with the bot."""
        return self.chat.id

    @property
    def user(self) -> Json:
        """The Bot API's User."""
        return {"id": self.id, "is_bot": False, **self.chat.named, "language_code": self.language}

    # What they see

    @property
    def screen(self) -> Screen:
        """What is in the chat now, oldest first; ``mine`` is what they wrote themselves."""
        return self.chat.screen

    @property
    def received(self) -> Screen:
        """Everything that the bot ever sent, also what is deleted."""
        return tuple(message for message in self.chat.history if not message.mine)

    async def wait(self, wanted: Wanted, seconds: float = 10) -> Screen:
        """Until the screen shows these words, or is as wanted."""
        try:
            async with asyncio.timeout(seconds):
                while not _shows(self.screen, wanted):
                    await self.chat.pulse.wait()
        except TimeoutError:
            what = repr(wanted) if isinstance(wanted, str) else "what was wanted"
            shown = "\n".join(f"  {m!r} {m.text!r}" for m in self.screen)
            raise AssertionError(f"no {what} within {seconds} s; the chat is:\n{shown}") from None
        return self.screen

    async def quiet(self, seconds: float = 0.2) -> Screen:
        """Until nothing has changed in the chat for so long."""
        while True:
            try:
                await asyncio.wait_for(self.chat.pulse.wait(), seconds)
            except TimeoutError:
                return self.screen

    # What they write

    async def say(self, text: str) -> Message:
        """A message; a long one goes in several, as the apps do it. The last one is returned."""
        *most, last = _pieces(text)
        for piece in most:
            self._write(text_body(piece))
        return self._write(text_body(last))

    async def send(self, kind: str, data: bytes = b"a file", size: int | None = None) -> Message:
        """Anything but plain words: see ``kinds.KINDS``."""
        file = self.telegram.world.keep_file(f"{kind}.bin", data, size)
        return self._write(kinds.body(kind, self.telegram.world, file, self.user))

    async def send_album(self, kind: str, parts: int) -> list[Message]:
        """Several pictures or files at once: one message for each part, as Telegram does it."""
        album = {"media_group_id": str(self.telegram.world.fresh_id())}
        file = self.telegram.world.keep_file(f"{kind}.bin", b"a file", None)
        body = kinds.body(kind, self.telegram.world, file, self.user)
        return [self._write({**body, **album}) for _ in range(parts)]

    def _write(self, body: Json) -> Message:
        assert not self.chat.refusal, "who has blocked the bot cannot write to it"
        self.chat.opened = True
        message = self.telegram.world.add(self.chat, self.user, body)
        self.telegram.tell("message", message.as_json())
        self.chat.pulse.ring()
        return message

    async def edit(self, message_id: int, text: str) -> None:
        """Other words in an own message."""
        message = self._own(message_id)
        message.body = text_body(text)
        message.edited = self.telegram.world.clock()
        self.telegram.tell("edited_message", message.as_json())
        self.chat.pulse.ring()

    async def delete(self, message_id: int) -> None:
        """Out of both apps. The bot is not told (there is no such update)."""
        self.telegram.world.delete(self._message(message_id), "person")

    async def ask_inline(self, query: str) -> None:
        """``@bot words`` in any chat, if inline mode is on."""
        number = self.telegram.world.fresh_id()
        asked = {"id": str(number), "from": self.user, "query": query, "offset": ""}
        self.telegram.tell("inline_query", asked)

    # What they press

    async def press(self, label: str, on: Message | int | None = None) -> str:
        """The newest button with these words, or that begins with them; the query's id."""
        message, button = self._button(label, on)
        assert button.data, f"the button {label!r} asks the bot nothing"
        return self._query(message.as_json(), button.data)

    async def press_data(self, message_id: int, data: str) -> str:
        """Any data from any message of this chat, deleted ones too, as a changed app could."""
        message = self._message(message_id)
        shown = message.as_json() if message.live else message.inaccessible()
        return self._query(shown, data)

    def _query(self, message: Json, data: str) -> str:
        world = self.telegram.world
        number = str(world.fresh_id())
        world.queries[number] = world.clock()
        query = {
            "id": number,
            "from": self.user,
            "chat_instance": str(self.id),
            "message": message,
            "data": data,
        }
        self.telegram.tell("callback_query", query)
        return number

    def _button(self, label: str, on: Message | int | None) -> tuple[Message, Button]:
        only = on.id if isinstance(on, Message) else on
        shown = [m for m in reversed(self.screen) if only in {None, m.id}]
        offered = [(message, button) for message in shown for button in message.buttons]
        same = (pair for pair in offered if pair[1].label == label)
        alike = (pair for pair in offered if pair[1].label.startswith(label))
        found = next(itertools.chain(same, alike), None)
        labels = [button.label for _, button in offered]
        assert found is not None, f"there is no button {label!r}, only {labels}"
        return found

    def _message(self, message_id: int) -> Message:
        return self.telegram.world.messages[self.id, message_id]

    def _own(self, message_id: int) -> Message:
        message = self._message(message_id)
        assert message.mine, "people edit only what they wrote"
        assert message.live, "what is deleted cannot be edited"
        return message

    # Leaving

    async def block(self) -> None:
        """The bot cannot write any more, and is told."""
        self._member("member", "kicked")
        self.chat.refusal = "bot was blocked by the user"

    async def unblock(self) -> None:
        """The bot can write again, and is told."""
        self.chat.refusal = ""
        self._member("kicked", "member")

    async def deactivate(self) -> None:
        """The account is gone; the bot is not told."""
        self.chat.refusal = "user is deactivated"

    def _member(self, old: str, new: str) -> None:
        changed = kinds.member_changed(self.telegram.world, self.chat, self.user, old, new)
        self.telegram.tell("my_chat_member", changed)


@dataclass(frozen=True, slots=True)
class Group:
    """A group or channel; anybody may have put the bot into it."""

    telegram: Telegram = field(repr=False)
    chat: Chat

    @property
    def received(self) -> Screen:
        """Everything that the bot ever sent there."""
        return tuple(message for message in self.chat.history if not message.mine)

    async def add_bot(self, by: Person) -> None:
        """Somebody puts the bot in."""
        self.chat.refusal = ""
        self._member(by, "left", "member")

    async def remove_bot(self, by: Person) -> None:
        """Somebody puts it out."""
        self.chat.refusal = f"bot was kicked from the {self.chat.kind} chat"
        self._member(by, "member", "kicked")

    async def say(self, by: Person, text: str) -> Message:
        """Somebody writes there."""
        return self._write("message", by.user, text)

    async def post(self, text: str) -> Message:
        """A channel writes."""
        return self._write("channel_post", {}, text)

    def _write(self, kind: str, sender: Json, text: str) -> Message:
        message = self.telegram.world.add(self.chat, sender, text_body(text))
        self.telegram.tell(kind, message.as_json())
        self.chat.pulse.ring()
        return message

    def _member(self, by: Person, old: str, new: str) -> None:
        changed = kinds.member_changed(self.telegram.world, self.chat, by.user, old, new)
        self.telegram.tell("my_chat_member", changed)


def _shows(screen: Screen, wanted: Wanted) -> bool:
    if callable(wanted):
        return wanted(screen)
    return any(folded(wanted) in folded(message.text) for message in screen)


def folded(text: str) -> str:
    """Without regard to where lines break."""
    return " ".join(text.split())


def _pieces(text: str) -> list[str]:
    """What the apps make of a text that is too long for one message."""
    pieces, rest = [], text
    while len(rest) > MOST_TEXT // 2:
        # Signs outside the basic plane count twice, so half of the limit always fits.
        pieces.append(rest[: MOST_TEXT // 2])
        rest = rest[MOST_TEXT // 2 :]
    return [*pieces, rest] if rest or not pieces else pieces
