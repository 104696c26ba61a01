"""Waking of accounts that something waits for although they did not ask for it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

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

    def wake(self, accounts: Iterable[Account]) -> None:
        """Wake these accounts, each where its platform is connected.

        What waits where none is, is sent once it is.
        """
        for account in accounts:
            queues = self.connected.get(account.platform)
            if queues is not None:
                queues.wake(account)
