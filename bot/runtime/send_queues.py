"""Send to each account from a queue of its own, whatever other accounts wait for.

A queue lives while it has something to do. Nothing is lost when it ends early: what was committed
waits in the outbox, and the next round of upkeep begins a new queue for it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import RateLimiter
from handlers.effects import DeleteAgeing, DeleteMessage, PostCommitEffect, UpdateSelection
from handlers.ports.messenger import (
    MessageRefused,
    RecipientGone,
    SendError,
    Undelivered,
)
from handlers.ports.stores import WaitingAccounts
from handlers.sending.effect_dispatcher import EffectDispatcher
from handlers.sending.outbox_sender import OutboxSender
from store.model.accounts import Account

_log = logging.getLogger(__name__)

QUIET_SECONDS = 2.0
"""A burst of messages is over when so long nothing came."""

TRIES = 8
"""Attempts at what is not stored, and at what the platform refuses."""

TRIES_OF_REPEATED = 1
"""Attempts at what is done again in any case: ticks are shown by the next tap, and messages that
were not deleted are with the next cleaning."""

REPEATED = (UpdateSelection, DeleteMessage, DeleteAgeing)

Step = Callable[[], Awaitable[bool]]
"""Sends something; returns whether an acknowledgement is held back after it."""


@dataclass(slots=True)
class SendQueue:
    """The queue of one account."""

    account: Account
    effects: deque[PostCommitEffect] = field(default_factory=deque, repr=False)
    pending: bool = False
    """Something waits in the account's outbox."""
    unasked: bool = True
    """The account has not just asked for what waits, so it makes no sound."""
    burst_over: bool = False
    """What waits is of an earlier run, so no acknowledgement is held back for what may follow."""
    blocked: bool = False
    """The account blocked the bot: nothing of this is sent any more."""
    woken: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    stop_waiting: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    """Set when the queue must not wait for the platform any longer."""
    sending: bool = False
    """The outbox of the account is being sent, which can take long."""
    dispatching: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """Held while effects are dispatched, so that they stay in order."""

    def wake(self) -> None:
        """Have the outbox of the account sent."""
        self.pending = True
        self.woken.set()

    def interrupt(self) -> None:
        """End all waiting."""
        self.stop_waiting.set()
        self.woken.set()


@dataclass(slots=True)
class SendQueues:
    """The send queues of one platform; only those that have something to do exist."""

    platform: str
    sender: OutboxSender
    dispatcher: EffectDispatcher
    outbox: WaitingAccounts
    rate_limiter: RateLimiter
    quiet: float = QUIET_SECONDS
    queues: dict[str, SendQueue] = field(default_factory=dict, repr=False)
    tasks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)
    stopping: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    def send_result(self, account: Account, effects: Iterable[PostCommitEffect] = ()) -> None:
        """Send what a turn of this account caused: its effects first, then its outbox.

        Effects, help among them, do not wait for what an earlier turn has put into the outbox.
        """
        queue = self._queue_of(account)
        queue.effects.extend(effects)
        if queue.sending and queue.effects:
            self._start(self._dispatch_beside(queue))
        queue.unasked = queue.burst_over = False
        queue.wake()

    def wake(self, account: Account) -> None:
        """Send what waits for this account although it did not just ask for it."""
        self.sender.reload(account)
        self._queue_of(account).wake()

    def add_effect(self, account: Account, effect: PostCommitEffect) -> None:
        """Do something in this account's chat for which it did not ask."""
        queue = self._queue_of(account)
        queue.effects.append(effect)
        queue.woken.set()

    def drop(self, account: Account) -> None:
        """End the queue of an account that blocked the bot, and discard what waits for it."""
        queue = self.queues.pop(account.name, None)
        if queue is not None:
            queue.blocked = True
            queue.interrupt()
        self._start(self._drop(account))

    def is_busy(self, account: Account) -> bool:
        """Return whether something is being sent to this account."""
        return account.name in self.queues

    async def wake_all(self, *, burst_over: bool = False) -> None:
        """Wake every account for which something waits.

        ``burst_over``: acknowledgements are sent as well, as long as nothing new comes.
        """
        for account in await self.outbox.waiting_accounts(self.platform):
            queue = self._queue_of(account)
            queue.burst_over = queue.burst_over or burst_over
            queue.wake()

    async def stop(self, seconds: float) -> None:
        """Send what can be sent at once, and leave the rest in the outbox."""
        self.stopping.set()
        for queue in self.queues.values():
            queue.interrupt()
        if self.tasks:
            _, late = await asyncio.wait(self.tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _queue_of(self, account: Account) -> SendQueue:
        queue = self.queues.get(account.name)
        if queue is None:
            queue = self.queues[account.name] = SendQueue(account)
            if self.stopping.is_set():
                queue.stop_waiting.set()
            self._start(self._run(queue))
        return queue

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _run(self, queue: SendQueue) -> None:
        try:
            await self._work(queue)
        except RecipientGone:
            if self._end(queue):
                await self._drop(queue.account)
        except Exception as error:  # noqa: BLE001 - the edge: what waits stays in the outbox
            event(_log, Event.SEND_FAILED, error=error)
        finally:
            self._end(queue)

    def _end(self, queue: SendQueue) -> bool:
        """Let a new queue begin for the account; return False if it did already."""
        current = self.queues.get(queue.account.name) is queue
        if current:
            del self.queues[queue.account.name]
        return current

    async def _work(self, queue: SendQueue) -> None:
        """Work until nothing is left; hold an acknowledgement back until a burst is over."""
        held_back = False
        while queue.effects or queue.pending or held_back:
            queue.woken.clear()
            if queue.effects:
                await self._dispatch_effects(queue)
            elif queue.pending:
                queue.pending, late, queue.unasked = False, queue.unasked, True
                send = partial(self.sender.send_waiting, queue.account, quiet=False, late=late)
                held_back = await self._send(queue, send)
            elif queue.burst_over or not await self._woken_in_time(queue):
                queue.burst_over = False
                held_back = await self._send(queue, partial(self._settle, queue.account))

    async def _send(self, queue: SendQueue, step: Step) -> bool:
        queue.sending = True
        try:
            return await self._try(queue, step)
        finally:
            queue.sending = False

    async def _dispatch_effects(self, queue: SendQueue) -> None:
        async with queue.dispatching:
            while queue.effects:
                await self._dispatch_or_give_up(queue, queue.effects[0])
                queue.effects.popleft()

    async def _dispatch_or_give_up(self, queue: SendQueue, effect: PostCommitEffect) -> None:
        """Dispatch an effect; one that fails again and again holds up nothing behind it."""
        most = TRIES_OF_REPEATED if isinstance(effect, REPEATED) else TRIES
        try:
            await self._try(queue, partial(self._dispatch, effect), most)
        except RecipientGone:
            raise
        except SendError as error:
            if self.stopping.is_set():
                raise
            event(_log, Event.SEND_FAILED, error=error)

    async def _dispatch_beside(self, queue: SendQueue) -> None:
        """Dispatch effects while the outbox is sent; one that fails is left to the queue."""
        with suppress(Exception):
            await self._dispatch_effects(queue)

    async def _woken_in_time(self, queue: SendQueue) -> bool:
        """Return whether something more came before it was quiet for long enough."""
        try:
            async with asyncio.timeout(self.quiet):
                await queue.woken.wait()
        except TimeoutError:
            return False
        return not self.stopping.is_set() or bool(queue.effects) or queue.pending

    async def _dispatch(self, effect: PostCommitEffect) -> bool:
        await self.dispatcher.dispatch(effect)
        return False

    async def _settle(self, account: Account) -> bool:
        await self.sender.settle(account)
        return False

    async def _try(self, queue: SendQueue, step: Step, most: int = TRIES) -> bool:
        """Repeat a step while the platform is away or asks to wait, but not for ever."""
        tries = 0
        while True:
            await self._wait(queue)
            try:
                held_back = await step()
            except Undelivered as error:
                tries += 1
                self._limit_rate(queue, error.after, tries)
                if self.stopping.is_set() or (queue.effects and tries > most):
                    raise
            except MessageRefused as error:
                event(_log, Event.SEND_FAILED, error=error)
                tries += 1
                if tries > most:
                    raise
            else:
                self.rate_limiter.succeeded()
                return held_back

    def _limit_rate(self, queue: SendQueue, after: float, tries: int) -> None:
        if after:
            self.rate_limiter.flooded(queue.account.name, after)
        else:
            self.rate_limiter.failed(queue.account.name, tries - 1)

    async def _wait(self, queue: SendQueue) -> None:
        """Wait as long as the platform asked to; raise ``SendError`` if that has no use."""
        name = queue.account.name
        while not queue.blocked and (left := self.rate_limiter.left(name)) > 0:
            try:
                await asyncio.wait_for(queue.stop_waiting.wait(), left)
            except TimeoutError:
                continue
            if not queue.blocked:
                raise Undelivered("The program stops; what waits is sent after the next start.")
        if queue.blocked:
            raise RecipientGone("This account does not want to be written to.")

    async def _drop(self, account: Account) -> None:
        """Discard what waits; what the account told stays as it is."""
        try:
            await self.sender.drop(account)
        except Exception as error:  # noqa: BLE001 - the edge: it goes with its day at the latest
            event(_log, Event.SEND_FAILED, error=error)
