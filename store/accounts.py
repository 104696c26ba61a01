"""How an account is fed into keyed hashes: never stored, only used as input."""

from store.kdf import expand, mac
from store.labels import Label, derive_label, lv
from store.records import Account

ID_BYTES = 16


def account_bytes(who: Account) -> bytes:
    """Platform and account, each with its length before it."""
    return lv(who.platform.encode()) + lv(who.name.encode())


def keyed_id(key: bytes, index: Label, label: Label, *fields: bytes) -> bytes:
    """A row's id that nobody can compute, or recognise, without the key."""
    return row_id(expand(key, derive_label(index), 32), derive_label(label, *fields))


def row_id(index_key: bytes, name: bytes) -> bytes:
    """The same, where the key of the index was derived before."""
    return mac(index_key, name)[:ID_BYTES]
