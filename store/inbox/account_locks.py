"""Names by which transactions of one account wait for each other, in every process."""

from dataclasses import dataclass

from store.crypto.kdf import expand
from store.crypto.keyring import KEY_BYTES, Keyring
from store.crypto.labels import Label, derive_label
from store.inbox.accounts import account_bytes, row_id
from store.model.accounts import Account


@dataclass(frozen=True, slots=True)
class AccountLockNames:
    """Computes lock names: keyed hashes, because a database shows who waits for which lock."""

    keyring: Keyring

    def of(self, account: Account) -> bytes:
        """Compute the name of an account's lock, 16 bytes."""
        key = expand(self.keyring.link, derive_label(Label.LINK_LOCK), KEY_BYTES)
        return row_id(key, account_bytes(account))
