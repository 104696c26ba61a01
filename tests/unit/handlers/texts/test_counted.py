"""A text with a number has the form that its language uses for that number."""

import gettext

import pytest

from handlers.texts.counted import Counted, english_counted
from handlers.texts.english import ENGLISH
from tests.sentences import FORMS_FOR_ONE, RECORDED_TEXTS

HOURS = english_counted("in an hour", "in {count} hours")


@pytest.mark.parametrize(
    ("count", "text"), [(0, "in 0 hours"), (1, "in an hour"), (2, "in 2 hours")]
)
def test_english_has_a_form_for_one(count: int, text: str) -> None:
    assert HOURS.format(count) == text


def test_other_blanks_are_filled_as_well() -> None:
    places = english_counted("Word {places} is unknown.", "Words {places} are unknown.")
    assert places.format(1, places="4") == "Word 4 is unknown."
    assert places.format(2, places="4 and 7") == "Words 4 and 7 are unknown."


@pytest.mark.parametrize(
    ("rule", "forms", "said"),
    [
        ("n != 1", ("{count} día", "{count} días"), {1: "1 día", 2: "2 días", 0: "0 días"}),
        (
            "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2",
            ("{count} dzień", "{count} doby", "{count} dni"),
            {1: "1 dzień", 3: "3 doby", 7: "7 dni", 12: "12 dni", 22: "22 doby"},
        ),
    ],
    ids=["Spanish", "Polish"],
)
def test_a_rule_of_gettext_chooses_the_form(
    rule: str, forms: tuple[str, ...], said: dict[int, str]
) -> None:
    counted = Counted(forms, gettext.c2py(rule))
    assert {count: counted.format(count) for count in said} == said


@pytest.mark.parametrize("name", sorted(FORMS_FOR_ONE))
def test_the_form_for_one_says_the_number_in_words(name: str) -> None:
    words = RECORDED_TEXTS[name].casefold().split()
    assert "{count}" not in RECORDED_TEXTS[name]
    assert {"one", "an", "word"} & {*words}


def test_what_a_configuration_may_set_to_one_is_said_of_one() -> None:
    assert "waits up to one day, then" in ENGLISH.telling.draft_life.format(1)
    assert "waits up to 7 days, then" in ENGLISH.telling.draft_life.format(7)
    assert ENGLISH.review.send_later.format(1) == "Yes, send in one hour"
    assert ENGLISH.review.send_later.format(12) == "Yes, send in 12 hours"
