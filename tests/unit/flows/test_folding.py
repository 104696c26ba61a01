"""What a keyboard makes of what is meant does not count."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.folding import MOST_MARKS, folded, plain, stream_safe
from tests.cpu_time import takes_at_most


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I don’t know", "I don't know"),
        ("I don´t know", "i dont know"),
        ("Yes, keep it", "yes keep it"),
        ("“Nobody for now”", "nobody for now"),
        ("take–back", "take-back"),
        ("2️⃣", "2"),
        ("ｓｔｏｐ！", "stop"),
        ("st\u00adop", "stop"),
        ("cafe\u0301", "CAFÉ"),
        ("STRASSE", "straße"),
        ("İstanbul", "i\u0307stanbul"),
        ("one\u2028two", "one two"),
        ("stop 😭😭", "stop"),
        ("👍🏽 Yes", "yes"),
    ],
)
def test_these_are_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1/2", "12"), ("yes", "no"), ("👍", "👎"), ("कि", "क"), ("stop it", "stop")],
)
def test_these_are_not(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("¿Está aquí?", "esta aqui"),
        ("ESPAÑOL", "espanol"),
        ("si\u0301", "Sí"),
        ("pingüino", "pinguino"),
    ],
)
def test_these_are_the_same_without_accents(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(("one", "other"), [("Zoë", "Zoe"), ("peña", "pena")])
def test_names_keep_their_accents(one: str, other: str) -> None:
    assert folded(one) != folded(other)


MARKS = "\u0301\u0316"
"""Two marks whose order Unicode turns."""


@pytest.mark.parametrize("text", [f"a{MARKS * 12_000}", f"a{MARKS * 9}", "ﷺ" * 16_000])
def test_no_message_takes_long_to_compare(text: str) -> None:
    assert takes_at_most(0.4, lambda: folded(text))


def test_a_long_row_of_marks_is_only_parted() -> None:
    safe = stream_safe(f"a{MARKS * 40}b")
    assert safe.replace("\u034f", "") == f"a{MARKS * 40}b"
    assert max(map(len, re.findall(f"[{MARKS}]+", safe))) == MOST_MARKS


@given(st.text(alphabet=f"a é{MARKS}\u0345ﷺ", max_size=200))
def test_what_is_safe_stays_safe(text: str) -> None:
    assert stream_safe(stream_safe(text)) == stream_safe(text)
    assert unicodedata.normalize("NFC", stream_safe(text)).replace("\u034f", "") or not text


@pytest.mark.parametrize("text", ["Zoe\u0308", "ệ", "ngoại", "กำลัง", "한국", "👍🏽"])
def test_words_of_people_are_left_as_they_are(text: str) -> None:
    assert stream_safe(text) == text
