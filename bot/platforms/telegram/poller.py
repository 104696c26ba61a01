"""Ask Telegram for updates, and confirm each only when it is on the disk.

Telegram keeps an update until a later request names a higher offset (Bot API, getUpdates), for 24
hours at most. The offset is not stored here: Telegram has it, and what was not confirmed comes
again and counts once. A copy of ours could only differ in a way that loses updates, because the
numbers begin anew after a quiet week.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.platforms.telegram.failures import problem_of
from bot.platforms.telegram.http_transport import HttpTransport, Json, TooManyRequests
from bot.platforms.telegram.update_handler import UpdateHandler
from bot.platforms.telegram.updates import KINDS
from bot.runtime.admission import Admission
from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import backoff
from bot.runtime.status import StatusReporter
from bot.runtime.waiting import run_meanwhile, run_unless_stopped, stopped_within

_log = logging.getLogger(__name__)

LONG_POLL_SECONDS = 30
MOST_UPDATES = 100
"""So many updates Telegram gives at once (Bot API, getUpdates)."""
ANSWER_SECONDS = 10.0
CONFIRM_SECONDS = 1.5
LOOK_SECONDS = 1.0
"""While a batch cannot be stored, it is looked for calls for help so often."""

DeleteWebhook = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Poller:
    """The polling loop of one connection; ``url`` holds the token."""

    transport: HttpTransport
    url: str = field(repr=False)
    updates: UpdateHandler
    admission: Admission
    status: StatusReporter
    stop: asyncio.Event
    delete_webhook: DeleteWebhook = field(repr=False)  # it is bound to a bot that shows its token
    """Called when somebody else gets the updates, which a webhook may be."""
    offset: int | None = field(default=None, repr=False)
    asked_for: int | None = field(default=None, repr=False)
    """The offset of the last request."""
    failures: int = 0

    async def run(self) -> None:
        """Poll until told to stop; raise ``InvalidToken`` if the token is taken away."""
        while not self.stop.is_set():
            try:
                await self._begin()
                await self._wait_for_room()
                again = self.asked_for == self.offset
                self.admission.watermark.asking()
                updates = await self._poll()
                self.status.recovered()
                await self._accept(updates)
                if not self.stop.is_set() and not _may_leave_out(updates, again=again):
                    self.admission.watermark.caught_up()
            except InvalidToken:
                raise
            except (TelegramError, _NotStored) as error:
                await self._recover(error)
            else:
                self.failures = 0

    async def _begin(self) -> None:
        """Go on with what waits since an earlier connection; raise if that cannot be done yet."""
        try:
            await self._store(self.admission.begin())
        except _NotStored:
            await self._look()
            raise

    async def _wait_for_room(self) -> None:
        """Wait until more may be taken; calls for help are looked for meanwhile."""
        has_room = run_unless_stopped(self.admission.has_room(), self.stop)
        await run_meanwhile(has_room, LOOK_SECONDS, self._look)

    async def _poll(self) -> list[Json]:
        """Return the next updates; none if told to stop while waiting for them.

        When none came, all before the offset is confirmed, and the offset is dropped: after a
        quiet week the numbers may begin below it, and it would confirm what was never given.
        """
        updates = await run_unless_stopped(self._ask(LONG_POLL_SECONDS), self.stop)
        if updates is None:
            return []
        if not updates:
            self.offset = None
        return updates

    async def _ask(self, seconds: int, **more: str) -> list[Json]:
        self.asked_for = self.offset
        fields = {"timeout": str(seconds), "allowed_updates": json.dumps(KINDS), **more}
        if self.offset is not None:
            fields["offset"] = str(self.offset)
        return await self.transport.poll(self.url, fields, seconds + ANSWER_SECONDS)

    async def _accept(self, updates: Sequence[Json]) -> None:
        """Have a batch stored, and go on behind it.

        Raise if it is not on the disk: it is not confirmed, and comes again.
        """
        if not updates:
            return
        await self._store(self.updates.accept(sorted(updates, key=_number)))
        self.offset = max(map(_number, updates)) + 1

    async def _store(self, storing: Coroutine[Any, Any, None]) -> None:
        """Await something that writes to the disk; raise ``_NotStored`` if it cannot.

        Calls for help are looked for meanwhile.
        """
        try:
            await run_meanwhile(storing, LOOK_SECONDS, self._look)
        except Exception as error:
            event(_log, Event.TURN_FAILED, error=error)
            raise _NotStored from error

    async def _look(self) -> None:
        """Look for calls for help among what came while a batch cannot be stored."""
        with suppress(TelegramError):
            self.updates.look(await run_unless_stopped(self._ask(0), self.stop) or ())

    async def _recover(self, error: Exception) -> None:
        """Wait after an error, longer each time, or until told to stop."""
        wait = LOOK_SECONDS if isinstance(error, _NotStored) else backoff(self.failures)
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
        """Confirm what is done; if that fails, it comes again and counts once."""
        if self.offset is not None:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(CONFIRM_SECONDS):
                    await self._ask(0, limit="1")


class _NotStored(Exception):
    """The disk was in the way: a batch is not on it, and not confirmed, or what waits not read."""


def _may_leave_out(updates: Sequence[Json], *, again: bool) -> bool:
    """Return whether Telegram may have more updates than it gave.

    Whoever asks ``again`` for the same ones soon gets a single one (tdlib/telegram-bot-api,
    ``process_get_updates_query``).
    """
    return len(updates) >= MOST_UPDATES or (again and len(updates) == 1)


def _number(update: Json) -> int:
    return int(update["update_id"])
