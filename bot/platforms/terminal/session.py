"""Hold a conversation on the terminal, from the first line to the end of the input."""

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

    application: Application
    terminal: TerminalMessenger
    account: Account

    async def run(self, lines: AsyncIterable[Line]) -> bool:
        """Handle every line in turn, with the upkeep beside it.

        Return True if a conversation was finished. False means that the input ended inside one, or
        before one began, which is leaving and is answered with one sentence.
        """
        has_begun = has_draft = False
        conversations = self.application.conversations(self.terminal)
        async with self._upkeep(conversations):
            async with self._report_errors():
                await self._handle_line(conversations, "/start")
                has_begun = has_draft = await conversations.processor.has_draft(self.account)
            async for line in lines:
                async with self._report_errors(after_pause=line is None):
                    await self._handle_line(conversations, line)
                    has_draft = await conversations.processor.has_draft(self.account)
                has_begun = has_begun or has_draft
            if has_begun and not has_draft:
                return True
            async with self._report_errors():
                await conversations.hang_up(self.account, self._new_id())
            return False

    async def _handle_line(self, conversations: Conversations, line: Line) -> None:
        if line is None:
            await conversations.settle(self.account)
        else:
            await conversations.receive(
                IncomingMessage(self._new_id(), self.account, TextMessage(line))
            )

    @asynccontextmanager
    async def _report_errors(self, *, after_pause: bool = False) -> AsyncIterator[None]:
        """Answer an error with a sentence, so that the conversation goes on.

        A missing questionnaire and a screen that is gone are raised: they end the session.
        """
        try:
            yield
        except (UnknownRevision, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the talk goes on
            event(_log, Event.TURN_FAILED, error=error)
            if not after_pause:
                settings = self.application.settings
                texts = settings.language(settings.first_language).texts
                await self.terminal.send(self.account, failure_reply(texts))

    def _new_id(self) -> str:
        """Draw an id for a line, which has none of its own and is never delivered twice."""
        return self.application.entropy(ID_BYTES).hex()

    @asynccontextmanager
    async def _upkeep(self, conversations: Conversations) -> AsyncIterator[None]:
        task = asyncio.create_task(self._run_upkeep(conversations))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run_upkeep(self, conversations: Conversations) -> None:
        while True:
            await asyncio.sleep(UPKEEP_SECONDS)
            try:
                await self.application.run_upkeep()
                conversations.forget_results()
                async for _ in conversations.recalls.notify():
                    pass
                await conversations.settle(self.account)
            except Exception as error:  # noqa: BLE001 - the edge: the next round tries again
                event(_log, Event.UPKEEP_FAILED, error=error)


def terminal_account(name: str) -> Account:
    """Make an account of the terminal; its address is its name."""
    return Account("terminal", name, name)
