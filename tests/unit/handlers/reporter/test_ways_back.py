"""The ways back: twelve words, two of which are checked, or the code alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reporter.ways_back import draw_places
from store.model.changes import EndDraft
from tests.unit.handlers.reporter.places import (
    checked_words,
    reach_overview,
    reach_ways_back,
    sentence_names,
)


def test_the_words_are_shown_until_two_were_given_back() -> None:
    talk = reach_ways_back()
    assert sentence_names(talk.press("words")) == ["WORDS", "ASK"]
    first = checked_words(talk)
    assert sentence_names(talk.say("neither of them")) == ["WRONG_WORDS"]
    assert sentence_names(talk.say("/words")) == ["WORDS", "ASK"]
    assert checked_words(talk) == first  # the same two
    talk.say("/back")
    assert talk.question == "bot.back"
    talk.press("words")
    assert checked_words(talk) == first
    outcome = talk.say(" ".join(first))
    assert outcome.changes == (EndDraft(),)
    assert sentence_names(outcome) == ["GOODBYE"]


@pytest.mark.parametrize(
    "form", ["{0} {1}", "{0}, {1}", "{0} and {1}", " {0}\t{1}. ", "3. {0} 4. {1}"]
)
def test_two_words_can_be_given_back_as_people_write(form: str) -> None:
    talk = reach_ways_back()
    talk.press("words")
    first, second = checked_words(talk)
    assert talk.say(form.format(first.upper(), second)).changes == (EndDraft(),)


@pytest.mark.parametrize(
    "form",
    [
        "number {a}: {0}, number {b}: {1}",
        "{b}: {1}, {a}: {0}",
        "{a}. {0}\n{b}. {1}",
        "The words are “{0}” and “{1}”.",
        "{0:.4} {1:.4}",
        "{all}",
    ],
)
def test_two_words_can_be_given_back_with_their_numbers_cut_or_among_all(form: str) -> None:
    talk = reach_ways_back()
    talk.press("words")
    words = talk.snapshot.words
    first, second = checked_words(talk)
    a, b = (words.index(word) + 1 for word in (first, second))
    said = form.format(first, second, a=a, b=b, all=" ".join(words))
    assert talk.say(said).changes == (EndDraft(),)


@pytest.mark.parametrize(
    "form", ["{b}: {1}, {b}: {0}", "{0}", "{0} {1} {0}", "{0:.2} {1:.2}", "12"]
)
def test_what_is_not_the_two_words_is_refused(form: str) -> None:
    talk = reach_ways_back()
    talk.press("words")
    words = talk.snapshot.words
    first, second = checked_words(talk)
    a, b = (words.index(word) + 1 for word in (first, second))
    assert not talk.say(form.format(first, second, a=a, b=b)).changes


def test_two_words_in_the_wrong_order_are_not_the_two() -> None:
    talk = reach_ways_back()
    talk.press("words")
    assert not talk.say(" ".join(reversed(checked_words(talk)))).changes


def test_the_code_alone_ends_the_conversation() -> None:
    talk = reach_ways_back()
    assert talk.press("code").changes == (EndDraft(),)
    handed = reach_overview()
    handed.press("right")
    handed.press("now")
    assert handed.question == "bot.code"
    assert sentence_names(handed.say("/words")) == ["NO_WORDS_YET", "ASK"]
    assert handed.press("have").changes == (EndDraft(),)


@given(st.binary(min_size=1, max_size=64))
def test_the_two_places_are_different_and_among_the_twelve(numbers: bytes) -> None:
    stream = iter([*numbers, *range(256)])
    first, second = map(int, draw_places(lambda size: bytes(next(stream) for _ in range(size))))
    assert 1 <= first < second <= 12
