"""A talk on the terminal, from the first line to the end of the input."""

import asyncio
import logging
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from bot.app import Application
from bot.platforms.terminal.adapter import Line, TerminalMessenger
from bot.runtime.conversations import Conversations
from bot.runtime.logs import Event, event
from handlers.messages import IncomingMessage, TextMessage
from handlers.turn import failure_reply
from store.model.accounts import Account
from store.model.errors import UnknownRevision

_log = logging.getLogger(__name__)

UPKEEP_SECONDS = 60.0
ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Session:
    """One account at one screen."""

    house: Application
    terminal: TerminalMessenger
    who: Account

    async def run(self, lines: AsyncIterable[Line]) -> bool:
        """Every line in turn; what is due meanwhile is done beside it.

        True if a talk was finished; False if the input ended inside one, or before one began,
        which is leaving and is answered with one sentence.
        """
        begun = talking = False
        conversations = self.house.conversations(self.terminal)
        async with self._upkeep(conversations):
            async with self._edge():
                await self._hear(conversations, "/start")
                begun = talking = await conversations.processor.has_draft(self.who)
            async for line in lines:
                async with self._edge(nobody_asked=line is None):
                    await self._hear(conversations, line)
                    talking = await conversations.processor.has_draft(self.who)
                begun = begun or talking
            if begun and not talking:
                return True
            async with self._edge():
                await conversations.hang_up(self.who, self._id())
            return False

    async def _hear(self, conversations: Conversations, line: Line) -> None:
        if line is None:
            await conversations.settle(self.who)
        else:
            await conversations.receive(IncomingMessage(self._id(), self.who, TextMessage(line)))

    @asynccontextmanager
    async def _edge(self, *, nobody_asked: bool = False) -> AsyncIterator[None]:
        """An error inside ends no talk: it is said, and the question stands.

        Not so a missing questionnaire or a screen that is gone: whoever started this ends it.
        """
        try:
            yield
        except (UnknownRevision, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the talk goes on
            event(_log, Event.TURN_FAILED, error=error)
            if not nobody_asked:
                await self.terminal.send(self.who, failure_reply())

    def _id(self) -> str:
        """A line has no id of its own, and is never delivered twice."""
        return self.house.entropy(ID_BYTES).hex()

    @asynccontextmanager
    async def _upkeep(self, conversations: Conversations) -> AsyncIterator[None]:
        task = asyncio.create_task(self._keep_up(conversations))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _keep_up(self, conversations: Conversations) -> None:
        while True:
            await asyncio.sleep(UPKEEP_SECONDS)
            try:
                await self.house.upkeep.run(self.house.clock())
                async for _ in conversations.recalls.notify():
                    pass
                await conversations.settle(self.who)
            except Exception as error:  # noqa: BLE001 - the edge: the next round tries again
                event(_log, Event.UPKEEP_FAILED, error=error)


def terminal_account(name: str) -> Account:
    """An account of the terminal platform; its address is itself."""
    return Account("terminal", name, name)
