"""Hand messages on, in order for each account and for several accounts at once."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from handlers.messages import IncomingMessage

MAX_CONCURRENT_ACCOUNTS = 16

HandleMessage = Callable[[IncomingMessage], Awaitable[bool]]
"""Handles one message; returns whether it is on disk, or need not be."""


class BatchNotCommitted(Exception):
    """A message of a batch is not on disk, so the cursor stays where it is."""


@dataclass(slots=True)
class MessageDispatcher:
    """Call ``handle`` for messages of at most ``MAX_CONCURRENT_ACCOUNTS`` at once."""

    handle: HandleMessage
    slots: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, MAX_CONCURRENT_ACCOUNTS), repr=False
    )

    async def dispatch(self, messages: Sequence[IncomingMessage]) -> None:
        """Handle all messages; raise ``BatchNotCommitted`` unless every one is on disk."""
        by_account: defaultdict[str, list[IncomingMessage]] = defaultdict(list)
        for message in messages:
            by_account[message.who.name].append(message)
        done = await asyncio.gather(*map(self._handle_in_order, by_account.values()))
        if not all(done):
            raise BatchNotCommitted

    async def _handle_in_order(self, messages: Sequence[IncomingMessage]) -> bool:
        """Stop at the first message that is not on disk: no later one may overtake it."""
        async with self.slots:
            for message in messages:
                done = await self.handle(message)
                if not done:
                    return False
        return True
