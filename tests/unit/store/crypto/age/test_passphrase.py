import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.crypto.age.header import Stanza
from store.crypto.age.passphrase import unwrap, wrap
from store.model.errors import Locked, NotForUs, TooLong, Unreadable

_FILE_KEY = bytes(range(16))


@given(st.text(max_size=40), st.integers(1, 8))
@settings(max_examples=25)
def test_a_passphrase_of_any_script_unwraps(passphrase: str, work_factor: int) -> None:
    stanza = wrap(_FILE_KEY, passphrase, work_factor, bytes)
    assert stanza.args[2] == str(work_factor).encode()
    assert unwrap(stanza, passphrase, work_factor) == _FILE_KEY
    with pytest.raises(Locked):
        unwrap(stanza, passphrase + ".", work_factor)


def test_two_spellings_of_one_letter_are_two_passphrases() -> None:
    """As in every age program: the bytes that were typed, unchanged."""
    stanza = wrap(_FILE_KEY, "caf\u00e9", 2, bytes)
    with pytest.raises(Locked):
        unwrap(stanza, "cafe\u0301", 2)


def test_a_terminal_in_another_encoding_is_no_obstacle() -> None:
    passphrase = b"caf\xe9".decode(errors="surrogateescape")
    assert unwrap(wrap(_FILE_KEY, passphrase, 2, bytes), passphrase, 2) == _FILE_KEY


def test_the_example_of_the_specification_is_well_formed() -> None:
    """Its passphrase is not given, so it only comes as far as the work."""
    with pytest.raises(TooLong, match="17"):
        unwrap(Stanza((b"scrypt", b"ajMFur+EJLGaohv/dLRGnw", b"18"), bytes(32)), "", 17)


@pytest.mark.parametrize("factor", [b"0", b"01", b"+4", b"-4", b"4 ", b"0x4", b"", b"1000"])
def test_work_is_a_plain_number(factor: bytes) -> None:
    salt = wrap(_FILE_KEY, "p", 2, bytes).args[1]
    with pytest.raises(Unreadable, match="work factor"):
        unwrap(Stanza((b"scrypt", salt, factor), bytes(32)), "p", 20)


def test_other_stanzas_are_not_for_passphrases() -> None:
    with pytest.raises(NotForUs, match="key"):
        unwrap(Stanza((b"X25519", b"AAAA"), bytes(32)), "p", 20)


@pytest.mark.parametrize(
    "stanza",
    [
        Stanza((b"scrypt",), bytes(32)),
        Stanza((b"scrypt", b"A" * 22), bytes(32)),
        Stanza((b"scrypt", b"A" * 22, b"4", b"more"), bytes(32)),
        Stanza((b"scrypt", b"A" * 21, b"4"), bytes(32)),
        Stanza((b"scrypt", b"A" * 21 + b"B", b"4"), bytes(32)),
        Stanza((b"scrypt", b"A" * 24, b"4"), bytes(32)),
        Stanza((b"scrypt", b"A" * 22, b"4"), bytes(31)),
        Stanza((b"scrypt", b"A" * 22, b"4"), bytes(48)),
    ],
)
def test_a_malformed_stanza_is_refused(stanza: Stanza) -> None:
    with pytest.raises(Unreadable):
        unwrap(stanza, "p", 20)
