import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.crypto.kdf import (
    ZERO_NONCE,
    digest,
    expand,
    extract,
    lock,
    mac,
    pad,
    seal,
    slow_hash,
    unlock,
    unpad,
    unseal,
)
from store.model.errors import Tampered, TooLong
from tests.unit.store.people import counted

KEY = bytes(range(32))


def test_hkdf_of_rfc_5869_appendix_a_1() -> None:
    prk = extract(bytes(range(13)), b"\x0b" * 22)
    assert prk.hex() == "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"
    okm = expand(prk, bytes(range(0xF0, 0xFA)), 42)
    assert okm.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


def test_hmac_of_rfc_4231_case_2() -> None:
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert mac(b"Jefe", b"what do ya want for nothing?").hex() == expected


def test_sha256_of_fips_180() -> None:
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest(b"abc").hex() == expected


def test_chacha20_poly1305_of_rfc_8439_section_2_8_2() -> None:
    key = bytes(range(0x80, 0xA0))
    nonce = bytes.fromhex("070000004041424344454647")
    context = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    plain = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you "
        b"only one tip for the future, sunscreen would be it."
    )
    sealed = lock(key, nonce, context, plain)
    assert sealed[:8].hex() == "d31a8d34648e60db"
    assert sealed[-16:].hex() == "1ae10b594f09e26a7e902ecbd0600691"
    assert unlock(key, nonce, context, sealed) == plain


@pytest.mark.parametrize(
    ("lanes", "expected"),
    [
        (1, "3ccdca28d2233c770e2b091b5d92d5fd80ba290fc5e1b8d95f4480e37b0004a5"),
        (4, "1a9d69d3fc5387ca6a1f582d8c205a949f56fe91a612ed6692b0b1acd6910520"),
    ],
)
def test_the_slow_hash_of_the_specification(lanes: int, expected: str) -> None:
    salt = digest(b"pcr/v1/takeback\x00example.org")
    secret = slow_hash(b"banana pencil owner cube", salt, lanes)
    assert secret.hex() == expected


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_what_is_sealed_opens_with_its_context(plain: bytes, context: bytes) -> None:
    sealed = seal(KEY, context, plain, counted())
    assert len(sealed) == len(plain) + 28
    assert unseal(KEY, context, sealed) == plain
    with pytest.raises(Tampered):
        unseal(KEY, context + b"x", sealed)
    with pytest.raises(Tampered):
        unseal(bytes(32), context, sealed)


@given(st.integers(0), st.integers(0, 7))
def test_one_changed_bit_is_refused(position: int, bit: int) -> None:
    sealed = bytearray(seal(KEY, b"", b"some words", counted()))
    sealed[position % len(sealed)] ^= 1 << bit
    with pytest.raises(Tampered):
        unseal(KEY, b"", bytes(sealed))


@pytest.mark.parametrize("size", [0, 5, 12, 27])
def test_what_is_cut_is_refused_as_changed(size: int) -> None:
    with pytest.raises(Tampered):
        unseal(KEY, b"", seal(KEY, b"", b"", counted())[:size])


def test_sealing_twice_looks_different() -> None:
    entropy = counted()
    assert seal(KEY, b"", b"same", entropy) != seal(KEY, b"", b"same", entropy)
    assert lock(KEY, ZERO_NONCE, b"", b"same") == lock(KEY, ZERO_NONCE, b"", b"same")


@given(st.binary(max_size=62))
def test_padding_has_one_size_and_gives_back_what_went_in(plain: bytes) -> None:
    padded = pad(64, plain)
    assert len(padded) == 64
    assert unpad(padded) == plain


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(TooLong):
        pad(64, bytes(63))


@pytest.mark.parametrize("padded", [b"\x00\x01ab", b"\x00\x05ab", b"\x00\x00\x01"])
def test_padding_that_does_not_follow_its_format_is_refused(padded: bytes) -> None:
    with pytest.raises(Tampered):
        unpad(padded)
