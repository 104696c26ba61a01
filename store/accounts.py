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
    return mac(expand(key, derive_label(index), 32), derive_label(label, *fields))[:ID_BYTES]


def lane_of(day_key: bytes, who: Account) -> bytes:
    """What the rows of an account have in common under one day's key."""
    return keyed_id(day_key, Label.BOX_INDEX, Label.BOX_LANE, account_bytes(who))
