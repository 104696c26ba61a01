import hashlib
from pathlib import Path

from tests.unit.bot.cli.flows.conftest import Act, edit


def test_a_page_is_written_and_named(folder: Path, act: Act) -> None:
    ran = act("print")
    assert (ran.code, ran.out) == (0, "")
    assert "written: made.html. Open it in a browser" in ran.err
    page = (folder / "made.html").read_text("utf-8")
    assert "Not yet reviewed with survivors." in page
    assert hashlib.sha256((folder / "made.toml").read_bytes()).hexdigest()[:16] in page
    assert "Only to keep it takes 12 messages to read" in page


def test_a_language_stands_beside_the_original(folder: Path, act: Act) -> None:
    assert act("print", "--lang", "es", "--out", "both.html").code == 0
    page = (folder / "both.html").read_text("utf-8")
    assert "¿Quién puede leerlo?" in page
    assert "Who may read it?" in page


def test_a_language_that_is_not_complete_is_not_printed(folder: Path, act: Act) -> None:
    edit(folder / "made.toml", "Who may read it?", "Who may open it?")
    ran = act("print", "--lang", "es")
    assert ran.code == 1
    assert "'made' is not complete in 'es', so nobody is asked in it: 12 of 13" in ran.err
    assert not (folder / "made.html").exists()


def test_a_page_of_what_is_refused_says_so(folder: Path, act: Act) -> None:
    edit(folder / "made.toml", "What would you like to happen?", "Why?")
    assert act("print").code == 0
    assert "It is not ready: " in (folder / "made.html").read_text("utf-8")


def test_one_name_is_for_one_page(folder: Path, act: Act) -> None:
    (folder / "second.toml").write_text((folder / "made.toml").read_text("utf-8"), "utf-8")
    assert "--out is for one questionnaire" in act("print", "--out", "x.html").err
    assert act("print").code == 0
    assert (folder / "second.html").exists()
