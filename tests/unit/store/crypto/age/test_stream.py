import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from store.crypto.age.stream import (
    MAX_PAYLOAD,
    PayloadOpener,
    PayloadSealer,
    open_payload,
    seal_payload,
    sealed_size,
)
from store.model.errors import Tampered, TooLong, Unreadable

_KEY = bytes(range(16))
_NONCE = bytes(range(16, 32))
_CHUNK = 64 * 1024
_SEALED = _CHUNK + 16
_NOISE = hashlib.shake_256(b"noise").digest(4 * _SEALED)


def _plainly(plaintext: bytes) -> bytes:
    """The payload as the standard's text has it, written apart from ours and all at once."""
    aead = ChaCha20Poly1305(HKDF(SHA256(), 32, salt=_NONCE, info=b"payload").derive(_KEY))
    starts = range(0, len(plaintext) or 1, _CHUNK)
    return _NONCE + b"".join(
        aead.encrypt(
            number.to_bytes(11, "big") + (b"\1" if start == starts[-1] else b"\0"),
            plaintext[start : start + _CHUNK],
            None,
        )
        for number, start in enumerate(starts)
    )


def _cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    """Cut into pieces at these places, whatever they are; some pieces may be empty."""
    ends = sorted(min(place, len(data)) for place in places)
    return [data[a:b] for a, b in itertools.pairwise([0, *ends, len(data)])]


def _sealed(pieces: Sequence[bytes]) -> tuple[bytes, PayloadSealer]:
    sealer = PayloadSealer(_KEY, lambda size: _NONCE[:size])
    return b"".join([*map(sealer.add, pieces), sealer.finish()]), sealer


def _opened(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What comes out, piece by piece, up to the end or to the refusal."""
    opener = PayloadOpener(_KEY)
    yield from map(opener.add, pieces)
    yield opener.finish()


_sizes = st.one_of(
    st.integers(0, 300),
    st.integers(0, 3 * _CHUNK),
    st.builds(lambda n, by: max(0, n * _CHUNK + by), st.integers(0, 3), st.integers(-17, 17)),
)
_places = st.lists(
    st.one_of(
        st.integers(0, 40),
        st.integers(0, 4 * _CHUNK),
        st.builds(lambda n, by: max(0, n * _SEALED + by), st.integers(0, 3), st.integers(-17, 33)),
    ),
    max_size=9,
)


@given(_sizes, _places)
@settings(max_examples=200)
def test_any_pieces_of_any_size_are_sealed_to_the_same_bytes(size: int, places: list[int]) -> None:
    payload = _plainly(_NOISE[:size])
    streamed, sealer = _sealed(_cut(_NOISE[:size], places))
    assert streamed == payload == seal_payload(_KEY, _NOISE[:size], lambda n: _NONCE[:n])
    assert sealer.size == len(payload) == sealed_size(size)
    assert sealer.digest() == hashlib.sha256(payload).digest()


@given(_sizes, _places)
@settings(max_examples=200)
def test_any_pieces_of_a_payload_open_to_the_same_bytes(size: int, places: list[int]) -> None:
    payload = _plainly(_NOISE[:size])
    assert b"".join(_opened(_cut(payload, places))) == _NOISE[:size] == open_payload(_KEY, payload)


@given(_sizes, _sizes, _places)
def test_a_payload_that_was_cut_never_ends(size: int, left: int, places: list[int]) -> None:
    payload = _plainly(_NOISE[:size])
    opened: list[bytes] = []
    with pytest.raises(Unreadable):
        opened.extend(_opened(_cut(payload[: left % len(payload)], places)))
    _check_incomplete(opened, size)


@given(_sizes, st.binary(min_size=1, max_size=40), _places)
def test_a_payload_with_something_behind_it_never_ends(
    size: int, more: bytes, places: list[int]
) -> None:
    """And its last chunk is not given out."""
    opened: list[bytes] = []
    with pytest.raises(Tampered):
        opened.extend(_opened(_cut(_plainly(_NOISE[:size]) + more, places)))
    _check_incomplete(opened, size)


def _check_incomplete(opened: Sequence[bytes], size: int) -> None:
    """Whatever came out stood in its place, and the last chunk is not among it."""
    whole = b"".join(opened)
    assert _NOISE[:size].startswith(whole)
    assert len(whole) < size or not size


def test_pieces_of_one_byte_are_enough() -> None:
    payload, _ = _sealed([bytes([value]) for value in _NOISE[: _CHUNK + 2]])
    assert payload == _plainly(_NOISE[: _CHUNK + 2])
    assert b"".join(_opened(bytes([value]) for value in payload)) == _NOISE[: _CHUNK + 2]


def test_what_is_held_back_is_one_chunk_and_no_more() -> None:
    sealer, opener = PayloadSealer(_KEY, lambda size: _NONCE[:size]), PayloadOpener(_KEY)
    for count in range(1, 20):
        sealed = sealer.add(bytes(_CHUNK))
        opener.add(sealed)
        assert sealer.size == (16 + (count - 1) * _SEALED if count > 1 else 0)
    assert len(sealer.finish()) == _SEALED


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


_LONGEST = MAX_PAYLOAD - 16 - 16 * (MAX_PAYLOAD // _SEALED + 1)
"""Bytes of plaintext of the longest payload: its nonce and its tags need the rest."""


def test_the_longest_payload_has_64_mib() -> None:
    assert MAX_PAYLOAD == 64 * 1024 * 1024
    assert sealed_size(_LONGEST) == MAX_PAYLOAD
    assert sealed_size(_LONGEST + 1) == MAX_PAYLOAD + 1


def test_nothing_longer_than_the_limit_is_written() -> None:
    with pytest.raises(TooLong, match="64 MiB"):
        seal_payload(_KEY, bytes(_LONGEST + 1), bytes)
    sealer = PayloadSealer(_KEY, bytes)
    sealer._taken = _LONGEST - 1  # as if so much had been sealed already
    sealer.add(b"a")
    with pytest.raises(TooLong, match="64 MiB"):
        sealer.add(b"a")


def test_nothing_longer_than_the_limit_is_read() -> None:
    with pytest.raises(TooLong, match="64 MiB"):
        open_payload(_KEY, bytes(MAX_PAYLOAD + 1))
    opener = PayloadOpener(_KEY)
    opener._taken = MAX_PAYLOAD - 1
    opener.add(b"a")
    with pytest.raises(TooLong, match="64 MiB"):
        opener.add(b"a")
