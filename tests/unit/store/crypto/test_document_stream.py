"""Any pieces of any document are sealed and opened as the whole is."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.crypto.age.stream import CHUNK, open_payload, seal_payload
from store.crypto.document import LIMIT, LINE_LIMIT, Description, Document, Json
from store.crypto.document_stream import DocumentOpener, DocumentSealer
from store.model.errors import Tampered, TooLong, Unreadable

KEY = bytes(range(16))
NOISE = hashlib.shake_256(b"noise").digest(5 * CHUNK)
LINE = len(
    Document("answer", "text/plain", 202647, b"x" * 99_999, {"q": "story"}).description.encode()
)

sizes = st.one_of(
    st.integers(0, 1100),
    st.integers(0, 4 * CHUNK + 100),
    st.builds(lambda n, by: max(0, n * CHUNK - LINE + by), st.integers(0, 4), st.integers(-9, 9)),
)
places = st.lists(st.one_of(st.integers(0, 200), st.integers(0, 6 * CHUNK)), max_size=9)
extras = st.dictionaries(st.sampled_from(["q", "name"]), st.text('aä\n"', max_size=300))


def answer(body: bytes, **extra: Json) -> Document:
    return Document("answer", "text/plain", 202647, body, extra)


def whole(document: Document) -> bytes:
    return seal_payload(KEY, document.encode(), bytes)


def cut(data: bytes, at: Sequence[int]) -> list[bytes]:
    ends = sorted(min(place, len(data)) for place in at)
    return [data[a:b] for a, b in itertools.pairwise([0, *ends, len(data)])]


def sealed(description: Description, body: Iterable[bytes]) -> Iterator[bytes]:
    sealer = DocumentSealer(description, KEY, bytes)
    yield sealer.begin()
    yield from map(sealer.add, body)
    yield sealer.finish()


def opened(payload: Iterable[bytes]) -> Iterator[bytes]:
    opener = DocumentOpener(KEY)
    yield from map(opener.add, payload)
    yield opener.finish()


@given(sizes, places, extras)
@settings(max_examples=150)
def test_it_is_sealed_to_the_bytes_of_the_whole(
    size: int, at: list[int], extra: dict[str, Json]
) -> None:
    document = answer(NOISE[:size], **extra)
    pieces = sealed(document.description, cut(document.body, at))
    assert b"".join(pieces) == whole(document)


@given(sizes, places)
def test_its_size_and_hash_are_those_of_the_payload(size: int, at: list[int]) -> None:
    document = answer(NOISE[:size])
    sealer = DocumentSealer(document.description, KEY, bytes)
    pieces = [sealer.begin(), *map(sealer.add, cut(document.body, at)), sealer.finish()]
    assert sealer.size == len(b"".join(pieces)) == len(whole(document))
    assert sealer.digest() == hashlib.sha256(whole(document)).digest()


@given(sizes, places, extras)
@settings(max_examples=150)
def test_it_opens_as_the_whole_does(size: int, at: list[int], extra: dict[str, Json]) -> None:
    document, opener = answer(NOISE[:size], **extra), DocumentOpener(KEY)
    pieces = [*map(opener.add, cut(whole(document), at)), opener.finish()]
    assert b"".join(pieces) == document.body
    assert opener.description == document.description


PLAIN = answer(NOISE[: CHUNK + 7]).encode()
SPOILT = {
    "shorter than it says": PLAIN.replace(b'"len":65543', b'"len":999999'),
    "something behind it": PLAIN.replace(b'"len":65543', b'"len":65542'),
    "no description": PLAIN.replace(b'"len"', b'"men"'),
    "no line": b"x" * 200_000,
    "a line that is too long": answer(b"")
    .encode()
    .replace(b'"week"', b'"q":"%s","week"' % (b"x" * LINE_LIMIT)),
    "nothing": b"",
}


@pytest.mark.parametrize("fault", SPOILT)
@pytest.mark.parametrize("size", [1000, CHUNK, 1 << 20])
def test_what_is_no_document_is_refused_as_the_whole_is(fault: str, size: int) -> None:
    payload = seal_payload(KEY, SPOILT[fault], bytes)
    pieces = cut(payload, range(0, len(payload), size))
    with pytest.raises(Unreadable) as refused:
        b"".join(opened(pieces))
    with pytest.raises(Unreadable) as refused_whole:
        Document.decode(open_payload(KEY, payload))
    assert str(refused.value) == str(refused_whole.value)


@given(st.integers(0, 10**9), places)
def test_what_was_cut_never_ends(left: int, at: list[int]) -> None:
    payload = whole(answer(NOISE[: CHUNK + 7]))
    with pytest.raises((Unreadable, Tampered)):
        b"".join(opened(cut(payload[: left % len(payload)], at)))


@pytest.mark.parametrize("pieces", [[b"ab"], [b"a"] * 4, [b"abcd"], []])
def test_a_body_of_another_length_than_described_is_not_sealed(pieces: list[bytes]) -> None:
    with pytest.raises(Unreadable):
        b"".join(sealed(answer(b"abc").description, pieces))


def test_what_is_too_long_is_refused_before_its_first_byte() -> None:
    with pytest.raises(TooLong, match="64 MiB"):
        DocumentSealer(Description("attachment", "image/png", 202647, LIMIT), KEY, bytes)


def test_only_one_chunk_is_held_back_whatever_the_length_of_the_whole() -> None:
    sealer = DocumentSealer(Description("attachment", "image/png", 202647, 50 << 20), KEY, bytes)
    sealer.begin()
    for count in range(1, 9):
        sealer.add(bytes(CHUNK))
        assert sealer.size > (count - 1) * CHUNK
