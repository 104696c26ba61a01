"""Dates, lists and numbers are written as people who speak a language write them."""

import timeit
from datetime import date, timedelta

import pytest

from handlers.texts.english import ENGLISH
from handlers.texts.languages import FIRST_LANGUAGE, LANGUAGES, Language
from handlers.texts.reader_names import list_names
from handlers.texts.written import write_day, write_list, write_month
from tests.unit.handlers.talks import ASH, OAK, READERS, ROWAN

IN_ENGLISH = LANGUAGES[FIRST_LANGUAGE]
DAY = date(2026, 11, 30)
MOST_SECONDS = 0.000_5
"""Ten times what one takes where nothing else runs."""


def of_locale(locale: str) -> Language:
    """Make a language that writes by a locale; its texts do not matter."""
    return Language(locale, locale, locale, ENGLISH)


@pytest.mark.parametrize(
    ("language", "day", "month"),
    [
        (IN_ENGLISH, "Monday 30 November", "November 2026"),
        (of_locale("es"), "lunes, 30 de noviembre", "noviembre de 2026"),
        (of_locale("de"), "Montag, 30. November", "November 2026"),
        (of_locale("fr"), "lundi 30 novembre", "novembre 2026"),
        (of_locale("pl"), "poniedziałek, 30 listopada", "listopad 2026"),
    ],
    ids=lambda value: value.locale if isinstance(value, Language) else "",
)
def test_a_date_has_the_order_and_the_words_of_its_language(
    language: Language, day: str, month: str
) -> None:
    assert write_day(language, DAY) == day
    assert write_month(language, DAY) == month


def test_every_date_in_english_is_written_as_it_always_was() -> None:
    for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(366)):
        assert write_day(IN_ENGLISH, day) == f"{day:%A} {day.day} {day:%B}"
        assert write_month(IN_ENGLISH, day) == f"{day:%B %Y}"


@pytest.mark.parametrize(
    ("locale", "listed"),
    [
        ("en_GB", ["", "3", "3 and 7", "3, 7 and 9", "1, 3, 7 and 9"]),
        ("es", ["", "3", "3 y 7", "3, 7 y 9", "1, 3, 7 y 9"]),
    ],
)
def test_things_are_listed_as_in_a_sentence(locale: str, listed: list[str]) -> None:
    things = [(), ("3",), ("3", "7"), ("3", "7", "9"), ("1", "3", "7", "9")]
    assert [write_list(of_locale(locale), each) for each in things] == listed


def test_braces_in_a_name_are_no_blanks() -> None:
    assert write_list(IN_ENGLISH, ("{0}", "{1}", "{a}")) == "{0}, {1} and {a}"


def test_readers_are_listed_by_their_names_and_who_left_is_said_to_have() -> None:
    ids = (ROWAN.id, ASH.id, OAK.id)
    assert list_names(IN_ENGLISH, READERS, ids) == "Ash, Oak and Rowan"
    assert list_names(of_locale("es"), READERS, ids) == "Ash, Oak y Rowan"
    assert list_names(IN_ENGLISH, READERS, (OAK.id, "ff")) == "Oak and a reader who left"
    assert list_names(IN_ENGLISH, READERS, ()) == "nobody"


@pytest.mark.parametrize("locale", ["en_GB", "es"])
def test_nobody_waits_for_a_date_or_a_list(locale: str) -> None:
    language = of_locale(locale)

    def write() -> None:
        write_day(language, DAY)
        write_month(language, DAY)
        write_list(language, ("Ash", "Oak", "Rowan"))

    write()
    assert min(timeit.repeat(write, number=20, repeat=5)) / 20 < MOST_SECONDS
