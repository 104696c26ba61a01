"""A long text in parts: no word is lost or broken on the way."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.splitting import split, units

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
SIGNS = ("a", "ß", "字", "e\u0301", "\U0001f642", "\U0001f44d\U0001f3fd", FAMILY, "\u0928\u093f")
BLANKS = (" ", "  ", "\n", "\n\n", "\t", "\u3000", "\u2028")
WORDS = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=4).map("".join)
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from(BLANKS)), max_size=60).map(
    lambda pairs: "".join(word + blank for word, blank in pairs)
)


@given(TEXTS, st.integers(40, 120))
def test_the_parts_contain_all_words_in_order(text: str, most: int) -> None:
    parts = split(text, most)
    assert [word for part in parts for word in part.split()] == text.split()
    assert all(units(part) <= most for part in parts)
    assert all(part == part.strip() for part in parts)
    assert all(parts) or parts == [""]


@given(st.lists(st.sampled_from(SIGNS), min_size=1, max_size=80), st.integers(20, 60))
def test_an_overlong_word_is_split_between_whole_characters(signs: list[str], most: int) -> None:
    parts = split("".join(signs), most)
    assert "".join(parts) == "".join(signs)
    assert all(units(part) <= most for part in parts)
    assert not any(unicodedata.category(part[0]).startswith("M") for part in parts)
    assert not any("\u200d" in {part[0], part[-1]} for part in parts)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.integers(4, 30))
def test_any_text_can_be_split(text: str, most: int) -> None:
    parts = split(text, most)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(units(part) <= most for part in parts)


def test_a_text_is_split_between_paragraphs_if_possible() -> None:
    assert split("one\n\ntwo three\nfour five", 20) == ["one", "two three\nfour five"]
    assert split("one two three\nfour", 15) == ["one two three", "four"]
    assert split("one two three", 8) == ["one two", "three"]
    assert split("", 8) == [""]
