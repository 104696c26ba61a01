import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.crypto.age.header import (
    MAX_HEADER,
    MAX_STANZAS,
    Header,
    Stanza,
    b64decode,
    b64encode,
    encode_header,
    split,
)
from store.model.errors import Tampered, TooLong, Unreadable

_KEY = bytes(range(16))
_VERSION = b"age-encryption.org/v1\n"
_MAC = b"--- " + b"A" * 43 + b"\n"

arguments = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
stanzas = st.builds(
    Stanza,
    args=st.lists(
        arguments.map(str.encode).filter(lambda arg: arg != b"scrypt"), min_size=1, max_size=4
    ).map(tuple),
    body=st.binary(max_size=200),
)


@given(st.lists(stanzas, min_size=1, max_size=MAX_STANZAS), st.binary(max_size=50))
def test_what_is_encoded_parses_and_checks(made: list[Stanza], payload: bytes) -> None:
    encoded = encode_header(made, _KEY)
    header, rest = split(encoded + payload)
    assert (header, rest) == (encoded, payload)
    parsed = Header.parse(header)
    assert parsed.stanzas == tuple(made)
    parsed.check(_KEY)
    with pytest.raises(Tampered, match="changed"):
        parsed.check(bytes(16))


@pytest.mark.parametrize("length", [0, 1, 47, 48, 49, 96])
def test_a_body_ends_in_a_short_line(length: int) -> None:
    lines = Stanza((b"kind",), bytes(length)).encode().split(b"\n")
    assert [len(line) for line in lines[1:-2]] == [64] * (length // 48)
    assert len(lines[-2]) < 64
    assert lines[-1] == b""


_GOOD = b"-> kind one\nAAAA\n"


@pytest.mark.parametrize(
    "header",
    [
        b"",
        _VERSION,
        _VERSION + _MAC,
        _VERSION + _GOOD,
        _VERSION + _GOOD + _MAC[:-1],
        _VERSION + _GOOD + _MAC + b"\n",
        _VERSION + _GOOD + b"---\n",
        _VERSION + _GOOD + b"--- " + b"A" * 42 + b"\n",
        _VERSION + _GOOD + b"--- " + b"A" * 42 + b"B\n",
        _VERSION + b"->\nAAAA\n" + _MAC,
        _VERSION + b"-> \nAAAA\n" + _MAC,
        _VERSION + b"-> a  b\nAAAA\n" + _MAC,
        _VERSION + b"-> a \nAAAA\n" + _MAC,
        _VERSION + b"-> a\xc3\xa4\nAAAA\n" + _MAC,
        _VERSION + b"-> a\n" + _MAC,
        _VERSION + b"-> a\nAAAA==\n" + _MAC,
        _VERSION + b"-> a\nAAB\n" + _MAC,
        _VERSION + b"-> a\nA\n" + _MAC,
        _VERSION + b"-> a\n" + b"A" * 64 + b"\n" + _MAC,
        _VERSION + b"-> a\n" + b"A" * 65 + b"\n\n" + _MAC,
        _VERSION + b"-> a\nAAAA\n\n" + _MAC,
        (_VERSION + _GOOD + _MAC).replace(b"\n", b"\r\n"),
        _VERSION.replace(b"v1", b"v2") + _GOOD + _MAC,
        b" " + _VERSION + _GOOD + _MAC,
    ],
)
def test_a_header_beside_the_grammar_is_refused(header: bytes) -> None:
    with pytest.raises(Unreadable):
        Header.parse(header)


def test_a_passphrase_stands_alone() -> None:
    phrase = b"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\n" + b"A" * 43 + b"\n"
    assert Header.parse(_VERSION + phrase + _MAC).stanzas[0].kind == b"scrypt"
    for company in (_GOOD + phrase, phrase + _GOOD, phrase + phrase):
        with pytest.raises(Unreadable, match="passphrase"):
            Header.parse(_VERSION + company + _MAC)


def test_a_reader_bears_only_so_many_stanzas() -> None:
    assert len(Header.parse(_VERSION + _GOOD * MAX_STANZAS + _MAC).stanzas) == MAX_STANZAS
    with pytest.raises(TooLong, match="32"):
        Header.parse(_VERSION + _GOOD * (MAX_STANZAS + 1) + _MAC)


def test_a_reader_bears_only_so_long_a_header() -> None:
    def header(spare: int) -> bytes:
        rest = MAX_HEADER - len(_VERSION + b"-> \n\n" + _MAC) + spare
        return _VERSION + b"-> " + b"a" * rest + b"\n\n" + _MAC

    assert split(header(0) + b"payload") == (header(0), b"payload")
    assert len(Header.parse(header(0)).stanzas) == 1
    for refuse in (split, Header.parse):
        with pytest.raises(Unreadable):
            refuse(header(1))


@pytest.mark.parametrize(
    "data", [b"", b"age-encryption.org/v2\n", b"-----BEGIN AGE ENCRYPTED FILE-----\n"]
)
def test_another_format_is_named_as_such(data: bytes) -> None:
    with pytest.raises(Unreadable, match="not an age file"):
        split(data)


@given(st.binary(max_size=100))
def test_base64_has_one_spelling(data: bytes) -> None:
    text = b64encode(data)
    assert text == base64.b64encode(data).rstrip(b"=")
    assert b64decode(text) == data


@given(st.text("ABCDwxyz0189+/=-_ \n", max_size=9).map(str.encode))
def test_every_other_spelling_is_refused(text: bytes) -> None:
    try:
        data = b64decode(text)
    except Unreadable:
        return
    assert b64encode(data) == text
