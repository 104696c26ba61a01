"""What a keyboard makes of what is meant does not count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.folding import folded, plain


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
