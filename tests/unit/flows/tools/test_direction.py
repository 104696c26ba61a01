"""Words are shown in the direction in which their language is written."""

import pytest

from flows.tools.direction import writing_direction


@pytest.mark.parametrize(
    ("language", "direction"),
    [("en", "ltr"), ("es", "ltr"), ("pt-BR", "ltr"), ("ar", "rtl"), ("fa", "rtl"), ("he", "rtl")],
)
def test_the_direction_is_that_of_cldr(language: str, direction: str) -> None:
    assert writing_direction(language) == direction


@pytest.mark.parametrize("language", ["qq", "", "x", "no such language", "en-XX-!"])
def test_the_words_say_it_where_nobody_knows_the_language(language: str) -> None:
    assert writing_direction(language) == "auto"
