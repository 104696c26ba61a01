"""Names by which transactions of one account wait for each other, in every process."""

from dataclasses import dataclass

from store.crypto.keyring import Keyring
from store.crypto.labels import Label
from store.inbox.accounts import account_bytes, row_id
from store.model.accounts import Account


@dataclass(frozen=True, slots=True)
class AccountLockNames:
    """Computes lock names: keyed hashes, because a database shows who waits for which lock."""

    keyring: Keyring

    def of(self, account: Account) -> bytes:
        """Compute the name of an account's lock, 16 bytes."""
        return row_id(self.keyring.link_key(Label.LINK_LOCK), account_bytes(account))
