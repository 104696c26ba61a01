from pathlib import Path

from tests.unit.bot.cli.flows.conftest import Act, edit


def test_talks_that_go_as_written_are_counted(folder: Path, act: Act) -> None:
    ran = act("test")
    assert ran.code == 0
    assert ran.out == (
        "made.toml: 5 of 5 talks go as they are written; every choice is taken in one of them.\n"
    )


def test_a_talk_that_goes_otherwise_says_where(folder: Path, act: Act) -> None:
    edit(folder / "scripts" / "made-keep.txt", "= keep: yes", "= keep: no")
    ran = act("test")
    assert ran.code == 1
    assert "scripts/made-keep.txt:4: 'keep' is yes here, and not no." in ran.out
    assert "4 of 5 talks go as they are written" in ran.out


def test_a_choice_of_a_permission_that_no_talk_takes_is_a_failure(folder: Path, act: Act) -> None:
    (folder / "scripts" / "made-nobody.txt").unlink()
    ran = act("test")
    assert ran.code == 1
    assert "step 'read': no talk takes 'nobody' (“Nobody for now”). It is about a" in ran.out


def test_a_reader_must_be_named_in_one_of_them(folder: Path, act: Act) -> None:
    edit(
        folder / "scripts" / "made-read.txt",
        "Reader A\n< review > yes\n= read: Reader A",
        "nobody",
    )
    ran = act("test")
    assert ran.code == 1
    assert "step 'read': no talk takes 'the name of a reader'." in ran.out


def test_a_fork_that_keeps_is_about_a_permission_too(folder: Path, act: Act) -> None:
    (folder / "scripts" / "made-keep.txt").unlink()
    assert act("test").code == 1


def test_another_choice_is_only_pointed_out(folder: Path, act: Act) -> None:
    (folder / "scripts" / "made-later.txt").unlink()
    ran = act("test")
    assert ran.code == 0
    assert "step 'fate': no talk takes 'later' (“Decide later”).\n" in ran.out
    assert "1 choice in none of them." in ran.out


def test_without_talks_it_says_how_to_write_one(folder: Path, act: Act) -> None:
    for script in (folder / "scripts").iterdir():
        script.unlink()
    ran = act("test")
    assert ran.code == 1
    assert "There are no talks for made.toml: no scripts/made-*.txt." in ran.err
    assert "holdfast:   < story > Words." in ran.err
    assert "preview --save FILE" in ran.err


def test_a_talk_that_belongs_to_no_questionnaire_is_pointed_out(folder: Path, act: Act) -> None:
    (folder / "scripts" / "mdae-typo.txt").write_text("", "utf-8")
    ran = act("test")
    assert ran.code == 1
    assert "scripts/mdae-typo.txt belongs to no questionnaire" in ran.out
