"""Know after a restart what the program may have died of, so that it does not for ever.

What waited when the program started is counted before it is handled, and no more once it waits for
something else. If the program ends meanwhile, the count stays. Whatever has one is handled alone
from then on, so that what kills the program takes no count of anybody else's with it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from bot.runtime.logs import Event, event
from store.inbox.inbox_store import InboxStore
from store.model.inbox import InboxRow, WaitingMessage

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StartRecorder:
    """Record what is being handled of what waited at the start of this run."""

    inbox: InboxStore
    alone: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    earlier: dict[int, int] = field(default_factory=dict)
    """How often the program ended with a row, by its number, before this run."""
    counted: set[int] = field(default_factory=set)
    """Rows of which a further end is counted already."""

    @asynccontextmanager
    async def handling(self, message: WaitingMessage) -> AsyncIterator[None]:
        """Count that the program ends with this message, if it does while this is entered."""
        async with AsyncExitStack() as taken:
            if message.at_start:
                seq = message.row.seq
                earlier = self.earlier.setdefault(seq, message.starts)
                if earlier:
                    await taken.enter_async_context(self.alone)
                if seq not in self.counted:
                    self.counted.add(seq)
                    await self._write(message.row, earlier + 1)
            yield

    async def pause(self, message: WaitingMessage) -> None:
        """Count no end any more: the message waits for something, and handling it is harmless."""
        if message.row.seq in self.counted:
            self.counted.remove(message.row.seq)
            await self._write(message.row, self.earlier[message.row.seq])

    def go_on(self, message: WaitingMessage) -> None:
        """Forget earlier ends: one of several that the row stands for was handled."""
        if message.at_start:
            self.earlier[message.row.seq] = 0

    async def _write(self, row: InboxRow, count: int) -> None:
        """Write a count; on a disk that takes none, nothing is handled either."""
        try:
            await self.inbox.set_starts(row, count)
        except Exception as error:  # noqa: BLE001 - the turn meets the same, and is tried again
            event(_log, Event.TURN_FAILED, error=error)
