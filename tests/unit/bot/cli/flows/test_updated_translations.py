"""A shipped translation is brought along with its questionnaire, and no edit of it is lost."""

from pathlib import Path

import polib
import pytest

from bot.publishing import shipped
from tests.unit.bot.cli.flows.conftest import MADE, Act, edit
from tests.unit.bot.cli.flows.test_update import (
    NEW_READ,
    NEW_WISH,
    READ,
    WISH,
    Answer,
    answer,
    made,
    package,
    texts,
    translations,
)

__all__ = ["answer", "package"]

SPANISH_WISH, SPANISH_READ = "¿Qué te gustaría que pasara?", "¿Quién puede leerlo?"
NEW_SPANISH_WISH, NEW_SPANISH_READ = "¿Qué estaría bien ahora?", "¿Quién puede abrirlo?"
OWN_STEP = '[[step]]\nid = "own"\nkind = "text"\nwhen = { fate = "read" }\ntext = "Of ours?"\n\n'


@pytest.fixture
def spanish(folder: Path, package: Path) -> Path:
    """The Spanish of a folder that was given it; the program brings the same."""
    (package / "locale").mkdir()
    (package / "locale" / "made.es.po").write_text(
        (MADE / "made.es.po").read_text("utf-8"), "utf-8"
    )
    shipped.record_shipped(folder)
    return folder / "locale" / "made.es.po"


def entries(path: Path) -> dict[str, polib.POEntry]:
    return {e.msgctxt: e for e in polib.pofile(path.read_text("utf-8")) if not e.obsolete}


def said(path: Path) -> dict[str, str]:
    return {context: entry.msgstr for context, entry in entries(path).items()}


def ship(package: Path, *changes: tuple[str, str]) -> None:
    """Ship other words, in English and in Spanish."""
    for old, new in changes:
        for path in (package / "made.toml", package / "locale" / "made.es.po"):
            if old in path.read_text("utf-8"):
                edit(path, old, new)


def test_what_is_given_is_remembered_with_its_translations(folder: Path, spanish: Path) -> None:
    record = folder / "shipped" / "made" / "locale" / "made.es.po"
    assert record.read_bytes() == spanish.read_bytes()


def test_new_words_come_with_their_translation(
    folder: Path, package: Path, spanish: Path, act: Act
) -> None:
    ship(package, (WISH, NEW_WISH), (SPANISH_WISH, NEW_SPANISH_WISH))
    ran = act("update")
    assert ran.code == 0
    assert NEW_WISH in made(folder)
    assert said(spanish) == said(package / "locale" / "made.es.po")
    assert "locale/made.es.po: 1 change decided without asking, 0 for you to decide" in ran.out
    assert "es: 13 of 13 sentences" in act("words").out
    record = folder / "shipped" / "made" / "locale" / "made.es.po"
    assert NEW_SPANISH_WISH in record.read_text("utf-8")


def test_a_translation_that_only_the_shipped_one_improved_is_taken(
    package: Path, spanish: Path, act: Act
) -> None:
    edit(spanish, "Me pasó algo", "A mí me pasó algo")
    ship(package, (SPANISH_WISH, NEW_SPANISH_WISH))
    assert act("update").code == 0
    assert said(spanish)["wish"] == NEW_SPANISH_WISH
    assert said(spanish)["choose"] == "A mí me pasó algo"
    assert "earlier translation" not in spanish.read_text("utf-8")


def test_what_both_translated_is_listed_where_nobody_can_be_asked(
    folder: Path, package: Path, spanish: Path, act: Act
) -> None:
    edit(spanish, SPANISH_WISH, "¿Y ahora qué?")
    ship(package, (WISH, NEW_WISH), (SPANISH_WISH, NEW_SPANISH_WISH))
    before = texts(folder)
    ran = act("update")
    assert ran.code == 1
    assert (
        f"'wish' in 'es'\n  old:  {SPANISH_WISH}\n  mine: ¿Y ahora qué?\n"
        f"  new:  {NEW_SPANISH_WISH}\n" in ran.out
    )
    assert "say --keep-mine or --take-new" in ran.err
    assert texts(folder) == before


def test_keeping_mine_marks_it_as_of_earlier_words(package: Path, spanish: Path, act: Act) -> None:
    edit(spanish, SPANISH_WISH, "¿Y ahora qué?")
    ship(package, (WISH, NEW_WISH), (SPANISH_WISH, NEW_SPANISH_WISH))
    assert act("update", "--keep-mine").code == 0
    wish = entries(spanish)["wish"]
    assert (wish.msgid, wish.msgstr, wish.fuzzy) == (NEW_WISH, "¿Y ahora qué?", True)


def test_taking_the_new_leaves_mine_beside_it(package: Path, spanish: Path, act: Act) -> None:
    edit(spanish, SPANISH_WISH, "¿Y ahora qué?")
    edit(spanish, 'msgctxt "wish"', '# Ana: hablado con el grupo\nmsgctxt "wish"')
    ship(package, (WISH, NEW_WISH), (SPANISH_WISH, NEW_SPANISH_WISH))
    assert act("update", "--take-new").code == 0
    wish = entries(spanish)["wish"]
    assert (wish.msgstr, wish.fuzzy) == (NEW_SPANISH_WISH, False)
    assert wish.tcomment == "Ana: hablado con el grupo\nearlier translation: ¿Y ahora qué?"


@pytest.mark.parametrize("flag", [(), ("--keep-mine",), ("--take-new",)])
@pytest.mark.parametrize("edited", [False, True])
def test_no_signed_translation_changes_unseen_whatever_the_flags(
    folder: Path, package: Path, spanish: Path, act: Act, flag: tuple[str, ...], edited: bool
) -> None:
    if edited:
        edit(spanish, SPANISH_READ, "¿Y quién lo lee?")
    ship(package, (SPANISH_READ, NEW_SPANISH_READ))
    before = texts(folder)
    ran = act("update", *flag)
    assert ran.code == 1
    assert "'read' in 'es' (somebody signs these words, so look twice)" in ran.out
    assert f"  new:  {NEW_SPANISH_READ}" in ran.out
    assert "--take-new" not in ran.err
    assert texts(folder) == before


@pytest.mark.parametrize(("typed", "words"), [("m", SPANISH_READ), ("n", NEW_SPANISH_READ)])
def test_a_signed_translation_is_asked_of_a_person_and_once(
    package: Path, spanish: Path, act: Act, answer: Answer, typed: str, words: str
) -> None:
    ship(package, (SPANISH_READ, NEW_SPANISH_READ))
    answer(typed)
    assert act("update").code == 0
    assert said(spanish)["read"] == words
    answer()
    assert act("update").code == 0
    assert said(spanish)["read"] == words


def test_signed_words_that_are_new_in_both_languages_are_asked_in_both(
    folder: Path, package: Path, spanish: Path, act: Act, answer: Answer
) -> None:
    ship(package, (READ, NEW_READ), (SPANISH_READ, NEW_SPANISH_READ))
    answer("n", "m")
    assert act("update").code == 0
    assert NEW_READ in made(folder)
    read = entries(spanish)["read"]
    assert (read.msgid, read.msgstr) == (NEW_READ, "")
    assert read.tcomment == f"earlier translation: {SPANISH_READ}"


def test_a_translation_of_words_that_were_not_taken_is_not_taken_either(
    folder: Path, package: Path, spanish: Path, act: Act, answer: Answer
) -> None:
    ship(package, (READ, NEW_READ), (SPANISH_READ, NEW_SPANISH_READ))
    before = spanish.read_bytes()
    answer("m")
    assert act("update").code == 0
    assert READ in made(folder)
    assert spanish.read_bytes() == before


@pytest.mark.parametrize("typed", ["m", "n"])
@pytest.mark.parametrize("english", [False, True])
def test_no_edit_is_lost_whatever_is_taken(
    package: Path, spanish: Path, act: Act, answer: Answer, typed: str, english: bool
) -> None:
    edits = {"Me pasó algo": "A mí me pasó", SPANISH_WISH: "¿Y ahora?", SPANISH_READ: "¿Y quién?"}
    for was, now in edits.items():
        edit(spanish, was, now)
    ship(package, ("Me pasó algo", "Algo me pasó"), (SPANISH_WISH, NEW_SPANISH_WISH))
    ship(package, (SPANISH_READ, NEW_SPANISH_READ))
    if english:
        ship(package, ("Something happened to me", "Something happened"), (WISH, NEW_WISH))
        ship(package, (READ, NEW_READ))
    answer(*(["n"] if english else []), typed, typed, typed)
    assert act("update").code == 0
    assert translations(spanish) >= {*edits.values()}


def test_a_step_of_ones_own_and_older_words_keep_their_translation(
    folder: Path, package: Path, spanish: Path, act: Act
) -> None:
    edit(folder / "made.toml", '[[step]]\nid   = "read"', f'{OWN_STEP}[[step]]\nid   = "read"')
    edit(folder / "made.toml", "Start wherever you like.", "Begin wherever you like.")
    assert act("words", "--lang", "es").code == 0
    edit(spanish, 'msgid "Of ours?"\nmsgstr ""', 'msgid "Of ours?"\nmsgstr "¿Lo nuestro?"')
    mine = said(spanish)
    ship(package, (WISH, NEW_WISH), (SPANISH_WISH, NEW_SPANISH_WISH))
    ship(package, ("Empieza por donde quieras.", "Empieza donde quieras."))
    assert act("update").code == 0
    assert said(spanish) == mine | {"wish": NEW_SPANISH_WISH}
    hint = entries(spanish)["story.hint"]
    assert hint.fuzzy
    assert hint.previous_msgid == "Start wherever you like."


def test_a_language_that_is_shipped_for_the_first_time_comes_along(
    folder: Path, package: Path, spanish: Path, act: Act
) -> None:
    text = (MADE / "made.es.po").read_text("utf-8")
    french = f"# Not yet reviewed.\n{text.replace('Language: es', 'Language: fr')}"
    (package / "locale" / "made.fr.po").write_text(french, "utf-8")
    edit(folder / "made.toml", "Start wherever you like.", "Begin wherever you like.")
    ran = act("update")
    assert ran.code == 0
    assert "written: locale/made.fr.po" in ran.out
    new = folder / "locale" / "made.fr.po"
    assert new.read_text("utf-8").startswith("# Not yet reviewed.\n")
    assert said(new) == said(spanish) | {"story.hint": ""}


def test_a_language_that_somebody_took_away_stays_away(
    package: Path, spanish: Path, act: Act
) -> None:
    spanish.unlink()
    ship(package, (SPANISH_WISH, NEW_SPANISH_WISH))
    assert act("update").code == 0
    assert not spanish.exists()


def test_a_translation_that_was_saved_meanwhile_is_not_written_over(
    package: Path, spanish: Path, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(package, (SPANISH_READ, NEW_SPANISH_READ))

    def save_and_take(_prompt: str) -> str:
        edit(spanish, "Me pasó algo", "A mí me pasó algo")
        return "n"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", save_and_take)
    ran = act("update")
    assert ran.code == 1
    assert "was saved while you were asked" in ran.err
    assert said(spanish)["choose"] == "A mí me pasó algo"
    assert said(spanish)["read"] == SPANISH_READ
