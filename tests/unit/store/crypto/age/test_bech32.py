import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.crypto.age.bech32 import decode, encode
from store.model.errors import Unreadable

# BIP173, "Test vectors": strings without data, or with one whose bits are whole bytes.
_VALID = {
    "A12UEL5L": ("A", ""),
    "a12uel5l": ("a", ""),
    "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw": (
        "abcdef",
        "00443214c74254b635cf84653a56d7c675be77df",
    ),
    "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs": (
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio",
        "",
    ),
    "?1ezyfcl": ("?", ""),
}
# BIP173, invalid strings; the one that is only too long is valid for age, which has no limit.
_INVALID = {
    "character out of range": "\x201nwldj5",
    "delete out of range": "\x7f1axkwrx",
    "non-ASCII": "\u00801eym55h",
    "no separator": "pzry9x0s0muk",
    "empty prefix": "1pzry9x0s0muk",
    "wrong data character": "x1b4n0q5v",
    "short checksum": "li1dgmt3",
    "wrong checksum character": "de1lg7wt\u00ff",
    "checksum of the upper-case prefix": "A1G7SGD8",
    "empty prefix, no data": "10a06t8",
    "empty prefix, checksum only": "1qzzfhee",
    "mixed case": "A12uel5l",
    "empty": "",
    "separator only": "1",
}


@pytest.mark.parametrize("text", _VALID)
def test_official_strings_decode_and_encode_again(text: str) -> None:
    prefix, data = decode(text)
    assert (prefix, data.hex()) == _VALID[text]
    assert encode(prefix.lower(), data) == text.lower()


def test_there_is_no_limit_of_ninety_characters() -> None:
    prefix = "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio"
    assert decode(f"{prefix}1569pvx") == (prefix, b"")


@pytest.mark.parametrize("fault", _INVALID)
def test_official_invalid_strings_are_refused(fault: str) -> None:
    with pytest.raises(Unreadable):
        decode(_INVALID[fault])


@pytest.mark.parametrize(
    "text", ["abc1qpzqqn6u52", "split1checkupstagehandshakeupstreamerranterredcaperred"]
)
def test_a_changed_string_with_a_stale_checksum_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="checksum"):
        decode(text)


@pytest.mark.parametrize("value", ["q", "qqq", "qqqqqq", "qp", "qz"])
def test_bits_left_over_are_refused(value: str) -> None:
    """A correct checksum over groups of five bits that are not whole bytes, or not zero-padded."""
    with pytest.raises(Unreadable, match="left over"):
        decode(_with_checksum("age", value))


@given(st.binary(max_size=1300))
def test_every_value_comes_back(data: bytes) -> None:
    text = encode("age1pq", data)
    assert decode(text) == ("age1pq", data)
    assert decode(text.upper()) == ("AGE1PQ", data)


@given(st.binary(min_size=1, max_size=64), st.data())
def test_one_wrong_character_is_always_found(data: bytes, draw: st.DataObject) -> None:
    text = encode("age", data)
    at = draw.draw(st.integers(0, len(text) - 1))
    other = draw.draw(
        st.characters(min_codepoint=33, max_codepoint=126).filter(lambda c: c != text[at])
    )
    with pytest.raises(Unreadable):
        decode(text[:at] + other + text[at + 1 :])


def test_a_refusal_repeats_nothing_of_the_string() -> None:
    with pytest.raises(Unreadable) as refused:
        decode("age-secret-key-1xyzxyzxyzxyz")
    assert "xyz" not in str(refused.value)


def _with_checksum(prefix: str, characters: str) -> str:
    """The checksum of BIP173 in its plain form, written apart from ours."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    values = [alphabet.index(character) for character in characters]
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    state = 1
    for value in [*spread, *values, 0, 0, 0, 0, 0, 0]:
        top, state = state >> 25, (state & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(
            (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
        ):
            state ^= generator * (top >> bit & 1)
    state ^= 1
    return f"{prefix}1{characters}" + "".join(
        alphabet[state >> 5 * i & 31] for i in range(5, -1, -1)
    )
