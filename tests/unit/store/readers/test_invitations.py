"""The sealed file with the digits, on the reader's device."""

import secrets

import pytest

from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.document import Document
from store.model.errors import NotForUs, Unreadable
from store.readers.invitations import is_invitation, read_invitation
from store.readers.key_file import ReaderKey


def sealed(key: ReaderKey, kind: str = "join") -> bytes:
    fields: cbor.Map = {"v": 1, "t": kind, "code": "12345678", "p": "terminal", "a": "Oak"}
    document = Document("event", "application/cbor", 202648, cbor.encode(fields))
    return age.encrypt(document.encode(), [key.identity.recipient], secrets.token_bytes)


def test_the_reader_finds_the_digits_and_their_place() -> None:
    key = ReaderKey.generate(secrets.token_bytes)
    found = read_invitation(sealed(key), key)
    assert (found.digits, found.platform, found.account) == ("12345678", "terminal", "Oak")
    assert "12345678" not in repr(found)
    assert "Oak" not in repr(found)


def test_nobody_else_opens_it() -> None:
    key, other = (ReaderKey.generate(secrets.token_bytes) for _ in range(2))
    with pytest.raises(NotForUs):
        read_invitation(sealed(key), other)


def test_what_was_sealed_for_something_else_is_no_invitation() -> None:
    key = ReaderKey.generate(secrets.token_bytes)
    with pytest.raises(Unreadable, match="no invitation"):
        read_invitation(sealed(key, "other"), key)


def test_a_delivery_is_not_taken_for_one() -> None:
    key = ReaderKey.generate(secrets.token_bytes)
    assert is_invitation(sealed(key))
    assert not is_invitation(cbor.encode({"v": 1, "t": "delivery"}))
