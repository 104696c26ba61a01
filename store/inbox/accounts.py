"""How an account is fed into keyed hashes, and how it is written where it is sealed."""

from typing import Any

from store.crypto import cbor
from store.crypto.kdf import expand, mac
from store.crypto.labels import Label, derive_label, lv
from store.model.accounts import Account

ID_BYTES = 16


def account_bytes(who: Account) -> bytes:
    """Platform and account, each with its length before it."""
    return lv(who.platform.encode()) + lv(who.name.encode())


def sealed_fields(to: Account) -> dict[str, cbor.Value]:
    """Platform and address; and the name where it differs.

    On Matrix the address is a room, and one person can have several; elsewhere the address of a
    direct message is the account.
    """
    fields: dict[str, cbor.Value] = {"p": to.platform, "a": to.address}
    return fields if to.name == to.address else {**fields, "n": to.name}


def sealed_account(fields: dict[str, Any]) -> Account:
    """The inverse of ``sealed_fields``."""
    return Account(fields["p"], fields.get("n", fields["a"]), fields["a"])


def keyed_id(key: bytes, index: Label, label: Label, *fields: bytes) -> bytes:
    """A row's id that nobody can compute, or recognise, without the key."""
    return row_id(expand(key, derive_label(index), 32), derive_label(label, *fields))


def row_id(index_key: bytes, name: bytes) -> bytes:
    """The same, where the key of the index was derived before."""
    return mac(index_key, name)[:ID_BYTES]
