import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from store.crypto import cbor
from store.crypto import signed_envelope as envelope
from store.crypto.labels import signature_label
from store.model.errors import Tampered, Unreadable

SEED = bytes(range(32))
KEY = Ed25519PrivateKey.from_private_bytes(SEED)
PK = KEY.public_key().public_bytes_raw()
FIELDS: cbor.Map = {"v": 1, "t": "trial", "n": 7}


def test_what_is_signed_verifies() -> None:
    signed = envelope.sign(FIELDS, SEED)
    assert envelope.verify(signed.encode(), PK) == signed
    assert signed.kind == "trial"
    assert signed.fields == FIELDS


def test_the_signature_is_plain_ed25519_over_the_label_and_the_body() -> None:
    signed = envelope.sign(FIELDS, SEED)
    KEY.public_key().verify(signed.signature, b"pcr/v1/sig/trial\x00" + cbor.encode(FIELDS))


@given(st.integers(0), st.integers(0, 7))
def test_one_changed_bit_anywhere_is_refused(position: int, bit: int) -> None:
    raw = bytearray(envelope.sign(FIELDS, SEED).encode())
    raw[position % len(raw)] ^= 1 << bit
    with pytest.raises(Unreadable):
        envelope.verify(bytes(raw), PK)


def test_another_key_is_refused() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    raw = envelope.sign(FIELDS, SEED).encode()
    with pytest.raises(Tampered, match="does not hold"):
        envelope.verify(raw, other)
    with pytest.raises(Tampered, match="does not hold"):
        envelope.verify(raw, b"too short")


def test_a_signature_is_good_for_one_kind_only() -> None:
    body = cbor.encode(FIELDS)
    signature = KEY.sign(signature_label("another", body))
    with pytest.raises(Tampered):
        envelope.verify(cbor.encode([body, signature]), PK)


def test_the_hash_names_the_body_and_not_the_signature() -> None:
    first, second = envelope.sign(FIELDS, SEED), envelope.sign(FIELDS, bytes(32))
    assert first.hash == second.hash == envelope.statement_hash(first.body)
    assert first.signature != second.signature


@pytest.mark.parametrize(
    "value",
    [
        [],
        [b""],
        [cbor.encode(FIELDS), bytes(63)],
        [cbor.encode({"v": 1}), bytes(64)],
        [cbor.encode({"v": 1, "t": 3}), bytes(64)],
        [cbor.encode({"v": 3, "t": "trial"}), bytes(64)],
        [cbor.encode({"t": "trial"}), bytes(64)],
        [b"no record", bytes(64)],
        [FIELDS, bytes(64)],
        [cbor.encode(FIELDS), bytes(64), 0],
        FIELDS,
    ],
)
def test_other_shapes_are_refused(value: cbor.Value) -> None:
    with pytest.raises(Unreadable):
        envelope.parse(cbor.encode(value))


def test_it_does_not_print_its_content() -> None:
    assert repr(envelope.sign(FIELDS, SEED)) == "Envelope('trial', …)"
