"""Handle what waits in the inbox: chats take turns, and each has one message handled at a time.

So between somebody's message and its turn, anybody else has as many messages handled as there are
chats beside theirs that are served at once, however many they have sent. Messages that cost much
have places of their own: a hundred people who hand over at once take none of anybody else's.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.runtime.logs import Event, event
from bot.runtime.ready_chats import CostsMuch, ReadyChats
from bot.runtime.turn_budget import TurnBudget
from bot.runtime.waiting import without_stray_cancellation
from store.model.inbox import InboxRow, WaitingMessage

_log = logging.getLogger(__name__)

CHATS_AT_ONCE = 32
"""Chats that are served at the same moment: as many turns as share one commit."""

AGAIN_SECONDS = 5.0
"""When a message is tried again whose handling failed in a way that nobody foresaw."""


@dataclass(frozen=True, slots=True)
class Pause:
    """How long a chat is not served, while the others are."""

    seconds: float
    sooner: "asyncio.Future[Any] | None" = field(default=None, repr=False)
    """Ends the pause when it is done."""


Handle = Callable[[WaitingMessage | InboxRow], Awaitable[Pause | None]]
"""Handles a message, or what waits in a row. Returns None when it waits no more, else the pause
after which to try again."""


@dataclass(frozen=True, slots=True)
class _Pause:
    """A pause of a chat."""

    timer: asyncio.TimerHandle
    by_budget: bool
    """It is no pause after a failure."""


class Scheduler:
    """What waits of one connection, by chat, and the tasks that handle it.

    Of each chat only the first message is held here; the others are rows, which are read when
    their turn comes.
    """

    def __init__(
        self,
        handle: Handle,
        budget: TurnBudget | None = None,
        at_once: int = CHATS_AT_ONCE,
        costs_much: CostsMuch = lambda _: False,
    ) -> None:
        """Begin with nothing that waits; without a ``budget`` no chat is held up."""
        self._handle, self._budget = handle, budget
        self._hurried: set[str] = set()
        self._chats: dict[str, deque[WaitingMessage | InboxRow]] = {}
        self._ready = ReadyChats(at_once, costs_much)
        self._tasks: set[asyncio.Task[None]] = set()
        self._pauses: dict[str, _Pause] = {}
        self._stopped = False
        self._changed = asyncio.Event()
        self.count = 0
        """How many messages wait, those that are being handled too."""

    def count_of(self, chat: str) -> int:
        """Return how many messages of this chat wait."""
        return len(self._chats.get(chat, ()))

    def add(self, messages: Iterable[WaitingMessage]) -> None:
        """Add messages behind those of their chats."""
        for message in messages:
            self.count += 1
            queue = self._chats.get(message.chat)
            if queue is None:
                self._chats[message.chat] = deque((message,))
                self._ready.add(message.chat, message)
            else:
                queue.append(message.row)
                self._ready.add_behind(message.chat, message)
        self._start()

    def hurry(self, chat: str) -> None:
        """Let no budget hold up this chat until nothing of it waits: it may stop something.

        A pause after a failure stays: else somebody who taps has no time in which it can pass.
        """
        self._hurried.add(chat)
        pause = self._pauses.get(chat)
        if pause is not None and pause.by_budget:
            pause.timer.cancel()
            self._resume(chat)

    def notify_of_wait(self, chat: str) -> None:
        """Have a chat know that its messages wait, unless it does already."""
        queue = self._chats.get(chat)
        if not queue or self._budget is None or self._stopped:
            return
        if self._budget.is_news(chat):
            # The last one: the first may just be handled, and gone.
            task = asyncio.ensure_future(self._budget.notify(queue[-1]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def has_fewer_than(self, most: int) -> None:
        """Wait until fewer messages than that wait."""
        while self.count >= most:
            self._changed.clear()
            await self._changed.wait()

    async def stop(self, seconds: float) -> None:
        """Begin no further turn; let those under way end, but no later than in so many seconds.

        What was not handled waits in the inbox.
        """
        self._stopped = True
        for pause in self._pauses.values():
            pause.timer.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _start(self) -> None:
        while not self._stopped and (chat := self._ready.take()) is not None:
            task = asyncio.create_task(self._serve(chat))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._start()

    async def _serve(self, chat: str) -> None:
        """Handle the first message of a chat, then let the other chats have their turn."""
        queue = self._chats[chat]
        if (early := self._seconds_early(chat)) > 0:
            self._ready.release(chat)
            self._pause(chat, Pause(early), by_budget=True)
            self.notify_of_wait(chat)
            return
        try:
            pause = await without_stray_cancellation(self._handle(queue[0]))
        except Exception as error:  # noqa: BLE001 - the edge: a chat must not wait for ever
            event(_log, Event.UNEXPECTED, error=error)
            pause = Pause(AGAIN_SECONDS)
        finally:
            self._ready.release(chat)
        if pause is not None:
            self._postpone(chat, pause)
            return
        queue.popleft()
        self.count -= 1
        self._changed.set()
        if queue:
            self._ready.add(chat)
        else:
            del self._chats[chat]
            self._hurried.discard(chat)

    def _seconds_early(self, chat: str) -> float:
        """Return for how many seconds a turn is before its time; if it is not, count it."""
        if self._budget is None:
            return 0.0
        left = 0.0 if chat in self._hurried else self._budget.left(chat)
        if not left:
            self._budget.count(chat)
        return left

    def _postpone(self, chat: str, pause: Pause) -> None:
        """Try again later what waits first; it is read anew then, with its tries."""
        queue = self._chats[chat]
        first = queue[0]
        queue[0] = first.row if isinstance(first, WaitingMessage) else first
        self._pause(chat, pause)

    def _pause(self, chat: str, pause: Pause, *, by_budget: bool = False) -> None:
        timer = asyncio.get_running_loop().call_later(pause.seconds, self._resume, chat)
        made = self._pauses[chat] = _Pause(timer, by_budget)
        if pause.sooner is not None:
            pause.sooner.add_done_callback(partial(self._resume_sooner, chat, made))

    def _resume_sooner(self, chat: str, made: "_Pause", _done: "asyncio.Future[Any]") -> None:
        if self._pauses.get(chat) is made:
            made.timer.cancel()
            self._resume(chat)

    def _resume(self, chat: str) -> None:
        del self._pauses[chat]
        self._ready.add(chat)
        self._start()
