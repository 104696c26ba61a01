import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.crypto.age.stream import MAX_PAYLOAD, open_payload, seal_payload
from store.model.errors import Tampered, TooLong, Unreadable

_KEY = bytes(range(16))
_CHUNK = 64 * 1024
_SEALED = _CHUNK + 16
_THREE = seal_payload(_KEY, b"a" * _CHUNK + b"b" * _CHUNK + b"c", bytes)


@pytest.mark.parametrize("size", [0, 1, _CHUNK - 1, _CHUNK, _CHUNK + 1, 3 * _CHUNK])
def test_every_chunk_costs_a_tag(size: int) -> None:
    payload = seal_payload(_KEY, bytes(size), bytes)
    chunks = max(1, -(-size // _CHUNK))
    assert len(payload) == 16 + size + 16 * chunks
    assert open_payload(_KEY, payload) == bytes(size)


@given(st.binary(max_size=500), st.binary(min_size=16, max_size=16))
def test_a_payload_begins_with_its_nonce_and_opens(plaintext: bytes, nonce: bytes) -> None:
    payload = seal_payload(_KEY, plaintext, lambda size: nonce[:size])
    assert payload.startswith(nonce)
    assert open_payload(_KEY, payload) == plaintext
    with pytest.raises(Tampered):
        open_payload(bytes(16), payload)


def test_chunks_can_be_neither_swapped_nor_dropped_nor_repeated() -> None:
    nonce, body = _THREE[:16], _THREE[16:]
    first, second, last = body[:_SEALED], body[_SEALED : 2 * _SEALED], body[2 * _SEALED :]
    others = [
        chosen
        for count in range(5)
        for chosen in itertools.product((first, second, last), repeat=count)
        if chosen != (first, second, last)
    ]
    for chosen in others:
        with pytest.raises(Tampered):
            open_payload(_KEY, nonce + b"".join(chosen))


def test_an_empty_last_chunk_belongs_to_an_empty_file_only() -> None:
    """Made with the right key and numbers by a wrong writer."""
    whole = seal_payload(_KEY, b"a" * (_CHUNK + 1), bytes)
    from store.crypto.age.stream import _aead

    empty = _aead(_KEY, bytes(16)).encrypt((1).to_bytes(11, "big") + b"\x01", b"", None)
    with pytest.raises(Tampered, match="empty"):
        open_payload(_KEY, whole[: 16 + _SEALED] + empty)


@pytest.mark.parametrize("length", [0, 15])
def test_a_payload_without_a_nonce_is_cut(length: int) -> None:
    with pytest.raises(Unreadable, match="complete") as refused:
        open_payload(_KEY, bytes(length))
    assert refused.type is Unreadable


def test_a_file_without_a_chunk_is_cut() -> None:
    with pytest.raises(Tampered):
        open_payload(_KEY, bytes(16))


def test_nothing_longer_than_the_limit_is_written_or_read() -> None:
    chunks = MAX_PAYLOAD // _SEALED + 1
    longest = MAX_PAYLOAD - 16 - 16 * chunks
    assert len(seal_payload(_KEY, bytes(longest), bytes)) == MAX_PAYLOAD
    with pytest.raises(TooLong):
        seal_payload(_KEY, bytes(longest + 1), bytes)
    with pytest.raises(TooLong):
        open_payload(_KEY, bytes(MAX_PAYLOAD + 1))
