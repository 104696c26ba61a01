"""Results of turns that are not sent yet."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from handlers.account_locks import AccountLocks
from store.model.accounts import Account
from store.model.turn import TurnResult


@dataclass(frozen=True, slots=True)
class UnsentResults:
    """Keeps each account's last result in memory, so that sending it needs no query."""

    sending: AccountLocks
    """Held while something is sent to an account."""
    processing: AccountLocks
    """Held while a message of an account is processed. What waits is read under it: when a turn
    has released it, what the turn erased has left the disk, and not before that it may be said."""
    results: dict[str, "_Kept"] = field(default_factory=dict, repr=False)
    undisturbed: set[str] = field(default_factory=set, repr=False)
    """Accounts with a message under way to which nothing was sent since it began."""
    bursts: dict[str, str] = field(default_factory=dict, repr=False)
    """By account: the step whose answer goes on, as the next question was not shown yet."""

    @asynccontextmanager
    async def turn_of(self, account: Account) -> AsyncIterator[None]:
        """Process a message of an account, and see whether anything is sent to it meanwhile."""
        async with self.processing.of(account):
            if not self.sending.is_locked(account):
                self.undisturbed.add(account.name)
            try:
                yield
            finally:
                self.undisturbed.discard(account.name)

    @asynccontextmanager
    async def sending_to(self, account: Account) -> AsyncIterator[None]:
        """Send something to an account, alone."""
        async with self.sending.of(account):
            self.undisturbed.discard(account.name)
            yield

    def keep(self, account: Account, result: TurnResult) -> None:
        """Keep the result of a turn in place of an earlier one.

        Nothing is kept if anything was sent since the turn began: the result may count as unsent
        what has been sent since it was made.
        """
        self.discard(account)
        if account.name in self.undisturbed:
            self.results[account.name] = _Kept(result, account.current_key)

    def put_back(self, account: Account, result: TurnResult) -> None:
        """Keep a result of which nothing was sent yet; the next turn takes its place.

        To be called while no message of the account is processed.
        """
        self.results[account.name] = _Kept(result, account.current_key)

    def note_burst(self, account: Account, step: str) -> None:
        """Note to which step more may be said; to none if it is empty."""
        self.bursts.pop(account.name, None)
        if step:
            self.bursts[account.name] = step

    def end_burst(self, account: Account) -> str:
        """Return the step to which no more may be said, as the next question is about to be shown.

        To be called while no message of the account is processed.
        """
        return self.bursts.pop(account.name, "")

    def go_on_with_burst(self, account: Account, step: str) -> None:
        """Let more be said to a step: the next question could not be sent."""
        if step:
            self.bursts.setdefault(account.name, step)

    def take(self, account: Account) -> TurnResult | None:
        """Return the result and forget it; None if somebody else is behind the account since."""
        kept = self.results.pop(account.name, None)
        return kept.result if kept is not None and account.still_has(kept.identity) else None

    def discard_all(self) -> None:
        """Forget every result: recovery words and pieces may be among what rendering needs."""
        self.results.clear()

    def discard(self, account: Account) -> None:
        """Forget the result: the account's outbox has changed since."""
        self.results.pop(account.name, None)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A result, and the key of whoever it was made for."""

    result: TurnResult = field(repr=False)
    identity: str = field(repr=False)
