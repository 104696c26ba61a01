from pathlib import Path

import pytest

from flows.files.load import load
from tests.unit.bot.cli.flows.conftest import Act, edit


@pytest.fixture
def old(folder: Path) -> str:
    """The revision that is published; the file says something else by now."""
    text = (folder / "made.toml").read_text("utf-8")
    revision = load(text, "made.toml").revision
    kept = folder / "published" / "made" / revision
    kept.mkdir(parents=True)
    (kept / "flow.toml").write_text(text, "utf-8")
    edit(folder / "made.toml", "Who may read it?", "Who may open it?")
    return revision


def test_two_files_are_compared(folder: Path, act: Act) -> None:
    text = (folder / "made.toml").read_text("utf-8")
    (folder / "other.toml").write_text(
        text.replace("What would you like to say?", "Begin."), "utf-8"
    )
    ran = act("diff", "made.toml", "other.toml")
    assert ran.code == 0
    assert "No permission changes." in ran.out
    assert "now: Begin." in ran.out
    assert ran.err == ""


def test_a_revision_is_compared_with_the_file_as_it_is(act: Act, old: str) -> None:
    ran = act("diff", old, "--open-talks", "3")
    assert ran.out.startswith(f"made: from {old} to ")
    assert "PERMISSIONS CHANGE." in ran.out
    assert "was: Who may read it?" in ran.out
    assert "3 talks that are open go on with the old words." in ran.out


def test_without_names_it_is_what_is_in_use_and_the_file(folder: Path, act: Act, old: str) -> None:
    (folder / "published" / "made" / "current").write_text(f"{old}\n", "utf-8")
    assert act("diff").out.startswith(f"made: from {old} to ")


def test_what_is_not_known_is_asked_for(act: Act, old: str) -> None:
    ran = act("diff")
    assert ran.code == 1
    assert "It is not said which revision of 'made' is in use." in ran.err


def test_a_revision_that_is_not_there_is_named_with_those_that_are(act: Act, old: str) -> None:
    ran = act("diff", "0" * 12)
    assert ran.code == 1
    assert f"Revision {'0' * 12} is not in published. Published are: {old}." in ran.err


def test_of_several_the_same_one_is_compared(folder: Path, act: Act, old: str) -> None:
    text = (folder / "made.toml").read_text("utf-8")
    (folder / "a.toml").write_text(text.replace('"made"', '"other"'), "utf-8")
    assert act("diff", old).out.startswith(f"made: from {old} to ")
    assert "Say which: holdfast flows diff A B" in act("diff").err
