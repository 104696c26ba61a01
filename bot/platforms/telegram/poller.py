"""Asks Telegram for updates, and confirms them only when all of a batch are on the disk.

Telegram keeps an update until a later request names a higher offset (Bot API, getUpdates), for 24
hours at most. The offset is not stored here: Telegram has it, and what was not confirmed comes
again and counts once. A copy of ours could only differ in the direction that loses, because the
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

from bot.platforms.telegram.failures import TelegramStatus
from bot.platforms.telegram.http_transport import HttpTransport, Json, TooManyRequests
from bot.platforms.telegram.updates import KINDS, chat_of
from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import backoff

_log = logging.getLogger(__name__)

LONG_POLL_SECONDS = 30
ANSWER_SECONDS = 10.0
LAST_SECONDS = 1.5
LANES = 16

Hear = Callable[[Update], Awaitable[bool]]
"""Handles one update; whether it is on the disk now, or needs nothing there."""

Free = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Poller:
    """The loop; ``url`` holds the token."""

    carrier: HttpTransport
    url: str = field(repr=False)
    hear: Hear
    herald: TelegramStatus
    stop: asyncio.Event
    free: Free
    """Called where somebody else gets the updates: perhaps a web address does."""
    offset: int | None = None
    failures: int = 0
    width: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, LANES), repr=False)

    async def run(self) -> None:
        """Until told to stop; raises ``InvalidToken`` if the token is taken away."""
        while not self.stop.is_set():
            try:
                updates = await self._poll()
                self.herald.fine()
                await self._handle(updates)
            except InvalidToken:
                raise
            except (TelegramError, _Uncommitted) as error:
                await self._recover(error)
            else:
                self.failures = 0

    async def _poll(self) -> list[Json]:
        """The next updates; none if told to stop while waiting."""
        ask = asyncio.ensure_future(self._ask(LONG_POLL_SECONDS))
        stop = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait({ask, stop}, return_when=asyncio.FIRST_COMPLETED)
            return ask.result() if ask.done() else []
        finally:
            for task in (ask, stop):
                task.cancel()
            await asyncio.gather(ask, stop, return_exceptions=True)

    async def _ask(self, seconds: int, **more: str) -> list[Json]:
        fields = {"timeout": str(seconds), "allowed_updates": json.dumps(KINDS), **more}
        if self.offset is not None:
            fields["offset"] = str(self.offset)
        return await self.carrier.poll(self.url, fields, seconds + ANSWER_SECONDS)

    async def _handle(self, updates: Sequence[Json]) -> None:
        """All of a batch, each chat in its order; it is confirmed if all are on the disk."""
        chats: defaultdict[int, list[Update]] = defaultdict(list)
        for update in sorted(updates, key=lambda u: int(u["update_id"])):
            read = _read(update)
            if read is not None:
                chats[chat_of(read)].append(read)
        done = await asyncio.gather(*(self._lane(chat) for chat in chats.values()))
        if not all(done):
            raise _Uncommitted
        if updates:
            self.offset = max(int(u["update_id"]) for u in updates) + 1

    async def _lane(self, updates: Sequence[Update]) -> bool:
        """Nothing later is handled before what comes first is on the disk."""
        async with self.width:
            for update in updates:
                heard = await self.hear(update)
                if not heard:
                    return False
        return True

    async def _recover(self, error: Exception) -> None:
        """Wait a little, longer each time; being told to stop ends it."""
        wait = backoff(self.failures)
        self.failures += 1
        if isinstance(error, TooManyRequests):
            wait = error.after
        elif isinstance(error, TelegramError):
            self.herald.trouble(error)
        if isinstance(error, Conflict):
            with suppress(TelegramError):
                await self.free()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), wait)

    async def confirm(self) -> None:
        """The last batch; if it fails, it comes again and counts once."""
        if self.offset is not None:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(LAST_SECONDS):
                    await self._ask(0, limit="1")


class _Uncommitted(Exception):
    """Something of a batch is not on the disk, so none of it is confirmed."""


def _read(raw: Json) -> Update | None:
    """An update of a form that nobody knows is left out: it must not hold up all others."""
    try:
        return Update.de_json(raw)
    except Exception as error:  # noqa: BLE001 - whatever a server sends
        event(_log, Event.UNREADABLE, error=error)
        return None
