"""Query the devices of people who write, without letting anybody else wait for the answer."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from bot.platforms.matrix.crypto.devices import DeviceDirectory
from bot.platforms.matrix.http_client import HttpError, server_of
from bot.platforms.matrix.signals import IdentityReplaced, SignalQueue
from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import backoff
from bot.runtime.scheduler import Pause

_log = logging.getLogger(__name__)

BUDGET_SECONDS = 10.0
"""A query that is not answered by then has failed."""
MOST_SERVERS_AT_ONCE, MOST_FAILING_AT_ONCE = 16, 4
"""A server that fails takes no place of those that were not asked in vain."""
MOST_ACCOUNTS_AT_ONCE = 50
"""Accounts of one server that one query asks for."""


@dataclass(slots=True)
class Query:
    """What is asked of one server, and what became of earlier questions."""

    wanted: set[str] = field(default_factory=set, repr=False)
    failures: int = 0
    next_try: float = 0.0
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)


@dataclass(slots=True)
class DeviceRefresher:
    """Refreshes devices in tasks of its own, one at a time for the accounts of each server.

    So a server that does not answer keeps the accounts of other servers waiting for nothing. One
    that fails is asked again after a pause, longer each time.
    """

    devices: DeviceDirectory
    signals: SignalQueue = field(repr=False)
    monotonic: Callable[[], float]
    queries: dict[str, Query] = field(default_factory=dict, repr=False)
    slots: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, MOST_SERVERS_AT_ONCE), repr=False
    )
    failing_slots: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, MOST_FAILING_AT_ONCE), repr=False
    )

    def refresh(self, user: str) -> Pause:
        """Have an account's devices queried; return the pause that ends when that was tried."""
        server = server_of(user)
        query = self.queries.setdefault(server, Query())
        query.wanted.add(user)
        if query.task is None:
            left = query.next_try - self.monotonic()
            if left > 0:
                return Pause(left)
            query.task = asyncio.create_task(self._run(server, query))
        return Pause(BUDGET_SECONDS, query.task)

    def has_failed(self, user: str) -> bool:
        """Return whether the server of an account was asked in vain."""
        query = self.queries.get(server_of(user))
        return query is not None and query.failures > 0

    async def stop(self) -> None:
        """Cancel every query."""
        tasks = [query.task for query in self.queries.values() if query.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, server: str, query: Query) -> None:
        try:
            slots = self.failing_slots if query.failures else self.slots
            async with slots, asyncio.timeout(BUDGET_SECONDS):
                users = sorted(query.wanted)[:MOST_ACCOUNTS_AT_ONCE]
                query.wanted.difference_update(users)
                for replaced in await self.devices.refresh(users):
                    self.signals.put_nowait(IdentityReplaced(replaced))
                is_silent = all(map(self.devices.is_outdated, users))
        except (HttpError, TimeoutError):
            self._note_failure(query)
        except Exception as error:  # noqa: BLE001 - the edge: other servers are asked all the same
            event(_log, Event.KEYS_FAILED, error=error)
            self._note_failure(query)
        else:
            if is_silent:  # the homeserver answers at once for a server that it knows to be away
                self._note_failure(query)
            else:
                del self.queries[server]
        finally:
            query.task = None

    def _note_failure(self, query: Query) -> None:
        query.next_try = self.monotonic() + backoff(query.failures)
        query.failures += 1
