import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.crypto.labels import Label, derive_label, lv, signature_label


def test_a_label_stands_behind_the_protocol_and_before_a_zero() -> None:
    assert derive_label(Label.CASE_ROOT) == b"pcr/v1/case/root\x00"
    assert derive_label(Label.DRAFT_ID, b"ab", b"c") == b"pcr/v1/draft/id\x00abc"
    assert signature_label("consent", b"body") == b"pcr/v1/sig/consent\x00body"


def test_no_label_is_the_beginning_of_another_use() -> None:
    prefixes = [derive_label(label) for label in Label]
    for one in prefixes:
        assert [other for other in prefixes if other.startswith(one)] == [one]
        assert not one.startswith(b"pcr/v1/sig/")


def test_labels_are_ascii_without_a_zero() -> None:
    for label in Label:
        assert label.value.isascii()
        assert label.value.isprintable()


@given(st.lists(st.binary(max_size=300)), st.lists(st.binary(max_size=300)))
def test_fields_with_their_length_cannot_be_cut_elsewhere(
    one: list[bytes], two: list[bytes]
) -> None:
    joined = [b"".join(map(lv, fields)) for fields in (one, two)]
    assert (joined[0] == joined[1]) == (one == two)


def test_a_length_is_two_bytes_big_endian() -> None:
    assert lv(b"") == b"\x00\x00"
    assert lv(bytes(258)) == b"\x01\x02" + bytes(258)
    with pytest.raises(OverflowError):
        lv(bytes(65_536))
