from pathlib import Path

import pytest

from bot.cli.flows.made_up import NEUTRAL
from flows.files.load import load
from flows.model import SAMPLE_READERS
from flows.tools.script_player import play_script
from flows.tools.scripts import parse_script
from tests.program import Ran, holdfast
from tests.unit.bot.cli.flows.conftest import MADE, edit, folder

__all__ = ["folder"]

FLOW = load((MADE / "made.toml").read_text("utf-8"), "made.toml")
READ = ("1", "It was late.", "/done", "2", "That it ends.", "Reader-A")
TO_READER_A = (*READ[1:3], "Let somebody read it", *READ[4:])
"""Where consent has numbers of its own, in words."""
AGREED = ("Yes, that's right", "Yes, send now", "I've written them down")


def preview(folder: Path, *arguments: str, typed: tuple[str, ...] = ()) -> Ran:
    tmp = folder / "tmp"
    tmp.mkdir(exist_ok=True)
    lines = "".join(f"{line}\n" for line in typed)
    ran = holdfast(
        folder, "flows", "preview", "made.toml", *arguments, typed=lines, TMPDIR=str(tmp)
    )
    assert "Traceback" not in ran.out + ran.err
    assert list(tmp.iterdir()) == []
    return ran


def test_the_talk_is_the_bots_own_with_the_maintainers_words(folder: Path) -> None:
    edit(folder / "made.toml", "Who may read it?", "Who may look at it?")
    ran = preview(folder, typed=(*READ, *AGREED))
    assert ran.code == 0
    assert "Could anyone else see this chat?" in ran.out
    assert "Start wherever you like." in ran.out
    assert "Who may look at it?" in ran.out
    assert "Reader-A can read it from now on" in ran.out
    assert "What would help you now" not in ran.out
    assert "Something went wrong" not in ran.out


def test_what_is_allowed_so_far_stands_beneath_each_answer(folder: Path) -> None:
    out = preview(folder, typed=READ).out
    assert out.count("(so far: ") == len(READ)
    assert out.index("(so far: You let nobody read your story") < out.index("(so far: as before)")
    assert out.index("> Reader-A") < out.index("(so far: Reader-A may read everything")


def test_after_silence_nothing_is_left(folder: Path) -> None:
    out = preview(folder, typed=("1", "It was late.", "/silence", "/permissions")).out
    after = out.partition("(7 days pass without an answer. The talk is over")[2]
    assert "Hello. I'm a program" in after or "Nothing" in after
    assert "It was late" not in after
    assert "(Time passes. No talk was open.)" in preview(folder, typed=("/silence",)).out


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        ("telegram", "and so can Telegram"),
        ("matrix", "Servers see that you write"),
        ("terminal", "anyone at this computer"),
    ],
)
def test_a_platform_has_its_own_words(folder: Path, platform: str, words: str) -> None:
    typed = (
        "1",
        *(() if platform == "terminal" else ("I'll do it myself",)),
        *TO_READER_A,
        *AGREED,
    )
    ran = preview(folder, "--as", platform, typed=typed)
    assert words in ran.out.replace("\n", " ")
    assert "Reader-A can read it from now on" in ran.out
    assert "Something went wrong" not in ran.out


def test_in_spanish_every_question_is_spanish(folder: Path) -> None:
    ran = preview(folder, "--lang", "es", typed=READ)
    assert "¿Qué te gustaría contar?" in ran.out
    assert "¿Quién puede leerlo?" in ran.out
    for step in FLOW.steps[:-1]:
        assert step.text not in ran.out
    assert "the bot's own sentences speak English only so far" in ran.err


def test_a_language_that_is_not_complete_is_not_spoken(folder: Path) -> None:
    edit(folder / "made.toml", "Who may read it?", "Who may look at it?")
    ran = preview(folder, "--lang", "es")
    assert (ran.code, ran.out) == (1, "")
    assert "'made' is not complete in 'es'" in ran.err


# --- the talk as a test ------------------------------------------------------------------------


def saved(folder: Path, *arguments: str, typed: tuple[str, ...]) -> str:
    ran = preview(folder, "--save", "scripts/made-new.txt", *arguments, typed=typed)
    assert ran.code == 0
    text = (folder / "scripts" / "made-new.txt").read_text("utf-8")
    assert play_script(FLOW, parse_script(text, "made-new.txt"), SAMPLE_READERS).problems == ()
    return text.partition("\n")[2]


def test_a_talk_is_saved_without_what_was_typed(folder: Path) -> None:
    assert saved(folder, typed=(*READ, *AGREED)) == (
        f"< story > {NEUTRAL}\n< fate > read\n< wish > {NEUTRAL}\n< read > Reader A\n"
        "< review > yes\n= read: Reader A\n"
    )


def test_it_is_saved_with_the_words_if_that_is_wanted(folder: Path) -> None:
    text = saved(folder, "--with-words", typed=READ)
    assert "< story > It was late.\n" in text
    assert "< wish > That it ends.\n" in text
    assert "< review >" not in text


def test_of_several_branches_the_last_is_saved(folder: Path) -> None:
    text = saved(folder, typed=(*READ[:3], "1", "Change what happens to it", *READ[3:]))
    assert "< story > Something that was made up.\n< fate > read\n" in text
    assert text.endswith("= read: Reader A\n")


def test_erasing_is_saved_as_erasing(folder: Path) -> None:
    text = saved(folder, typed=("1", "It was late.", "/done", "4", "Yes, delete it all"))
    assert text.endswith("< fate > erase\n= nothing\n")


def test_what_is_saved_is_played_by_the_test(folder: Path) -> None:
    saved(folder, typed=(*READ, *AGREED))
    ran = holdfast(folder, "flows", "test")
    assert ran.code == 0
    assert "6 of 6 talks go as they are written" in ran.out


def test_without_an_answer_there_is_nothing_to_save(folder: Path) -> None:
    ran = preview(folder, "--save", "x.txt", typed=())
    assert ran.code == 1
    assert "No question was answered, so there is no talk to save." in ran.err
    assert not (folder / "x.txt").exists()


def test_a_broken_questionnaire_is_not_asked(folder: Path) -> None:
    edit(folder / "made.toml", 'kind = "fork"', 'kind = "frok"')
    ran = preview(folder)
    assert (ran.code, ran.out) == (1, "")
    assert "there is no kind 'frok'. Did you mean 'fork'?" in ran.err
