"""Words of people who want to stop, or delete, what is about to be shared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.folding import folded
from handlers.reporter.hold_words import MOST_WORDS, wants_to_erase, wants_to_stop
from handlers.texts.english_hold import ENGLISH_HOLD

STOPS, ERASES = ENGLISH_HOLD.stops, ENGLISH_HOLD.erases
BESIDE, CONTRARY = ENGLISH_HOLD.beside, ENGLISH_HOLD.contrary


@pytest.mark.parametrize(
    "text",
    [
        *("I changed my mind", "please don't send it!!!", "stop it", "don't send", "STOP!!"),
        *("take it back", "cancel", "undo", "no wait", "withdraw", "Stop it please 🙏"),
        *("I changed my mind, please don’t send it!!!", "no no no stop", "Oh no, wait, stop it"),
        *("wait, no. Don't share it.", "please, please stop", "sorry, I want to take it back"),
        *(
            "not yet",
            "ok never mind",
            "that was a mistake... cancel that",
            "Do not send it. Please!",
        ),
    ],
)
def test_who_wants_to_stop_is_understood(text: str) -> None:
    assert wants_to_stop(folded(text))
    assert not wants_to_erase(folded(text))


@pytest.mark.parametrize(
    "text",
    [
        *("don't stop it", "please don't cancel", "do not stop", "no, don't stop"),
        *("send it", "yes send it", "don't wait, send it", "stop him", "he said stop", "wait"),
        *("I don't want to stop it", "please", "no", "", "how do i stop it?", "hello"),
        *("stop " + "please " * MOST_WORDS, "they must stop it", "I can't stop crying"),
    ],
)
def test_who_says_anything_else_stops_nothing(text: str) -> None:
    assert not wants_to_stop(folded(text))


@pytest.mark.parametrize("text", ["delete everything", "Erase it, please", "stop, delete it all"])
def test_who_wants_it_deleted_is_understood_as_that(text: str) -> None:
    assert wants_to_erase(folded(text))
    assert not wants_to_stop(folded(text))


def test_every_phrase_is_written_as_it_is_compared() -> None:
    for phrase in sorted(STOPS | ERASES | BESIDE | CONTRARY):
        assert folded(phrase) == phrase


def test_no_phrase_that_stops_says_the_contrary() -> None:
    for phrase in sorted(STOPS):
        assert wants_to_stop(phrase), phrase


@given(st.lists(st.sampled_from(sorted(BESIDE)), max_size=6), st.sampled_from(sorted(STOPS)))
def test_what_stands_beside_changes_nothing(beside: list[str], phrase: str) -> None:
    words = [word for each in beside for word in each.split()]
    assert not wants_to_stop(" ".join(words)) or _is_made_of(words)
    if len(words) + len(phrase.split()) <= MOST_WORDS:
        assert wants_to_stop(" ".join([*words, phrase]))
        assert wants_to_stop(" ".join([phrase, *words]))


def _is_made_of(words: list[str]) -> bool:
    """Tell whether words that may stand beside are by chance a phrase ("no" and "wait")."""
    pairs = {" ".join(words[at : at + 2]) for at in range(len(words))}
    return bool(pairs & STOPS)
