"""Recovery words are found in every form in which people copy them."""

import pytest

from store.model.phrase import may_be_phrase, tokens_of

WORDS = ("abandon", "ability", "able", "about")


@pytest.mark.parametrize(
    "text",
    [
        "abandon ability able about",
        "abandon, ability, able, about.",
        "1. abandon\n2. ability\n3. able\n4. about",
        "1 abandon 2 ability 3 able 4 about",
        "“abandon ability able about”",
        "abandon\u00a0ability\u200b able\u2028about",
        "- abandon\n- ability\n- able\n- about\n",
        "abandon/ability/able/about!",
    ],
)
def test_the_words_are_read_without_what_stands_around_them(text: str) -> None:
    assert tokens_of(text) == WORDS
    assert may_be_phrase(text)


def test_marks_belong_to_their_letters() -> None:
    assert tokens_of("a\u0301baco あいこくしん がく") == ("a\u0301baco", "あいこくしん", "がく")


@pytest.mark.parametrize("text", ["", "...", "it", "please do it", "a b c d e"])
def test_few_or_many_words_are_no_phrase(text: str) -> None:
    assert not may_be_phrase(text)
