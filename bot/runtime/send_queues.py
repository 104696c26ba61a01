"""A lane for each account: what is to be sent to it goes in order, whatever others wait for.

A lane lives while it has something to do. Nothing in it is lost when it ends early: what was
committed waits in the outbox, and the next round of upkeep begins a new lane for it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import RateLimiter
from handlers.ports.messenger import MessageRefused, RecipientGone, Undelivered
from handlers.turn import Aside, Desk
from store.model.accounts import Account

_log = logging.getLogger(__name__)

QUIET_SECONDS = 2.0
"""So long without a further message, and a burst is over."""

TRIES = 8
"""Of what is not stored, and of what fails on this side."""

Step = Callable[[], Awaitable[bool]]
"""Something to send; whether an acknowledgement is held back after it."""


@dataclass(slots=True)
class SendQueue:
    """What is to be done for one account."""

    who: Account
    asides: deque[Aside] = field(default_factory=deque, repr=False)
    rung: bool = False
    late: bool = True
    left: bool = False
    """The account blocked the bot: nothing of this is sent any more."""
    bell: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    hurry: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    """Waiting for the platform ends."""


@dataclass(slots=True)
class SendQueues:
    """Every lane that has something to do."""

    desk: Desk
    patience: RateLimiter
    quiet: float = QUIET_SECONDS
    lanes: dict[str, SendQueue] = field(default_factory=dict, repr=False)
    tasks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)
    stopping: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    def put(self, who: Account, asides: Iterable[Aside] = ()) -> None:
        """A turn of this account is committed; send what it caused."""
        lane = self._lane(who)
        lane.asides.extend(asides)
        lane.late = False
        self._ring(lane)

    def ring(self, who: Account) -> None:
        """Something waits for this account that it did not just ask for."""
        self._ring(self._lane(who))

    def also(self, who: Account, aside: Aside) -> None:
        """Something to do in this account's chat for which it did not ask."""
        lane = self._lane(who)
        lane.asides.append(aside)
        lane.bell.set()

    def leave(self, who: Account) -> None:
        """The account blocked the bot: its lane ends, and what waits for it goes."""
        lane = self.lanes.pop(who.name, None)
        if lane is not None:
            lane.left = True
            lane.hurry.set()
            lane.bell.set()
        self._start(self._drop(who))

    async def ring_all(self) -> None:
        """Everybody for whom something waits."""
        platform = self.desk.messenger.platform.name
        for who in await self.desk.case_store.waiting_accounts(platform):
            self.ring(who)

    async def stop(self, seconds: float) -> None:
        """Send what can be sent at once, and leave the rest in the outbox."""
        self.stopping.set()
        for lane in self.lanes.values():
            lane.hurry.set()
            lane.bell.set()
        if self.tasks:
            _, late = await asyncio.wait(self.tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _lane(self, who: Account) -> SendQueue:
        lane = self.lanes.get(who.name)
        if lane is None:
            lane = self.lanes[who.name] = SendQueue(who)
            if self.stopping.is_set():
                lane.hurry.set()
            self._start(self._run(lane))
        return lane

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _ring(self, lane: SendQueue) -> None:
        lane.rung = True
        lane.bell.set()

    async def _run(self, lane: SendQueue) -> None:
        try:
            await self._work(lane)
        except RecipientGone:
            if self._end(lane):
                await self._drop(lane.who)
        except Exception as error:  # noqa: BLE001 - the edge: what waits stays in the outbox
            event(_log, Event.SEND_FAILED, error=error)
        finally:
            self._end(lane)

    def _end(self, lane: SendQueue) -> bool:
        """From here on a new lane begins; False if that was so already."""
        current = self.lanes.get(lane.who.name) is lane
        if current:
            del self.lanes[lane.who.name]
        return current

    async def _work(self, lane: SendQueue) -> None:
        """Until nothing is left; an acknowledgement waits until the burst is over."""
        held = False
        while lane.asides or lane.rung or held:
            lane.bell.clear()
            if lane.asides:
                await self._try(lane, partial(_answer, lane.asides[0]))
                lane.asides.popleft()
            elif lane.rung:
                lane.rung, late, lane.late = False, lane.late, True
                held = await self._try(lane, partial(self._send, lane.who, late))
            elif not await self._rings(lane):
                held = await self._try(lane, partial(self._settle, lane.who))

    async def _rings(self, lane: SendQueue) -> bool:
        """Whether something more came before it was quiet for long enough."""
        try:
            await asyncio.wait_for(lane.bell.wait(), self.quiet)
        except TimeoutError:
            return False
        return not self.stopping.is_set() or bool(lane.asides) or lane.rung

    async def _send(self, who: Account, late: bool) -> bool:  # noqa: FBT001 - bound by partial
        return await self.desk.send_waiting(who, quiet=False, late=late)

    async def _settle(self, who: Account) -> bool:
        await self.desk.settle(who)
        return False

    async def _try(self, lane: SendQueue, step: Step) -> bool:
        """Again and again while the platform is away or asks for patience; not for ever."""
        tries = 0
        while True:
            await self._wait(lane)
            try:
                held = await step()
            except Undelivered as error:
                tries += 1
                self._undelivered(lane, error.after, tries)
                if self.stopping.is_set() or (lane.asides and tries > TRIES):
                    raise
            except MessageRefused as error:
                event(_log, Event.SEND_FAILED, error=error)
                tries += 1
                if tries > TRIES:
                    raise
            else:
                self.patience.succeeded()
                return held

    def _undelivered(self, lane: SendQueue, after: float, tries: int) -> None:
        if after:
            self.patience.flooded(lane.who.name, after)
        else:
            self.patience.failed(lane.who.name, tries - 1)

    async def _wait(self, lane: SendQueue) -> None:
        while not lane.left and (left := self.patience.left(lane.who.name)) > 0:
            try:
                await asyncio.wait_for(lane.hurry.wait(), left)
            except TimeoutError:
                continue
            if not lane.left:
                raise Undelivered("The program stops; what waits is sent after the next start.")
        if lane.left:
            raise RecipientGone("This account does not want to be written to.")

    async def _drop(self, who: Account) -> None:
        """The account blocked the bot: nothing hangs, and nothing of what it told changes."""
        try:
            await self.desk.drop(who)
        except Exception as error:  # noqa: BLE001 - the edge: it goes with its day at the latest
            event(_log, Event.SEND_FAILED, error=error)


async def _answer(aside: Aside) -> bool:
    await aside()
    return False
