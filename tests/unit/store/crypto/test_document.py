import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.crypto.age.stream import MAX_PAYLOAD, sealed_size
from store.crypto.document import LIMIT, LINE_LIMIT, Document, Json, bucket
from store.model.errors import TooLong, Unreadable

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=3,
)
EXTRA = st.dictionaries(
    st.sampled_from(["q", "name", "rev", "id", "box", "may", "parts", "files"]), VALUES
)


def report(body: bytes = b"It was in spring.", **extra: Json) -> Document:
    return Document("report", "text/plain", 202647, body, extra)


def padded(line: bytes, body: bytes = b"") -> bytes:
    return (line + b"\n" + body).ljust(1024)


def test_a_document_is_a_line_a_body_and_spaces() -> None:
    line = b'{"kind":"report","len":17,"type":"text/plain","v":1,"week":202647}'
    assert report().encode() == padded(line, b"It was in spring.")


@given(st.binary(max_size=3000), EXTRA)
def test_what_is_written_is_read(body: bytes, extra: dict[str, Json]) -> None:
    document = report(body, **extra)
    assert Document.decode(document.encode()) == document


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, 1024),
        (1024, 1024),
        (1025, 4096),
        (4097, 16_384),
        (16_385, 65_536),
        (65_537, 262_144),
        (262_144, 262_144),
        (262_145, 524_288),
        (LIMIT, LIMIT),
    ],
)
def test_buckets(size: int, expected: int) -> None:
    assert bucket(size) == expected


def test_more_than_the_limit_is_refused() -> None:
    with pytest.raises(TooLong, match="64 MiB"):
        bucket(LIMIT + 1)
    with pytest.raises(TooLong):
        report(bytes(LIMIT)).encode()


def test_the_payload_of_the_largest_document_has_64_mib_at_most() -> None:
    assert sealed_size(LIMIT) <= MAX_PAYLOAD < sealed_size(LIMIT + 256 * 1024)


@given(st.integers(0, 900), st.integers(0, 900))
def test_length_does_not_show_within_a_bucket(first: int, second: int) -> None:
    assert len(report(bytes(first)).encode()) == len(report(bytes(second)).encode())


def test_strings_are_written_as_rfc_8785_says() -> None:
    # RFC 8785, section 3.2.2.2
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f\b\t\f\r\x7f"
    line = report(q=text).encode().split(b"\n")[0]
    expected = '"q":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\\b\\t\\f\\r\x7f"'
    assert expected.encode() in line


def test_keys_are_sorted() -> None:
    line = report(q="", box="", may=[]).encode().split(b"\n")[0]
    assert list(json.loads(line)) == sorted(json.loads(line))


GOOD = b'{"kind":"report","len":2,"type":"text/plain","v":1,"week":202647}'


@pytest.mark.parametrize(
    "data",
    {
        "nothing": b"",
        "no line": b"hello",
        "not JSON": padded(b"{", b"ab"),
        "not an object": padded(b"[]", b"ab"),
        "not UTF-8": padded(b'{"\xff":1}', b"ab"),
        "other version": padded(GOOD.replace(b'"v":1', b'"v":2'), b"ab"),
        "version is true": padded(GOOD.replace(b'"v":1', b'"v":true'), b"ab"),
        "unknown kind": padded(GOOD.replace(b"report", b"rumour"), b"ab"),
        "no week": padded(GOOD.replace(b',"week":202647', b""), b"ab"),
        "week is text": padded(GOOD.replace(b"202647", b'"202647"'), b"ab"),
        "fraction": padded(GOOD.replace(b"202647", b"202647.0"), b"ab"),
        "null": padded(GOOD.replace(b'"v"', b'"rev":null,"v"'), b"ab"),
        "object": padded(GOOD.replace(b'"v"', b'"rev":{},"v"'), b"ab"),
        "large integer": padded(GOOD.replace(b'"v"', b'"rev":9007199254740993,"v"'), b"ab"),
        "huge integer": padded(GOOD.replace(b'"v"', b'"rev":' + b"9" * 5000 + b',"v"'), b"ab"),
        "lone surrogate": padded(GOOD.replace(b'"v"', b'"rev":"\\ud800","v"'), b"ab"),
        "deep nesting": padded(GOOD.replace(b'"v"', b'"rev":' + b"[" * 90_000 + b',"v"'), b"ab"),
        "nested five times": padded(GOOD.replace(b'"v"', b'"rev":[[[[[]]]]],"v"'), b"ab"),
        "space in the line": padded(GOOD.replace(b":", b": "), b"ab"),
        "needless escape": padded(GOOD.replace(b"text/", b"text\\/"), b"ab"),
        "same key twice": padded(GOOD.replace(b'"v":1', b'"v":1,"v":1'), b"ab"),
        "keys not sorted": padded(
            b'{"len":2,"kind":"report","type":"text/plain","v":1,"week":202647}', b"ab"
        ),
        "negative length": padded(GOOD.replace(b'"len":2', b'"len":-2'), b"ab"),
        "longer than it is": GOOD + b"\na",
        "something behind it": padded(GOOD, b"abc"),
        "line feed behind it": padded(GOOD, b"ab\n"),
        "zeros behind it": padded(GOOD, b"ab\x00"),
    }.values(),
)
def test_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        Document.decode(data)


def test_the_form_that_was_varied_is_itself_good() -> None:
    assert Document.decode(padded(GOOD, b"ab")).body == b"ab"


def test_a_document_cannot_be_made_with_a_foreign_kind_or_a_key_of_its_own() -> None:
    with pytest.raises(Unreadable):
        Document("rumour", "text/plain", 202647, b"")
    with pytest.raises(Unreadable):
        report(week=3)


@pytest.mark.parametrize("value", [True, 2**53, "\ud800", [[[[[0]]]]]])
def test_a_value_that_json_would_bend_is_not_written(value: Json) -> None:
    with pytest.raises(Unreadable):
        report(q=value).encode()


def test_a_description_is_not_longer_than_a_reader_reads() -> None:
    longest = "x" * (LINE_LIMIT - len(report(q="").description.encode()))
    assert Document.decode(report(q=longest).encode()) == report(q=longest)
    with pytest.raises(TooLong, match="64 KiB"):
        report(q=longest + "x").encode()
    line, _, rest = report(q=longest).encode().partition(b"\n")
    with pytest.raises(Unreadable, match="description"):
        Document.decode(line.replace(b'"q":"', b'"q":"x') + b"\n" + rest)


def test_it_does_not_print_its_body() -> None:
    assert repr(report(q="secret")) == "Document('report', …)"
