"""Results of turns that are not sent yet."""

from dataclasses import dataclass, field

from handlers.account_locks import AccountLocks
from store.model.accounts import Account
from store.model.turn import TurnResult


@dataclass(frozen=True, slots=True)
class UnsentResults:
    """Keeps each account's last result in memory, so that sending it needs no query."""

    sending: AccountLocks
    """Held while something is sent to an account."""
    results: dict[str, TurnResult] = field(default_factory=dict, repr=False)

    def keep(self, account: Account, result: TurnResult) -> None:
        """Keep the result in place of an earlier one.

        Nothing is kept while a send is under way: the result would count as unsent what has been
        sent since it was made.
        """
        self.discard(account)
        if not self.sending.is_locked(account):
            self.results[account.name] = result

    def take(self, account: Account) -> TurnResult | None:
        """Return the result and forget it."""
        return self.results.pop(account.name, None)

    def discard(self, account: Account) -> None:
        """Forget the result: the account's outbox has changed since."""
        self.results.pop(account.name, None)
