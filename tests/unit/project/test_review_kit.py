"""The review kit says what is so: which walks are open, and that nobody has signed yet."""

from dataclasses import replace
from pathlib import Path

import pytest

from flows.tools.page import BANNER
from tests.recorded import recording
from tests.unit.project.source_tree import ROOT
from tests.walks import kit
from tests.walks.playing import WALKS, head, walks
from tests.walks.sheets import QUESTIONS, RIGHT, Sheet, digest, read_sheet, write_sheet

PERSONS = {
    *(
        "anger",
        "former_member",
        "friend_of_the_accused",
        "it_was_nothing",
        "low_literacy",
        "minor",
    ),
    *("panic", "screen_reader", "second_language", "shared_phone", "tester", "witness"),
}
WITH_BANNER = (
    ROOT / "README.md",
    ROOT / "docs" / "reporters.md",
    kit.README,
    ROOT / "flows" / "tools" / "page.py",
    *sorted((ROOT / "flows").glob("*.toml")),
)
NAMES = [path.stem for path in walks()]
OPEN = kit.open_walks() if all(kit.sheet_of(name).exists() for name in NAMES) else {}

SHEET = Sheet(digest("a talk"), dict.fromkeys(QUESTIONS, "so"), ["Oak"])
ANSWERS = "\n\n".join(f"**{key}:** Oak, and so\non" for key in QUESTIONS)
ALL_RIGHT = dict.fromkeys(QUESTIONS, RIGHT)


# The banner


@pytest.mark.parametrize("path", WITH_BANNER, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_banner_stays_as_long_as_nobody_has_signed(path: Path) -> None:
    there = BANNER.rstrip(".").casefold() in path.read_text("utf-8").casefold()
    assert there or kit.signed_forms(), f"{path.name} lost its banner, and no form is signed"


def test_a_form_in_the_folder_is_complete() -> None:
    """A form without a name or a signature would take the banner away without anybody."""
    incomplete = {
        form.name: kit.missing_fields(form.read_text("utf-8")) for form in kit.SIGNED.glob("*.md")
    }
    assert {name: missing for name, missing in incomplete.items() if missing} == {}


def test_an_empty_form_is_not_signed() -> None:
    assert kit.missing_fields(kit.FORM.read_text("utf-8")) == [*kit.FIELDS]


def test_a_form_that_is_filled_in_is_signed() -> None:
    text = kit.FORM.read_text("utf-8")
    for field in kit.FIELDS:
        text = text.replace(f"**{field}:** ____________________", f"**{field}:** R. of the caucus")
    assert kit.missing_fields(text) == []
    assert kit.missing_fields(text.replace("**Date:** R. of the caucus", "**Date:**")) == ["Date"]


# The walks


def test_there_is_a_walk_for_each_person() -> None:
    assert {*NAMES} == PERSONS


@pytest.mark.parametrize("path", walks(), ids=lambda path: path.stem)
def test_a_walk_says_who_comes_what_must_be_seen_and_how_it_ends(path: Path) -> None:
    said = head(path)
    assert "Must be seen: " in said
    assert "\nEnds: " in said


@pytest.mark.parametrize("name", NAMES)
def test_a_transcript_says_neither_who_comes_nor_how_it_ends(name: str) -> None:
    text = kit.transcript_of(name).read_text("utf-8")
    lines = [line for line in head(WALKS / f"{name}.txt").split("\n") if line]
    assert [line for line in ("Must be seen:", "Ends:", *lines) if line in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_answers_are_about_the_transcript_that_lies_beside_them(name: str) -> None:
    sheet = read_sheet(kit.sheet_of(name))
    assert sheet.transcript == digest(kit.transcript_of(name).read_text("utf-8"))
    assert kit.sheet_of(name).read_text("utf-8") == write_sheet(sheet)


@pytest.mark.parametrize(
    "name", [pytest.param(n, id=f"{n}, open: {OPEN[n]}" if n in OPEN else n) for n in NAMES]
)
def test_no_answer_about_a_walk_is_wrong(name: str) -> None:
    """One wrong answer fails the walk; a walk that is open says so in its name here."""
    assert read_sheet(kit.sheet_of(name)).failures() == []


def test_the_list_says_which_walks_are_open() -> None:
    text = kit.README.read_text("utf-8")
    if recording():
        kit.README.write_text(kit.with_list(text), "utf-8")
    else:
        assert text == kit.with_list(text), "python -m tests.walks list"
    assert {name for name in NAMES if "**open**" in _row(name)} == {*OPEN}


def _row(name: str) -> str:
    rows = kit.list_of_walks().splitlines()
    return next(row for row in rows if f"walks/{name}.md" in row)


# Answers


def test_answers_are_taken_as_they_were_written() -> None:
    sheet = kit.answered(SHEET, "a reader", "2026-12-01", ANSWERS)
    (given,) = sheet.given
    assert given.answers == dict.fromkeys(QUESTIONS, "Oak, and so on")
    assert sheet.open_because() == "answered, not judged yet"
    assert sheet.failures() == []


def test_an_answer_that_is_missing_is_named() -> None:
    with pytest.raises(ValueError, match=r"no answer to: until$"):
        kit.answered(SHEET, "a reader", "2026-12-01", ANSWERS.replace("until", "Until when"))


def test_a_walk_that_was_understood_is_not_open() -> None:
    sheet = kit.judged(kit.answered(SHEET, "a reader", "2026-12-01", ANSWERS), "me", ALL_RIGHT)
    assert sheet.open_because() == ""
    assert sheet.failures() == []
    assert kit.state(sheet) == "understood by a reader, 2026-12-01"


def test_one_wrong_answer_fails_the_walk() -> None:
    answered = kit.answered(SHEET, "a reader", "2026-12-01", ANSWERS)
    sheet = kit.judged(answered, "me", {**ALL_RIGHT, "lost": "wrong"})
    assert sheet.failures() == ["lost, by a reader: Oak, and so on"]
    assert kit.state(sheet) == "**failed**"


def test_a_later_reader_who_understood_does_not_undo_the_wrong_answer() -> None:
    first = kit.judged(
        kit.answered(SHEET, "a reader", "2026-12-01", ANSWERS), "me", {**ALL_RIGHT, "who": "wrong"}
    )
    both = kit.judged(kit.answered(first, "another", "2026-12-02", ANSWERS), "me", ALL_RIGHT)
    assert both.failures() == ["who, by a reader: Oak, and so on"]


def test_whoever_leaves_out_a_reader_has_not_understood() -> None:
    """Whatever the judge says."""
    answers = ANSWERS.replace("**who:** Oak", "**who:** Nobody")
    sheet = kit.judged(kit.answered(SHEET, "a reader", "2026-12-01", answers), "me", ALL_RIGHT)
    assert sheet.failures() == ["who, by a reader: Oak is not named"]


def test_answers_count_for_the_transcript_on_which_they_were_given() -> None:
    sheet = kit.judged(kit.answered(SHEET, "a reader", "2026-12-01", ANSWERS), "me", ALL_RIGHT)
    later = kit.renewed(sheet, "a talk in other words", dict(sheet.right), ["Oak"])
    assert later.open_because() == "changed since it was answered"


def test_a_verdict_counts_for_the_right_answers_by_which_it_was_given() -> None:
    sheet = kit.judged(kit.answered(SHEET, "a reader", "2026-12-01", ANSWERS), "me", ALL_RIGHT)
    later = replace(sheet, right={**sheet.right, "until": "otherwise"})
    assert later.open_because() == "answered, not judged yet"


@pytest.mark.parametrize("verdicts", [{"who": RIGHT}, {**ALL_RIGHT, "who": "perhaps"}])
def test_a_verdict_is_right_or_wrong_for_each_question(verdicts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"^say right or wrong"):
        kit.judged(kit.answered(SHEET, "a reader", "2026-12-01", ANSWERS), "me", verdicts)


def test_a_sheet_is_read_as_it_was_written(tmp_path: Path) -> None:
    odd = ANSWERS.replace("and so", 'said "\\me", 1–4 …')
    sheet = kit.judged(kit.answered(SHEET, "a reader", "2026-12-01", odd), "me", ALL_RIGHT)
    file = tmp_path / "sheet.toml"
    file.write_text(write_sheet(sheet), "utf-8")
    assert write_sheet(read_sheet(file)) == write_sheet(sheet)
    assert read_sheet(file).failures() == sheet.failures()
