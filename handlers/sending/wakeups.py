"""Waking of accounts that something waits for although they did not ask for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from handlers.ports.stores import WaitingAccounts
from store.model.accounts import Account


class SendQueues(Protocol):
    """The send queues of one platform."""

    def wake(self, account: Account) -> None:
        """Send what waits for this account."""
        ...


@dataclass(frozen=True, slots=True)
class Wakeups:
    """Wakes accounts on every platform that is connected.

    A reporter on one platform may name a reader who is on another one.
    """

    waiting: WaitingAccounts
    connected: dict[str, SendQueues] = field(default_factory=dict, repr=False)
    """By the names of the platforms."""

    @contextmanager
    def connect(self, platform: str, queues: SendQueues) -> Iterator[None]:
        """Wake the accounts of a platform through these queues, as long as the context lasts."""
        self.connected[platform] = queues
        try:
            yield
        finally:
            self.connected.pop(platform, None)

    async def wake_others(self, account: Account) -> None:
        """Wake everybody for whom something waits, except this account, its platform first."""
        names = sorted(self.connected, key=lambda name: name != account.platform)
        for platform in names:
            for other in await self.waiting.waiting_accounts(platform):
                queues = self.connected.get(platform)
                if queues is not None and other != account:
                    queues.wake(other)
