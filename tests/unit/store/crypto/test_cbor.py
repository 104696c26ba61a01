import unicodedata
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.crypto import cbor
from store.model.errors import Unreadable

NFC = st.text(max_size=30).map(lambda text: unicodedata.normalize("NFC", text))
KEYS = st.text(st.characters(max_codepoint=127), min_size=1, max_size=23)
ATOMS = st.integers(0, 2**63 - 1) | st.binary(max_size=300) | NFC
VALUES: st.SearchStrategy[cbor.Value] = st.recursive(
    ATOMS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=20
)

# RFC 8949, appendix A: the rows that this subset contains.
EXAMPLES: list[tuple[str, cbor.Value]] = [
    ("00", 0),
    ("17", 23),
    ("1818", 24),
    ("1903e8", 1000),
    ("1a000f4240", 1_000_000),
    ("1b000000e8d4a51000", 1_000_000_000_000),
    ("40", b""),
    ("4401020304", bytes([1, 2, 3, 4])),
    ("60", ""),
    ("6449455446", "IETF"),
    ("62c3bc", "ü"),
    ("64f0908591", "\U00010151"),
    ("80", []),
    ("8301820203820405", [1, [2, 3], [4, 5]]),
    ("a0", {}),
    ("a26161016162820203", {"a": 1, "b": [2, 3]}),
]

# RFC 8949, appendix A, and its section 4.2: what the subset leaves out.
REFUSED = {
    "negative integer": "20",
    "integer of 2^63": "1b8000000000000000",
    "half float": "f93c00",
    "false": "f4",
    "null": "f6",
    "undefined": "f7",
    "tag": "c11a514b67b0",
    "indefinite bytes": "5f42010243030405ff",
    "indefinite array": "9fff",
    "indefinite map": "bfff",
    "integer longer than needed": "1817",
    "length longer than needed": "580100",
    "number as a key": "a10102",
    "empty key": "a16000",
    "key that is not ASCII": "a162c3bc00",
    "key of 24 bytes": "a17818" + "61" * 24 + "00",
    "keys out of order": "a2616201616101",
    "longer key first": "a2626161016162" + "01",
    "the same key twice": "a2616101616101",
    "text that is not NFC": "6375cc88",
    "text that is not UTF-8": "61ff",
    "nothing": "",
    "more behind it": "0000",
    "array that ends too early": "8201",
    "array of 2^62 items": "9b4000000000000000",
    "nested too deeply": "81" * 20 + "00",
    "reserved length": "1c",
}


@pytest.mark.parametrize(("encoded", "value"), EXAMPLES)
def test_examples_of_rfc_8949(encoded: str, value: cbor.Value) -> None:
    assert cbor.encode(value).hex() == encoded
    assert cbor.decode(bytes.fromhex(encoded)) == value


@pytest.mark.parametrize("encoded", REFUSED.values(), ids=REFUSED.keys())
def test_anything_outside_the_subset_is_refused(encoded: str) -> None:
    with pytest.raises(Unreadable):
        cbor.decode(bytes.fromhex(encoded))


@given(VALUES)
def test_what_is_written_is_read(value: cbor.Value) -> None:
    assert cbor.decode(cbor.encode(value)) == value


@given(st.binary(max_size=80))
def test_what_is_read_has_one_form_only(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except Unreadable:
        return
    assert cbor.encode(value) == data


WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}


def written_loosely(value: cbor.Value, draw: st.DataObject) -> bytes:
    """Write a value in one of the forms that CBOR allows: numbers longer, keys in any order."""
    match value:
        case int():
            return any_head(0, value, draw)
        case bytes():
            return any_head(2, len(value), draw) + value
        case str():
            return any_head(3, len(value.encode()), draw) + value.encode()
        case Mapping():
            pairs = draw.draw(st.permutations(list(value.items())))
            inside = (written_loosely(part, draw) for pair in pairs for part in pair)
            return any_head(5, len(pairs), draw) + b"".join(inside)
        case _:
            inside = (written_loosely(each, draw) for each in value)
            return any_head(4, len(value), draw) + b"".join(inside)


def any_head(major: int, number: int, draw: st.DataObject) -> bytes:
    forms = [bytes([major << 5 | number])] if number < 24 else []
    forms += [
        bytes([major << 5 | code]) + number.to_bytes(width, "big")
        for code, width in WIDTHS.items()
        if number < 1 << 8 * width
    ]
    return draw.draw(st.sampled_from([*[forms[0]] * 9, *forms]))


@given(VALUES, st.data())
def test_of_all_forms_of_a_value_only_the_written_one_is_read(
    value: cbor.Value, draw: st.DataObject
) -> None:
    data = written_loosely(value, draw)
    if data == cbor.encode(value):
        assert cbor.decode(data) == value
    else:
        with pytest.raises(Unreadable):
            cbor.decode(data)


@given(st.dictionaries(KEYS, ATOMS))
def test_the_order_of_making_a_map_does_not_matter(fields: dict[str, cbor.Value]) -> None:
    assert cbor.encode(fields) == cbor.encode(dict(reversed(fields.items())))


@given(VALUES, st.data())
def test_a_cut_record_is_refused(value: cbor.Value, data: st.DataObject) -> None:
    encoded = cbor.encode(value)
    end = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(Unreadable):
        cbor.decode(encoded[:end])


def test_tuples_are_arrays() -> None:
    assert cbor.encode((1, 2)) == cbor.encode([1, 2])


@pytest.mark.parametrize("value", [True, None, 1.5, bytearray(b"x"), {1, 2}])
def test_other_types_cannot_be_written(value: object) -> None:
    with pytest.raises(TypeError):
        cbor.encode(value)  # type: ignore[arg-type]  # the mistake is what is tested


@pytest.mark.parametrize("value", [-1, 2**63, "u\u0308", {"": 1}, {"ü": 1}, {"x" * 24: 1}])
def test_values_outside_the_subset_cannot_be_written(value: cbor.Value) -> None:
    with pytest.raises(ValueError, match="CBOR subset"):
        cbor.encode(value)


def test_a_record_has_the_version_that_is_known() -> None:
    assert cbor.decode_map(cbor.encode({"v": 1, "a": 2})) == {"v": 1, "a": 2}


@pytest.mark.parametrize("value", [{}, {"v": "1"}, [], 1, {"v": 2}, {"v": 0}])
def test_a_record_without_that_version_is_refused(value: cbor.Value) -> None:
    with pytest.raises(Unreadable):
        cbor.decode_map(cbor.encode(value))


def test_the_sentence_names_the_thing_and_not_its_content() -> None:
    with pytest.raises(Unreadable, match=r"^This letter is damaged") as caught:
        cbor.decode(b"\x66Secre", "This letter")
    assert "Secre" not in str(caught.value)
