import io
import os
import stat
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.terminal.adapter import (
    CLEAR,
    WIDTH,
    Line,
    TerminalMessenger,
    next_line,
    prepare_input,
    show,
    typed_lines,
    wrapped,
)
from handlers.messages import ChatClearing, Offer, OutgoingFile, Reply
from handlers.ports.messenger import MessageRefused
from tests.rig import person


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


async def told(source: io.TextIOBase, quiet_seconds: float = 60.0) -> list[Line]:
    return [line async for line in typed_lines(prepare_input(source), quiet_seconds)]  # type: ignore[arg-type]


# Showing


def test_choices_are_numbered_and_the_footer_stands_below() -> None:
    reply = Reply("What now?", offers=(Offer("a", "Keep it"), Offer("b", "Go")), footer="/stop")
    assert show(reply) == "What now?\n\n  1  Keep it\n  2  Go\n\n     /stop"


def test_a_long_choice_is_indented_where_it_wraps() -> None:
    first, second = show(Reply("", offers=(Offer("a", "word " * 20),))).strip().split("\n")
    assert second.startswith("     word")
    assert len(first) <= WIDTH


@given(st.text(st.sampled_from("ab \n"), max_size=300))
def test_wrapping_loses_no_word_and_keeps_each_line_apart(text: str) -> None:
    narrow = wrapped(text)
    assert narrow.split() == text.split()
    lines = [line for line in narrow.split("\n") if not line.startswith("    ")]
    assert all(len(line) <= WIDTH or " " not in line for line in lines)
    assert narrow.count("\n") >= text.count("\n")


def test_columns_are_not_wrapped() -> None:
    assert wrapped("    four   words") == "    four   words"


async def test_a_screen_is_cleared() -> None:
    screen = Screen()
    await TerminalMessenger(screen, Path()).send(
        person(), Reply("Sealed.", clear=ChatClearing.PASSED)
    )
    assert screen.getvalue() == f"{CLEAR}Sealed.\n\n"


async def test_output_to_a_file_is_not_cleared() -> None:
    out = io.StringIO()
    await TerminalMessenger(out, Path()).send(
        person(), Reply("Sealed.", clear=ChatClearing.PASSED)
    )
    assert out.getvalue() == "Sealed.\n\n"


@pytest.mark.parametrize("out", [Screen(), io.StringIO()])
def test_clearing_is_offered_only_on_a_screen(out: io.StringIO) -> None:
    assert TerminalMessenger(out, Path()).platform.can_clear is out.isatty()


async def test_the_last_question_is_remembered() -> None:
    terminal = TerminalMessenger(io.StringIO(), Path())
    await terminal.send(person(), Reply("Who?", question="person"))
    await terminal.send(person(), Reply("Sealed."))
    assert terminal.asked == "person"


async def test_a_file_is_written_for_its_owner_only_and_its_path_is_shown(
    tmp_path: Path,
) -> None:
    out = io.StringIO()
    await TerminalMessenger(out, tmp_path).send_file(
        person(), OutgoingFile("7ZK4M2.holdfast", b"sealed")
    )
    path = tmp_path / "7ZK4M2.holdfast"
    assert path.read_bytes() == b"sealed"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert str(path) in out.getvalue().replace("\n", "")


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_file_that_cannot_be_opened_never_left_but_a_broken_one_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    for folder, nothing_left in ((tmp_path / "missing", True), (tmp_path, False)):
        with pytest.raises(MessageRefused) as caught:
            await TerminalMessenger(io.StringIO(), folder).send_file(
                person(), OutgoingFile("7ZK4M2.holdfast", b"sealed")
            )
        assert caught.value.nothing_left is nothing_left
    assert not names_in(tmp_path)


# Typing


async def test_lines_are_yielded_in_order_until_the_input_ends() -> None:
    assert await told(io.StringIO("one\r\n\n two \nlast")) == ["one", "", " two ", "last"]


async def test_invalid_bytes_become_a_replacement_character() -> None:
    source = io.TextIOWrapper(io.BytesIO(b"a\xffb\n\xed\xa0\x80\n"), encoding="ascii")
    assert await told(source) == ["a\ufffdb", "\ufffd\ufffd\ufffd"]


async def test_a_pause_after_a_line_is_yielded_once() -> None:
    into, out = os.pipe()
    with os.fdopen(into, encoding="utf-8") as source, os.fdopen(out, "wb", 0) as writer:
        lines = typed_lines(source, quiet_seconds=0.01)
        writer.write(b"one\n")
        assert [await anext(lines), await anext(lines)] == ["one", None]
        # Nobody may ever press return again, and the program ends all the same.
        assert all(t.daemon for t in threading.enumerate() if t is not threading.main_thread())
        writer.write(b"two\n")
        assert await anext(lines) == "two"
        writer.close()
        assert [line async for line in lines if line is not None] == []


async def test_next_line_skips_pauses() -> None:
    async def typed() -> AsyncIterator[Line]:
        yield None
        yield ""
        yield None

    lines = typed()
    assert await next_line(lines) == ""
    assert await next_line(lines) is None
