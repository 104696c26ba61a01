"""Recovery words are found in every form in which people copy them."""

import pytest

from handlers.texts.english import ENGLISH
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
        "1️⃣ abandon 2️⃣ ability 3️⃣ able 4️⃣ about",
        "❤️ abandon ability able about ❤️",
        "1abandon 2ability 3able 4about",
    ],
)
def test_the_words_are_read_without_what_stands_around_them(text: str) -> None:
    assert tokens_of(text) == WORDS
    assert may_be_phrase(text)


TWELVE = (*WORDS, "above", "absent", "absorb", "abstract", "absurd", "abuse", "access", "acid")
LIST = "\n".join(f"{number:>4}  {word}" for number, word in enumerate(TWELVE, 1))


@pytest.mark.parametrize(
    "text",
    [
        *(
            ENGLISH.recovery.words.format(
                words=LIST,
                gone=ENGLISH.recovery.words_disappear,
                end=ENGLISH.recovery.words_end.format(until=f"Friday {day} November, 09:00 UTC"),
            )
            + ENGLISH.recovery.ask_words.format(first=5, second=6)
            for day in range(1, 31)
        ),
        f"my words for the bot\n{LIST}\nkeep safe until 1 December",
        f"From my notes, of the 12th:\n{' '.join(TWELVE)}\n(show nobody)",
    ],
)
def test_the_words_are_found_in_the_message_that_showed_them(text: str) -> None:
    assert tokens_of(text) == TWELVE


def test_the_code_is_found_in_the_message_that_showed_it() -> None:
    texts = ENGLISH.recovery
    for gone in (texts.code_disappears, texts.code_once, texts.stays_in_chat):
        shown = (texts.code.format(code=" ".join(WORDS)), texts.have_code.format(gone=gone))
        assert tokens_of("\n\n".join(shown)) == WORDS


def test_of_two_lines_neither_is_guessed() -> None:
    text = "one two three four\nfive six seven eight\nnine ten eleven twelve thirteen"
    assert not may_be_phrase(text)


def test_marks_belong_to_their_letters() -> None:
    assert tokens_of("a\u0301baco あいこくしん がく") == ("a\u0301baco", "あいこくしん", "がく")


@pytest.mark.parametrize("text", ["", "...", "it", "please do it", "a b c d e"])
def test_few_or_many_words_are_no_phrase(text: str) -> None:
    assert not may_be_phrase(text)
