"""Ask Telegram for updates, and confirm them only when all of a batch are on the disk.

Telegram keeps an update until a later request names a higher offset (Bot API, getUpdates), for 24
hours at most. The offset is not stored here: Telegram has it, and what was not confirmed comes
again and counts once. A copy of ours could only differ in a way that loses updates, because the
numbers begin anew after a quiet week.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from telegram import Update
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.platforms.telegram.failures import problem_of
from bot.platforms.telegram.http_transport import HttpTransport, Json, TooManyRequests
from bot.platforms.telegram.updates import KINDS, chat_of
from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import backoff
from bot.runtime.status import StatusReporter
from bot.runtime.waiting import run_unless_stopped, stopped_within

_log = logging.getLogger(__name__)

LONG_POLL_SECONDS = 30
ANSWER_SECONDS = 10.0
CONFIRM_SECONDS = 1.5
CHATS_AT_ONCE = 16

HandleUpdate = Callable[[Update], Awaitable[bool]]
"""Handles one update, and returns whether it may be confirmed to Telegram."""

DeleteWebhook = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Poller:
    """The polling loop of one connection; ``url`` holds the token."""

    transport: HttpTransport
    url: str = field(repr=False)
    handle_update: HandleUpdate
    status: StatusReporter
    stop: asyncio.Event
    delete_webhook: DeleteWebhook = field(repr=False)  # it is bound to a bot that shows its token
    """Called when somebody else gets the updates, which a webhook may be."""
    offset: int | None = field(default=None, repr=False)
    failures: int = 0
    chat_slots: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, CHATS_AT_ONCE), repr=False
    )

    async def run(self) -> None:
        """Poll until told to stop; raise ``InvalidToken`` if the token is taken away."""
        while not self.stop.is_set():
            try:
                updates = await self._poll()
                self.status.recovered()
                await self._handle(updates)
            except InvalidToken:
                raise
            except (TelegramError, _BatchNotCommitted) as error:
                await self._recover(error)
            else:
                self.failures = 0

    async def _poll(self) -> list[Json]:
        """Return the next updates; none if told to stop while waiting for them."""
        return await run_unless_stopped(self._ask(LONG_POLL_SECONDS), self.stop) or []

    async def _ask(self, seconds: int, **more: str) -> list[Json]:
        fields = {"timeout": str(seconds), "allowed_updates": json.dumps(KINDS), **more}
        if self.offset is not None:
            fields["offset"] = str(self.offset)
        return await self.transport.poll(self.url, fields, seconds + ANSWER_SECONDS)

    async def _handle(self, updates: Sequence[Json]) -> None:
        """Handle a batch, each chat in its order; confirm it if all of it is on the disk."""
        chats: defaultdict[int, list[Update]] = defaultdict(list)
        for update in sorted(updates, key=lambda u: int(u["update_id"])):
            parsed = _parse(update)
            if parsed is not None:
                chats[chat_of(parsed)].append(parsed)
        done = await asyncio.gather(*(self._handle_chat(chat) for chat in chats.values()))
        if not all(done):
            raise _BatchNotCommitted
        if updates:
            self.offset = max(int(u["update_id"]) for u in updates) + 1

    async def _handle_chat(self, updates: Sequence[Update]) -> bool:
        """Handle the updates of one chat in order; stop at the first that may not be confirmed."""
        async with self.chat_slots:
            for update in updates:
                if not await self.handle_update(update):
                    return False
        return True

    async def _recover(self, error: Exception) -> None:
        """Wait after an error, longer each time, or until told to stop."""
        wait = backoff(self.failures)
        self.failures += 1
        if isinstance(error, TooManyRequests):
            wait = error.after
        elif isinstance(error, TelegramError):
            self.status.report(problem_of(error), error)
        if isinstance(error, Conflict):
            with suppress(TelegramError):
                await self.delete_webhook()
        await stopped_within(self.stop, wait)

    async def confirm(self) -> None:
        """Confirm the last batch; if that fails, it comes again and counts once."""
        if self.offset is not None:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(CONFIRM_SECONDS):
                    await self._ask(0, limit="1")


class _BatchNotCommitted(Exception):
    """Some update of a batch is not on the disk, so none of them is confirmed."""


def _parse(raw: Json) -> Update | None:
    """Parse an update; one in an unknown form is ignored, so that it does not hold up others."""
    try:
        return Update.de_json(raw)
    except Exception as error:  # noqa: BLE001 - whatever a server sends
        event(_log, Event.UNREADABLE, error=error)
        return None
