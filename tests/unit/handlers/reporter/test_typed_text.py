"""Typed text: commands, bare words, choices."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.folding import folded
from handlers.messages import EditedMessage, Offer, TextMessage, UnresolvedPress
from handlers.reporter.typed_text import (
    all_showable,
    command_of,
    help_wanted,
    is_numbers,
    match_offers,
    may_stop,
    showable,
    stopping_words,
)
from handlers.texts.english import ENGLISH
from tests.cpu_time import takes_at_most

READERS = (
    Offer("nobody", "Nobody for now"),
    Offer("a", "Ash, elected"),
    Offer("m", "Maria Lopez, elected (has to report some things)"),
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
        ("/stop!!", ("stop", "")),
        ("/stop.", ("stop", "")),
        ("/stop… please", ("stop", "please")),
        ("/withdraw: word word", ("withdraw", "word word")),
        ("/!", ("", "")),
        ("/", ("", "")),
        ("/stop!", ("stop", "")),
        ("/unsafe.", ("unsafe", "")),
        ("/done…", ("done", "")),
        ("／stop！", ("stop", "")),
        ("\u200b/stop", ("stop", "")),
        ("/\u200dstop", ("stop", "")),
        ("/ stop", ("stop", "")),
        ("/stop, please", ("stop", "please")),
        ("/show (2)", ("show", "2)")),
        ("/open: abandon, ability", ("open", "abandon, ability")),
        ("/open@a_bot: word", ("open", "word")),
        ("/withdraw ...", ("withdraw", "")),
        ("/stopping was hard", ("stopping", "was hard")),
        ("🛑/stop", ("stop", "")),
        ("🛑 /stop", ("stop", "")),
        ("👍🏽👩‍👧 /done", ("done", "")),
        ("“/stop” he said", ("stop", "he said")),
        ("*/stop*", ("stop", "")),
        ("¡/stop!", ("stop", "")),
        ("\\stop", ("stop", "")),
        ("∕stop", ("stop", "")),
        ("\\o/ yes", None),
        (":/ stop it", None),
        ("> /stop", None),
        ("-/stop", None),
        ("stop", None),
        ("he said /stop", None),
        ("", None),
    ],
)
def test_a_command_begins_with_a_slash(text: str, command: tuple[str, str] | None) -> None:
    assert command_of(text) == command


@pytest.mark.parametrize("text", ["stop", "Stop.", "STOP!", " “stop” ", "'stop'…", "\tstop\n"])
def test_a_bare_word_is_the_word_without_its_dress(text: str) -> None:
    assert folded(text) == "stop"


@pytest.mark.parametrize(
    "text",
    [
        *("I'm not safe", "I am not safe 😭", "I’m NOT safe!", "i am not safe", "Im not safe"),
        *("not safe", "I don’t feel safe.", "I'm in danger!!", "🆘 I’m unsafe"),
    ],
)
def test_who_is_not_safe_may_say_it_as_people_do(text: str) -> None:
    assert help_wanted(TextMessage(text)) == "HELP_LINES"
    assert may_stop(TextMessage(text))


def test_a_word_in_a_sentence_is_not_bare() -> None:
    assert folded("stop it") != "stop"
    assert folded("I  am NOT safe.") == "i am not safe"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("1", ("nobody",)),
        ("2.", ("a",)),
        ("(3)", ("m",)),
        ("2️⃣", ("a",)),
        ("２", ("a",)),
        ("#2", ("a",)),
        ("2 Ash, elected", ("a",)),
        ("2. ash", ("a",)),
        ("2 John", ("a", "j")),
        ("1/2", None),
        ("ash elected", ("a",)),
        ("Ash – elected", ("a",)),
        ("3)", ("m",)),
        ("0", None),
        ("5", None),
        ("9" * 5_000, None),
        ("ash", ("a",)),
        ("ASH, elected", ("a",)),
        ("nobody", ("nobody",)),
        ("a", None),
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


def test_an_id_that_nobody_sees_is_no_answer() -> None:
    offers = (Offer("needs", "Only a part"), Offer("needs_person", "A part, and who it is about"))
    for offer in offers:
        assert match_offers(offer.id, offers, several=True) is None
        assert match_offers(offer.label, offers, several=True) == (offer.id,)


@pytest.mark.parametrize("question", ["review", "back", "stop", "erase", "case", "clean", "safe"])
def test_no_id_of_the_bots_own_choices_is_an_answer(question: str) -> None:
    names = [name for name in ENGLISH.labels if name.startswith(f"{question}.")]
    offers = [Offer(name.partition(".")[2], ENGLISH.labels[name]) for name in names]
    for offer in offers:
        begun = [o for o in offers if folded(o.label).startswith(folded(offer.id))]
        meant = match_offers(offer.id, offers, several=False)
        assert meant == ((begun[0].id,) if len(begun) == 1 else None)


IN_SPANISH = (
    Offer("keep", "Sí, guárdala así"),
    Offer("read", "Solo quien yo elija"),
    Offer("ana", "Ana"),
    Offer("ana2", "Aña"),
)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        *(("Sí, guárdala así", "keep"), ("si guardala asi", "keep"), ("guardala asi", "keep")),
        *(("SI GUARDALA", "keep"), ("solo quien yo elija", "read"), ("quien yo elija", "read")),
        *(
            ("ana", "ana"),
            ("Aña", "ana2"),
            ("1 si", "keep"),
            ("1 no", None),
            ("¿si guardala?", None),
        ),
    ],
)
def test_a_label_is_named_without_the_accents_that_many_leave_out(
    text: str, chosen: str | None
) -> None:
    meant = match_offers(text, IN_SPANISH, several=False)
    assert meant == (None if chosen is None else (chosen,))


SAYING_YES = (Offer("keep", "Just keep it"), Offer("read", "Let someone read it"))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ash please", ("a",)),
        ("please ash", ("a",)),
        ("ash and john pls", ("a", "j")),
        ("please", None),
        ("not ash please", None),
        ("ash por favor", ("a",)),
        ("por favor ash y john", ("a", "j")),
        ("ash, maria y john porfa", ("a", "m", "j")),
        ("ash ni john", None),
        ("no ash por favor", None),
        ("maria lópez", ("m",)),
    ],
)
def test_politeness_changes_no_answer(text: str, ids: tuple[str, ...] | None) -> None:
    assert match_offers(text, READERS, several=True) == ids


@pytest.mark.parametrize(
    ("text", "chosen"),
    [("keep it", "keep"), ("Keep it!", "keep"), ("keep", None), ("it", None), ("read it", None)],
)
def test_a_label_is_named_without_the_word_that_leads_into_it(
    text: str, chosen: str | None
) -> None:
    meant = match_offers(text, SAYING_YES, several=False)
    assert meant == ((chosen,) if chosen else None)


def test_a_bare_yes_please_is_no_answer() -> None:
    offers = (Offer("no", "No"), Offer("yes", "Yes, keep it"))
    assert match_offers("yes please", offers, several=False) is None
    assert match_offers("keep it please", offers, several=False) == ("yes",)


def test_what_could_be_two_things_is_neither() -> None:
    assert match_offers("y", YES_NO, several=False) is None
    assert match_offers("ye", YES_NO, several=False) is None
    assert match_offers("yes", YES_NO, several=False) is None  # its id
    assert match_offers("Yes, later", YES_NO, several=False) == ("yes",)
    assert match_offers("yes, l", YES_NO, several=False) == ("yes",)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("two\r\nlines\rand\tmore\n", "two\nlines\nand\tmore\n"),
        ("be\x07ll \x1b[31m", "bell [31m"),
        ("half \ud83d", "half "),
        ("cafe\u0301", "café"),
        ("one\u2028two\u2029three\vfour\ffive\x85six", "one\ntwo\nthree\nfour\nfive\nsix"),
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
    return re.sub("\r\n|[\r\v\f\x85\u2028\u2029]", "\n", text)


@given(st.text(), st.booleans())
def test_a_choice_is_always_one_of_the_offers(text: str, several: bool) -> None:
    ids = match_offers(text, READERS, several=several)
    assert ids is None or (ids and set(ids) <= {o.id for o in READERS})
    assert ids is None or len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    "text",
    [
        *("/stop", "Stop!", "/stop!", "/WITHDRAW a b c d", "/erase.", "/unsafe"),
        *("I am not safe!", "stop it", "Please don't send it!!!", "I changed my mind"),
    ],
)
def test_words_that_stop_have_room_of_their_own_however_they_are_typed(text: str) -> None:
    assert stopping_words(TextMessage(text))
    assert stopping_words(TextMessage(text)) == stopping_words(TextMessage(text.upper()))
    assert may_stop(TextMessage(text))


def test_a_press_may_stop_something_but_is_no_words() -> None:
    assert may_stop(UnresolvedPress("token"))
    assert stopping_words(UnresolvedPress("token")) == ""


@pytest.mark.parametrize("text", ["/start", "stop him", "he said /stop", "", "/stopp"])
def test_other_words_stop_nothing(text: str) -> None:
    assert not may_stop(TextMessage(text))
    assert not may_stop(EditedMessage("/stop", "1"))


def test_help_is_heard_with_its_punctuation() -> None:
    assert help_wanted(TextMessage("/unsafe!")) == "HELP_LINES"
    assert help_wanted(TextMessage("/help.")) == "HELP"


@pytest.mark.parametrize(
    "piece",
    ["a ", "a,", "1 ", "1,", "1. a ", "and ", "or,", "Reader 1,", "Re ", "> \n", "a:\n", "😀,"],
)
def test_no_text_takes_long_to_compare_with_what_is_offered(piece: str) -> None:
    """Everybody waits while one message is decided on."""
    offers = [Offer(f"r{n}", f"Reader {n} of the commission") for n in range(1, 41)]
    text = piece * (65_536 // len(piece.encode()))

    def compare() -> None:
        assert match_offers(text, offers, several=True, elsewhere=offers) is None

    assert takes_at_most(0.5, compare)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("1", True), ("1 and 2", True), ("1 y 2", True), ("y", False), ("and", False), ("", False)],
)
def test_numbers_are_numbers_and_a_letter_alone_is_none(text: str, *, numbers: bool) -> None:
    assert is_numbers(text) is numbers
