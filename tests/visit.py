"""The program opened on an installation, with somebody on each of three platforms in front of it.

The terminal, Telegram and Matrix stand here as what the program knows of them: their words, their
manners and ids of messages. No server is asked.
"""

import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.app import Application
from bot.platforms.matrix.facts import MATRIX
from bot.platforms.telegram.facts import TELEGRAM
from bot.platforms.terminal.adapter import terminal_platform
from bot.runtime.conversations import Conversations
from handlers.messages import EditedMessage, IncomingMessage, MessageContent, Reply, TextMessage
from store.model.accounts import Account
from tests.rig import Rig
from tests.unit.handlers.chats import Chat

PLATFORMS = {
    "terminal": terminal_platform(can_clear=True),
    "telegram": TELEGRAM,
    "matrix": MATRIX,
}


@dataclass
class Listening(Chat):
    """A chat that remembers, in order, who was told what."""

    told: list[tuple[str, Reply]] = field(default_factory=list)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        self.told.append((to.name, reply))
        return await super().send(to, reply)


@dataclass
class Visit:
    """One life of the program on an installation."""

    rig: Rig
    house: Application
    chats: dict[str, Listening]
    conversations: dict[str, Conversations]
    ids: Iterator[str]

    async def say(self, who: Account, *texts: str) -> list[Reply]:
        """Messages, one after the other; all that was answered to this account."""
        return [reply for text in texts for reply in await self.hear(who, TextMessage(text))]

    async def hear(
        self, who: Account, heard: MessageContent, *, sends: bool = True
    ) -> list[Reply]:
        """One message; if it is not sent, what it causes waits on the disk."""
        chat, here = self.chats[who.platform], self.conversations[who.platform]
        before, number = len(chat.told), next(self.ids)
        if isinstance(heard, TextMessage) and who.platform != "terminal":
            chat.standing[number] = (who.name, heard.text)
        of = heard.of if isinstance(heard, EditedMessage) else number
        message = "" if who.platform == "terminal" else of
        incoming = IncomingMessage(f"id-{number}", who, heard, message)
        if not sends:
            await here.processor.process(incoming)
            return []
        await here.receive(incoming)
        await here.settle(who)
        return self.told(who, before)

    async def waiting(self, platform: str) -> list[tuple[str, Reply]]:
        """Send what waits for anybody on a platform; what that was."""
        chat, here = self.chats[platform], self.conversations[platform]
        before = len(chat.told)
        for who in await self.house.stores.outbox.waiting_accounts(platform):
            await here.sender.send_waiting(who, quiet=True, late=True)
        return chat.told[before:]

    def told(self, who: Account, since: int = 0) -> list[Reply]:
        """What an account was told."""
        return [r for to, r in self.chats[who.platform].told[since:] if to == who.name]

    def shown(self, who: Account) -> str:
        """All of its texts."""
        return "\n\n".join(reply.text for reply in self.told(who))


@asynccontextmanager
async def visiting(rig: Rig, first: int = 1) -> AsyncIterator[Visit]:
    """Open it, and close it; ``first`` is the number of the first message."""
    async with rig.house() as house:
        chats = {name: Listening(platform) for name, platform in PLATFORMS.items()}
        conversations = {name: house.conversations(chat) for name, chat in chats.items()}
        numbers = iter(range(first, first + 100_000))
        for chat in chats.values():
            chat.numbers = numbers  # type: ignore[assignment]  # counts as well
        yield Visit(rig, house, chats, conversations, map(str, numbers))


def chance(seed: str) -> Callable[[int], bytes]:
    """Bytes that are the same each time."""
    return random.Random(seed).randbytes  # noqa: S311 - throw-away keys of a test
