"""The shared talks hold on the terminal, and the script format finds what does not hold."""

from pathlib import Path

import pytest

from tests.bot.telegram.running import running
from tests.rig import Rig
from tests.stages import PersonStage, TerminalStage
from tests.talk_script import (
    Choose,
    Line,
    Misses,
    Say,
    Sees,
    filled,
    parse,
    play,
    read,
    scripts,
    twelve_words,
)
from tests.telegram.double import Double

SHOWN = """\
Your twelve words, in this order:

   1  liquid
   2  frozen
   3  guess
   4  best
   5  witness
   6  path
   7  rabbit
   8  bomb
   9  twist
  10  sauce
  11  put
  12  dinner

Keep them where nobody else looks.

Your take-back code:

    safe dice donate kind

To be sure that you have them: which words are number 3 and number 11?"""


@pytest.mark.parametrize("path", scripts(), ids=lambda path: str(path.stem))
async def test_a_talk_holds_on_the_terminal(rig: Rig, path: Path) -> None:
    await play(read(path), TerminalStage(rig))


@pytest.mark.parametrize("path", scripts(), ids=lambda path: str(path.stem))
async def test_a_talk_holds_on_telegram(rig: Rig, path: Path) -> None:
    async with Double(clock=lambda: rig.clock().timestamp()) as double, running(rig, double):
        await play(read(path), PersonStage(double.person(7_766_554_433), done="That is all"))
        assert double.violations == []


@pytest.mark.parametrize(
    ("name", "messages", "taps"), [("only_register", 14, 7), ("one_reader_now", 24, 24)]
)
async def test_a_talk_stays_within_its_budget_on_telegram(
    rig: Rig, name: str, messages: int, taps: int
) -> None:
    (path,) = (path for path in scripts() if path.stem == name)
    async with Double(clock=lambda: rig.clock().timestamp()) as double, running(rig, double):
        reporter = double.person(7_766_554_433)
        await play(read(path), PersonStage(reporter, done="That is all"))
        talk = [m for m in reporter.received if not m.text.startswith("Taken back")]
        assert len(talk) <= messages  # coming back later is another talk
        assert len(double.called("answerCallbackQuery")) <= taps


def test_there_is_a_talk_for_each_way_through() -> None:
    assert [path.stem for path in scripts()] == [
        "erased_after_stop",
        "one_reader_now",
        "only_register",
    ]


def test_each_sign_is_one_action() -> None:
    text = "# so\n> a b\n\n* One\n+ One | Two, three\n? words\n! others\n"
    assert parse(text, "t.txt") == (
        Line("t.txt:2", Say("a b")),
        Line("t.txt:4", Choose(("One",))),
        Line("t.txt:5", Choose(("One", "Two, three"))),
        Line("t.txt:6", Sees("words")),
        Line("t.txt:7", Misses("others")),
    )


@pytest.mark.parametrize("line", ["hello", ">", "?  ", "% words", ">text"])
def test_a_line_that_is_no_action_is_named_with_its_place(line: str) -> None:
    with pytest.raises(ValueError, match=r"^t\.txt:2: no action"):
        parse(f"> /start\n{line}\n", "t.txt")


@pytest.mark.parametrize("line", ["? What was never said", "! This is a program of"])
async def test_what_does_not_hold_is_named_with_its_place(rig: Rig, line: str) -> None:
    with pytest.raises(AssertionError, match=r"^t\.txt:2: (not|still) on the screen"):
        await play(parse(f"> /start\n{line}\n", "t.txt"), TerminalStage(rig))


def test_blanks_are_filled_with_what_was_shown() -> None:
    assert filled("{two words}", SHOWN) == "guess put"
    assert filled("/withdraw {four words}", SHOWN) == "/withdraw safe dice donate kind"
    assert filled("{twelve words}", SHOWN) == " ".join(twelve_words(SHOWN))
    assert twelve_words(SHOWN)[0::11] == ("liquid", "dinner")
    assert len(twelve_words(SHOWN)) == 12


def test_words_that_were_shown_again_are_the_ones_that_count() -> None:
    assert filled("{two words}", SHOWN + "\n\n" + SHOWN.replace("number 3", "number 1")) == (
        "liquid put"
    )


def test_a_blank_that_nobody_knows_is_no_text() -> None:
    with pytest.raises(KeyError):
        filled("{five words}", SHOWN)
