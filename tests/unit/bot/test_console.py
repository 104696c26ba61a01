import getpass
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console import ask_new_passphrase, ask_passphrase, printable, say
from store.model.errors import Locked

LONG = "seven trees at the river"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def sit_down(monkeypatch: pytest.MonkeyPatch, answers: Sequence[str]) -> None:
    left = list(answers)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", lambda prompt: left.pop(0))


def test_one_line_of_input_is_the_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f" {LONG} \r\nmore\n"))
    assert ask_passphrase() == f" {LONG} "


def test_at_a_terminal_it_is_typed_unseen_and_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, [LONG, LONG])
    assert ask_new_passphrase() == LONG


def test_two_that_differ_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, [LONG, LONG + "s"])
    with pytest.raises(Locked, match="differ"):
        ask_new_passphrase()


@pytest.mark.parametrize("short", ["", "eleven char"])
def test_a_short_one_is_refused_with_the_number(
    monkeypatch: pytest.MonkeyPatch, short: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(short + "\n"))
    with pytest.raises(Locked, match="at least 12 characters"):
        ask_new_passphrase()


def test_twelve_characters_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("twelve chars"))
    assert ask_new_passphrase() == "twelve chars"


@given(st.text())
def test_nothing_printed_can_drive_a_terminal(text: str) -> None:
    shown = printable(text)
    assert not {sign for sign in shown if ord(sign) < 32} - {"\n", "\t"}
    assert not {sign for sign in shown if 127 <= ord(sign) < 160}
    assert printable(shown) == shown


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jgone", "[2Jgone"),
        ("\x1b]0;title\x07", "]0;title"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("said\u202eon", "saidon"),
        ("a\x9bb\x7fc\ud800", "abc"),
        ("العربية · עברית · 👩\u200d🔧", "العربية · עברית · 👩\u200d🔧"),
    ],
)
def test_what_goes_and_what_stays(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_paragraphs_are_wrapped_and_paths_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    path = "/tree/" + "leaf-" * 30
    say(f"{'word ' * 30}\n\n{path}")
    out = capsys.readouterr().out
    assert path in out
    assert max(len(line) for line in out.split("\n") if path not in line) <= 78
    assert "\n\n" in out
