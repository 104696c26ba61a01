"""Accounts in keyed hashes, and inside sealed records."""

from typing import Any

from store.crypto import cbor
from store.crypto.kdf import expand, mac
from store.crypto.labels import Label, derive_label, lv
from store.model.accounts import Account

ID_BYTES = 16


def account_bytes(account: Account) -> bytes:
    """Encode platform and account name, each with its length before it."""
    return lv(account.platform.encode()) + lv(account.name.encode())


def sealed_fields(account: Account) -> dict[str, cbor.Value]:
    """Build the fields of a sealed record: platform and address; the name where it differs.

    On Matrix the address is a room, and one person can have several; elsewhere the address of a
    direct message is the account.
    """
    fields: dict[str, cbor.Value] = {"p": account.platform, "a": account.address}
    return fields if account.name == account.address else {**fields, "n": account.name}


def sealed_account(fields: dict[str, Any]) -> Account:
    """Read the account of ``sealed_fields``."""
    return Account(fields["p"], fields.get("n", fields["a"]), fields["a"])


def keyed_id(key: bytes, index: Label, label: Label, *fields: bytes) -> bytes:
    """Compute a row's id, which nobody can compute or recognise without the key."""
    return row_id(expand(key, derive_label(index), 32), derive_label(label, *fields))


def row_id(index_key: bytes, name: bytes) -> bytes:
    """Compute a row's id from a key that was derived for its index before."""
    return mac(index_key, name)[:ID_BYTES]
