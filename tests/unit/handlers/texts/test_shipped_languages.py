"""Every language that the bot speaks is whole, sound, and as plain as the English."""

import re
from collections.abc import Iterator

import pytest

from flows.tools.translation import same_as_original
from handlers.texts.counted import Counted
from handlers.texts.english import ENGLISH
from handlers.texts.languages import FIRST_LANGUAGE, LANGUAGES
from handlers.texts.messages import TEXTS, bot_source
from handlers.texts.translation import (
    shipped_languages,
    shipped_translation,
    translation_problems,
)

TRANSLATED = [*shipped_languages()]
MOST_WORDS = 60
MOST_MORE = 1.3
"""So many times the words of the original a long text may have, since messages are put together
from several."""
FEWEST_WORDS_COMPARED = 25
MOST_LETTERS = {"telegram.about_short": 120, "telegram.about": 512}
"""What Telegram takes (Bot API, setMyShortDescription and setMyDescription)."""
LONGEST_NAME = "The Organisation With A Long Name"
MEANT: dict[str, set[str]] = {}
"""By the language: places where the words are those of the original, and rightly."""

PRESSURE = {
    "es": re.compile(
        r"\b(por qué|víctimas?|acusad[oa]s?|acusación|supuest[oa]|presunt[oa]|valientes?|bravo|"
        r"orgullo|por desgracia|lamentablemente|tu culpa|deberías|tendrías que|usuari[oa]s?|"
        r"denunci\w*|estimad[oa])\b|!|¡",
        re.IGNORECASE,
    ),
}
"""What blames, praises, asks why, or is said by an office."""
GENDERED = {
    "es": re.compile(
        r"\b(bienvenid[oa]|segur[oa] de|list[oa]s? para|sol[oa] (en|con)|preparad[oa]|"
        r"tranquil[oa]|tú mism[oa]|ti mism[oa]|anónim[oa]|cansad[oa]|lector(a|es|as)?)\b",
        re.IGNORECASE,
    ),
}
"""What would say of the reporter, or of a reader, that they are a man or a woman."""


def forms(language: str) -> Iterator[tuple[str, str]]:
    """Yield each text in its forms, with its place."""
    for place, text in TEXTS.texts(LANGUAGES[language].texts):
        yield from (
            (place, form) for form in (text.forms if isinstance(text, Counted) else [text])
        )


def words(text: str) -> int:
    return sum(any(map(str.isalnum, word)) for word in text.split())


def test_every_translation_is_of_a_language_that_is_spoken() -> None:
    assert {*LANGUAGES} == {FIRST_LANGUAGE, *shipped_languages()}
    assert LANGUAGES[FIRST_LANGUAGE].texts is ENGLISH


def test_a_language_that_nobody_translated_is_none() -> None:
    assert "xx" not in LANGUAGES
    with pytest.raises(KeyError):
        LANGUAGES["xx"]


@pytest.mark.parametrize("language", TRANSLATED)
def test_it_is_whole_and_sound(language: str) -> None:
    assert [str(p) for p in translation_problems(shipped_translation(language))] == []
    assert LANGUAGES[language].code == language


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english(language: str) -> None:
    same = same_as_original(bot_source(), shipped_translation(language))
    assert {message.context for message in same} == MEANT.get(language, set())


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_is_too_long(language: str) -> None:
    english = dict(forms(FIRST_LANGUAGE))
    for place, text in forms(language):
        assert words(text) <= MOST_WORDS, place
        if words(text) >= FEWEST_WORDS_COMPARED:
            assert words(text) <= MOST_MORE * words(english[place]), place
        if place in MOST_LETTERS:
            filled = text.format(organisation=LONGEST_NAME)
            assert len(filled) <= MOST_LETTERS[place], place


@pytest.mark.parametrize("language", [each for each in TRANSLATED if each in PRESSURE])
def test_nobody_is_blamed_praised_or_asked_why(language: str) -> None:
    assert [text for _, text in forms(language) if PRESSURE[language].search(text)] == []


@pytest.mark.parametrize("language", [each for each in TRANSLATED if each in GENDERED])
def test_nobody_is_taken_for_a_man_or_a_woman(language: str) -> None:
    assert [text for _, text in forms(language) if GENDERED[language].search(text)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_names_a_label_names_it_as_it_stands(language: str) -> None:
    texts = LANGUAGES[language].texts
    labels = texts.labels
    for clean in (texts.chat.clean_chat, texts.room.clean_chat, texts.telling.clean):
        assert all(f'"{labels[f"clean.{choice}"]}"' in clean for choice in ("go", "end", "self"))
    assert f"“{labels['button.submit']}”" in texts.telling.several_buttons
    assert f"“{labels['case.add']}”" in texts.refusals.not_added_opened
    assert f"“{labels['review.change']}”" in texts.listening.aside_review
    assert labels["button.done"] in labels["do.tap_done"]
    for way in ("words", "code"):
        assert f"\n{labels[f'back.{way}']}: " in texts.recovery.way_back
    (change,) = re.findall("“(.+)”", texts.listening.aside_overview)
    changes = [label for key, label in labels.items() if key.startswith("change.")]
    assert all(label.startswith(f"{change} ") for label in changes)


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_file_says_that_nobody_who_grew_up_with_it_reviewed_it(language: str) -> None:
    assert "Not yet reviewed by native speakers" in shipped_translation(language).header
