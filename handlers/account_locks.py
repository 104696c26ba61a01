"""Lock one account at a time."""

import asyncio
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from store.model.accounts import Account


@dataclass(frozen=True, slots=True)
class AccountLocks:
    """One lock for each account of a platform, kept only as long as somebody needs it."""

    locks: "WeakValueDictionary[str, asyncio.Lock]" = field(
        default_factory=WeakValueDictionary, repr=False
    )

    def of(self, account: Account) -> asyncio.Lock:
        """Return the lock of this account."""
        return self.locks.setdefault(account.name, asyncio.Lock())

    def is_locked(self, account: Account) -> bool:
        """Return whether somebody holds the lock of this account."""
        lock = self.locks.get(account.name)
        return lock is not None and lock.locked()
