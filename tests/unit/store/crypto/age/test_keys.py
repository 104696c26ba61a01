import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.crypto.age import bech32
from store.crypto.age.header import Stanza, b64decode, b64encode
from store.crypto.age.keys import Identity, Recipient, X25519Identity
from store.model.errors import Unreadable

# Examples of the specification (C2SP age, "Native recipient types").
_SPEC_HYBRID = "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR"
_SPEC_X25519 = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
_SPEC_STANZA = Stanza(
    (b"X25519", b"O6DLx/wDIawpUC978NSPjYvrfDtJVnZApXKp4FMPHCY"),
    b64decode(b"3aKjozt9agh7jGmvOKvR4iax41Wl4zj95MKK4X9JuWc"),
)
_FILE_KEY = bytes(range(16))
_OAK = Identity(bytes(32))
_LOW_ORDER = bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")


def test_the_hybrid_key_of_the_specification() -> None:
    """The last characters are the checksum over all 1,216 bytes."""
    text = str(Identity.parse(_SPEC_HYBRID).recipient)
    assert text.startswith("age1pq1x34nzsvr0rxjsgdn8zgyhfe8j7ceq5r9rdelkjuh3y235jzxshfg87pzf5zrq")
    assert text.endswith("xpfqdkmhh6gjtqmwze9pyyzk3tlhl53k2ykx3qheyty7saeq0d3fzv49zc0k")
    assert len(text) == 1959
    assert Identity.parse(_SPEC_HYBRID).encode() == _SPEC_HYBRID


def test_the_x25519_key_of_the_specification() -> None:
    identity = X25519Identity.parse(_SPEC_X25519)
    assert identity.scalar == b"B" * 32
    file_key = identity.unwrap(_SPEC_STANZA)
    assert file_key is not None
    assert file_key.hex() == "6505da236915145fea6f7f0e451b0b92"


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=25)
def test_keys_survive_their_text_form(seed: bytes) -> None:
    identity = Identity(seed)
    assert Identity.parse(identity.encode()) == identity
    assert Recipient.parse(str(identity.recipient)) == identity.recipient
    assert identity.unwrap(identity.recipient.wrap(_FILE_KEY)) == _FILE_KEY


def test_keys_do_not_print_themselves() -> None:
    for secret in (_OAK, X25519Identity(bytes(32))):
        for shown in (repr(secret), str(secret), f"{secret}", repr([secret])):
            assert "hidden" in shown
            assert "SECRET" not in shown.upper()
            assert "x00" not in shown
    assert repr(_OAK.recipient) == "Recipient(…)"


@pytest.mark.parametrize("prefix", ["age", "age1p", "age1pqx", "age1tagpq"])
def test_a_public_key_of_another_kind_is_refused(prefix: str) -> None:
    with pytest.raises(Unreadable, match="age1pq1"):
        Recipient.parse(bech32.encode(prefix, _OAK.recipient.raw))


def test_public_keys_are_lower_case_and_private_ones_upper() -> None:
    with pytest.raises(Unreadable, match="age1pq1"):
        Recipient.parse(str(_OAK.recipient).upper())
    with pytest.raises(Unreadable, match="AGE-SECRET-KEY-PQ-1"):
        Identity.parse(_OAK.encode().lower())


def test_private_keys_of_the_two_kinds_are_not_confused() -> None:
    with pytest.raises(Unreadable, match="AGE-SECRET-KEY-PQ-1"):
        Identity.parse(_SPEC_X25519)
    with pytest.raises(Unreadable, match="AGE-SECRET-KEY-1"):
        X25519Identity.parse(_SPEC_HYBRID)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_private_keys_have_32_bytes(size: int) -> None:
    for kind in (Identity, X25519Identity):
        with pytest.raises(Unreadable, match="32 bytes"):
            kind(bytes(size))


def test_a_public_key_that_exists_can_be_sealed_to() -> None:
    raw = _OAK.recipient.raw
    for size in (0, 1215, 1217):
        with pytest.raises(Unreadable, match="length"):
            Recipient((raw * 2)[:size])
    with pytest.raises(Unreadable, match="ML-KEM"):
        Recipient(b"\xff" * 1184 + raw[1184:])  # FIPS 203, 7.2: coefficients beyond the modulus
    for point in (bytes(32), _LOW_ORDER):
        with pytest.raises(Unreadable, match="point"):
            Recipient(raw[:1184] + point)


def test_stanzas_of_other_kinds_are_passed_over() -> None:
    for kind in (b"x25519", b"MLKEM768X25519", b"mlkem768p256tag", b"grease"):
        stanza = Stanza((kind, b"AAAA"), bytes(32))
        assert _OAK.unwrap(stanza) is None
        assert X25519Identity(bytes(32)).unwrap(stanza) is None


def test_stanzas_for_other_keys_are_passed_over() -> None:
    stanza = _OAK.recipient.wrap(_FILE_KEY)
    assert Identity(b"x" * 32).unwrap(stanza) is None
    assert X25519Identity(b"x" * 32).unwrap(_SPEC_STANZA) is None


@pytest.mark.parametrize("size", [0, 31, 33, 48])
def test_a_body_that_is_no_wrapped_file_key_is_refused_before_it_is_opened(size: int) -> None:
    share = _OAK.recipient.wrap(_FILE_KEY).args
    with pytest.raises(Unreadable, match="not a file key"):
        _OAK.unwrap(Stanza(share, bytes(size)))
    with pytest.raises(Unreadable, match="not a file key"):
        X25519Identity(bytes(32)).unwrap(Stanza(_SPEC_STANZA.args, bytes(size)))


@pytest.mark.parametrize("point", [bytes(32), _LOW_ORDER])
def test_a_share_that_gives_no_secret_is_refused(point: bytes) -> None:
    enc = b64decode(_OAK.recipient.wrap(_FILE_KEY).args[1])[:-32] + point
    with pytest.raises(Unreadable, match="no secret"):
        _OAK.unwrap(Stanza((b"mlkem768x25519", b64encode(enc)), bytes(32)))
    with pytest.raises(Unreadable, match="no secret"):
        X25519Identity(bytes(32)).unwrap(Stanza((b"X25519", b64encode(point)), bytes(32)))


@pytest.mark.parametrize("extra", [(), (b"AAAA", b"AAAA"), (b"AAAA",)])
def test_a_stanza_has_its_kind_and_its_share(extra: tuple[bytes, ...]) -> None:
    for identity, kind in ((_OAK, b"mlkem768x25519"), (X25519Identity(bytes(32)), b"X25519")):
        with pytest.raises(Unreadable, match="than its kind"):
            identity.unwrap(Stanza((kind, *extra), bytes(32)))
