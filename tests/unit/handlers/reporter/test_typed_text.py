"""Typed text: commands, bare words, choices."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.messages import Offer
from handlers.reporter.typed_text import (
    all_showable,
    bare_word,
    command_of,
    match_offers,
    showable,
)

READERS = (
    Offer("nobody", "Nobody for now"),
    Offer("a", "Ash, elected"),
    Offer("m", "Maria Lopez, elected (must pass some things on)"),
    Offer("j", "John Smith"),
)
YES_NO = (Offer("go", "Yes, I can type here"), Offer("no", "Not now"), Offer("yes", "Yes, later"))


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/stop", ("stop", "")),
        ("  /STOP  ", ("stop", "")),
        ("/show 2", ("show", "2")),
        ("/show\n2", ("show", "2")),
        ("/open@a_bot word  word", ("open", "word  word")),
        ("/", ("", "")),
        ("stop", None),
        ("he said /stop", None),
        ("", None),
    ],
)
def test_a_command_begins_with_a_slash(text: str, command: tuple[str, str] | None) -> None:
    assert command_of(text) == command


@pytest.mark.parametrize("text", ["stop", "Stop.", "STOP!", " “stop” ", "'stop'…", "\tstop\n"])
def test_a_bare_word_is_the_word_without_its_dress(text: str) -> None:
    assert bare_word(text) == "stop"


def test_a_word_in_a_sentence_is_not_bare() -> None:
    assert bare_word("stop it") != "stop"
    assert bare_word("I  am NOT safe.") == "i am not safe"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("1", ("nobody",)),
        ("2.", ("a",)),
        ("(3)", None),
        ("3)", ("m",)),
        ("0", None),
        ("5", None),
        ("9" * 5_000, None),
        ("ash", ("a",)),
        ("ASH, elected", ("a",)),
        ("nobody", ("nobody",)),
        ("a", ("a",)),
        ("2 4", ("a", "j")),
        ("2, 4", ("a", "j")),
        ("ash and john", ("a", "j")),
        ("Maria Lopez and John Smith", ("m", "j")),
        ("Maria Lopez, Ash & John Smith", ("m", "a", "j")),
        ("ash ash", ("a",)),
        ("ash and somebody", None),
        ("and", None),
        ("", None),
        ("   ", None),
    ],
)
def test_choices_by_number_by_words_and_by_how_they_begin(
    text: str, ids: tuple[str, ...] | None
) -> None:
    assert match_offers(text, READERS, several=True) == ids


def test_one_choice_only_where_one_is_asked() -> None:
    assert match_offers("2 4", READERS, several=False) is None
    assert match_offers("2", READERS, several=False) == ("a",)


def test_what_could_be_two_things_is_neither() -> None:
    assert match_offers("y", YES_NO, several=False) is None
    assert match_offers("ye", YES_NO, several=False) is None
    assert match_offers("yes", YES_NO, several=False) == ("yes",)  # its id
    assert match_offers("yes, l", YES_NO, several=False) == ("yes",)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("two\r\nlines\rand\tmore\n", "two\nlines\nand\tmore\n"),
        ("be\x07ll \x1b[31m", "bell [31m"),
        ("half \ud83d", "half "),
        ("cafe\u0301", "café"),
        ("👩‍👧 مرحبا", "👩‍👧 مرحبا"),
    ],
)
def test_what_no_screen_can_show_is_left_out(text: str, kept: str) -> None:
    assert showable(text) == kept


def test_only_what_is_lost_counts_as_left_out() -> None:
    assert all_showable("cafe\u0301\r\n")
    assert not all_showable("be\x07ll")


@given(st.text())
def test_showing_twice_is_showing_once(text: str) -> None:
    shown = showable(text)
    assert showable(shown) == shown
    assert all_showable(shown)
    assert all_showable(text) == (shown == unicodedata.normalize("NFC", _lines(text)))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(), st.booleans())
def test_a_choice_is_always_one_of_the_offers(text: str, several: bool) -> None:
    ids = match_offers(text, READERS, several=several)
    assert ids is None or (ids and set(ids) <= {o.id for o in READERS})
    assert ids is None or len(set(ids)) == len(ids)
