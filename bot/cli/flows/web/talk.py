"""The talk that goes on beside the edit pane: one questionnaire, on two platforms at once.

Everything but the network is the bot's own: the decision, the store, the words, the buttons. The
organisation is made up, lies in a temporary folder and is deleted with it.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.app import Application, open_application
from bot.cli.flows.made_up import TalkRecorder, make_organisation
from bot.cli.flows.web.chat import ChatMessage, Json, PageMessenger
from bot.demo.trial import TrialClock
from bot.errors import UsageError
from bot.platforms.matrix.facts import MATRIX
from bot.platforms.telegram.facts import TELEGRAM
from bot.runtime.conversations import Conversations
from bot.runtime.logs import Event, event
from flows import Flow
from flows.tools.direction import writing_direction
from handlers.messages import IncomingMessage, MessageContent, TextMessage, UnresolvedPress
from handlers.turn import failure_reply
from store.model.accounts import Account
from store.model.snapshot import Snapshot

_log = logging.getLogger(__name__)

SHOWN = (TELEGRAM, MATRIX)
ID_BYTES = 16


@dataclass(slots=True)
class PageChat:
    """One chat of the talk."""

    messenger: PageMessenger
    conversations: Conversations
    recorder: TalkRecorder
    allowed: str = ""

    async def receive(self, content: MessageContent, message: str = "", on: str = "") -> None:
        """Handle one message, and everything that it causes."""
        incoming = IncomingMessage(
            secrets.token_hex(ID_BYTES), self.recorder.account, content, message, on
        )
        try:
            await self.conversations.receive(incoming)
        except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the talk goes on
            event(_log, Event.TURN_FAILED, error=error)
            account = self.recorder.account
            texts = self.conversations.snapshots.view_of(Snapshot(), account).texts
            await self.messenger.send(account, failure_reply(texts))
        self.allowed = await self.recorder.observe() or ""

    async def say(self, typed: str) -> None:
        """Show and handle what was typed."""
        number = self.messenger.add(ChatMessage(typed, mine=True))
        await self.receive(TextMessage(self.messenger.read(typed)), number)

    async def settle(self) -> None:
        """End a burst of messages: what was held back until then is said."""
        await self.conversations.settle(self.recorder.account)

    def as_json(self) -> Json:
        """Return the chat for the page."""
        return {
            "messages": self.messenger.as_json(),
            "allowed": self.allowed,
            "left": self.messenger.left,
        }


@dataclass(frozen=True, slots=True)
class PageTalk:
    """One talk, in a chat on each platform."""

    flow: Flow
    chats: dict[str, PageChat]

    def chat(self, platform: object) -> PageChat:
        """Return a chat.

        :raises UsageError: there is none on this platform.
        """
        found = self.chats.get(platform) if isinstance(platform, str) else None
        if found is None:
            raise UsageError("There is no chat of this name on the page.")
        return found

    async def press(self, platform: object, message: str, token: str) -> None:
        """Press a button of a message that still has it."""
        chat = self.chat(platform)
        shown = chat.messenger.messages.get(message)
        if shown is not None and any(token == data for row in shown.rows for _, data in row):
            await chat.receive(UnresolvedPress(token), on=message)

    def as_json(self) -> Json:
        """Return all chats for the page."""
        words: Json = {
            "lang": self.flow.language,
            "dir": writing_direction(self.flow.language),
        }
        return {name: chat.as_json() | words for name, chat in self.chats.items()}


@asynccontextmanager
async def open_talk(folder: Path, flow: Flow, text: str) -> AsyncIterator[PageTalk]:
    """Begin a talk in a new organisation in this folder, from hello."""
    config = await asyncio.to_thread(make_organisation, folder, flow, text)
    clock = TrialClock()
    async with open_application(config, clock, secrets.token_bytes) as application:
        chats = {facts.name: _chat(application, clock, PageMessenger(facts)) for facts in SHOWN}
        for chat in chats.values():
            await chat.receive(TextMessage("/start"))
        yield PageTalk(flow, chats)


def _chat(application: Application, clock: TrialClock, messenger: PageMessenger) -> PageChat:
    name = messenger.platform.name
    recorder = TalkRecorder(application, messenger, clock, Account(name, "you", "you"))
    return PageChat(messenger, application.conversations(messenger), recorder)
