from pathlib import Path

from tests.unit.bot.cli.flows.conftest import Act, edit

ASIDE = """
[[overrule]]
step    = "wish"
rule    = "opening"
because = "The reviewers found it kinder so."
"""


def test_a_good_file_says_its_revision_and_its_numbers(folder: Path, act: Act) -> None:
    ran = act("check")
    assert ran.code == 0
    assert ran.out.startswith("made.toml: good, revision ")
    assert "5 steps" in ran.out
    assert "ways through it, all of them looked at" in ran.out
    assert "Only to keep it takes 12 messages to read and 7 taps" in ran.out
    assert "The longest way has" in ran.out


def test_every_problem_is_said_at_once_with_line_and_cure(folder: Path, act: Act) -> None:
    edit(
        folder / "made.toml",
        'when = { fate = "read" }\ntext = "What',
        'when = { fate = "raed" }\ntext = "Why',
    )
    edit(folder / "made.toml", "Nobody for now", "")
    ran = act("check")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert any(
        line.startswith("made.toml:") and line.endswith("Did you mean 'read'?") for line in lines
    )
    assert any("“Why" in line and "(rule: opening)" in line for line in lines)
    assert any("the text of the choice 'nobody' is empty" in line for line in lines)
    assert lines[-1] == f"made.toml: refused, {len(lines) - 1} problems"


def test_every_file_is_looked_at(folder: Path, act: Act) -> None:
    (folder / "second.toml").write_text("name = 1\n[[step]]\n", "utf-8")
    ran = act("check")
    assert ran.code == 1
    assert "made.toml: good" in ran.out
    assert "second.toml: refused" in ran.out
    assert "second.toml:1: 'name' must be a text" in ran.out


def test_a_copy_alone_is_enough(folder: Path, act: Act) -> None:
    alone = folder / "alone"
    alone.mkdir()
    (folder / "made.toml").rename(alone / "copy.toml")
    assert act("check", alone / "copy.toml").code == 0


def test_what_is_set_aside_is_shown_with_its_reason_and_refused_when_strict(
    folder: Path, act: Act
) -> None:
    edit(folder / "made.toml", "What would you like to happen?", "Why do you wish that?")
    with (folder / "made.toml").open("a", encoding="utf-8") as file:
        file.write(ASIDE)
    ran = act("check")
    assert ran.code == 0
    assert "set aside. Because: The reviewers found it kinder so." in ran.out
    strict = act("check", "--strict")
    assert strict.code == 1
    assert "refused, 1 problem\n" in strict.out


def test_a_file_that_is_no_text_does_not_hide_the_others(folder: Path, act: Act) -> None:
    (folder / "bad.toml").write_bytes(b"[[step]]\n\xff")
    ran = act("check")
    assert ran.code == 1
    assert "bad.toml:2: this is not UTF-8" in ran.out
    assert "made.toml: good" in ran.out


def test_no_sign_of_a_file_commands_the_terminal(folder: Path, act: Act) -> None:
    edit(folder / "made.toml", 'id   = "wish"', 'id   = "wi\\u001b[2Jsh"')
    ran = act("check")
    assert ran.code == 1
    assert "\x1b" not in ran.out


def test_a_translation_that_breaks_the_talk_is_said_with_file_line_step_and_cure(
    folder: Path, act: Act
) -> None:
    edit(folder / "made.toml", "What would you like to say?", "Say it. /done when that is all.")
    po = folder / "locale" / "made.es.po"
    edit(po, "What would you like to say?", "Say it. /done when that is all.")
    edit(po, "¿Qué te gustaría contar?", "Dilo. /hecho cuando sea todo.")
    line = po.read_text("utf-8").splitlines().index('msgstr "Dilo. /hecho cuando sea todo."') + 1
    ran = act("check", "made.toml")
    assert ran.code == 1
    [said] = [each for each in ran.out.splitlines() if "/hecho" in each]
    assert said.startswith(f"{po.relative_to(folder)}:{line}: step 'story': ")
    assert said.endswith("Write /done for /hecho: it is not translated.")
    for other in (("preview", "--lang", "es"), ("print", "--lang", "es")):
        assert act(*other).code == 1
    assert "incomplete, so it is not published" in act("words").out


def test_a_translation_that_cannot_be_read_is_said(folder: Path, act: Act) -> None:
    edit(folder / "locale" / "made.es.po", 'msgstr "Borrarlo"', 'msgstr "Borrarlo')
    ran = act("check", "made.toml")
    assert ran.code == 1
    assert "Look for a quotation mark" in ran.out
