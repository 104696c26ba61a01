"""An edited questionnaire is brought along, and no edit of it is lost."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polib
import pytest

from bot.cli.flows import update, updated_files
from bot.cli.flows.flow_folder import FlowFolder
from bot.cli.flows.updated_files import UpdatedFiles
from bot.publishing import shipped
from flows.files.load import load
from tests.unit.bot.cli.flows.conftest import MADE, TALKS, Act, edit

Answer = Callable[..., None]

FLOW = load((MADE / "made.toml").read_text("utf-8"), "made.toml")
WISH, READ = (step.text for step in FLOW.steps if step.id in {"wish", "read"})
NEW_WISH, NEW_READ = "What would be right now?", "Who may open it?"


@pytest.fixture
def package(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the program brings: today the same as it brought before."""
    place = tmp_path_factory.mktemp("package")
    (place / "scripts").mkdir()
    (place / "made.toml").write_text((MADE / "made.toml").read_text("utf-8"), "utf-8")
    (place / "flow.schema.json").write_text("{}\n", "utf-8")
    for name, text in TALKS.items():
        (place / "scripts" / name).write_text(text, "utf-8")
    monkeypatch.setattr(shipped, "PACKAGE", place)
    keep_earlier(place)
    return place


def keep_earlier(package: Path) -> None:
    """Keep what the program brings now among what it brought before."""
    text = (package / "made.toml").read_text("utf-8")
    place = package / "shipped" / "made" / load(text, "made.toml").revision
    (place / "scripts").mkdir(parents=True)
    (place / "flow.toml").write_text(text, "utf-8")
    for script in (package / "scripts").glob("*.txt"):
        (place / "scripts" / script.name).write_text(script.read_text("utf-8"), "utf-8")


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Somebody at a terminal, and what they type."""

    def sit(*typed: str) -> None:
        lines = iter(typed)
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        monkeypatch.setattr("builtins.input", lambda _prompt: _next(lines))

    return sit


def _next(lines: Iterator[str]) -> str:
    line = next(lines, None)
    if line is None:
        raise EOFError
    return line


def texts(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def made(folder: Path) -> str:
    return (folder / "made.toml").read_text("utf-8")


def test_what_only_the_shipped_one_changed_is_taken(folder: Path, package: Path, act: Act) -> None:
    edit(folder / "made.toml", "Start wherever you like.", "Begin wherever you like.")
    before = made(folder)
    edit(package / "made.toml", WISH, NEW_WISH)
    ran = act("update")
    assert ran.code == 0
    assert made(folder) == before.replace(WISH, NEW_WISH)
    assert "- step 'wish': the text" in ran.out
    assert "until `holdfast flows publish`" in ran.out


def test_the_files_as_they_were_are_kept(folder: Path, package: Path, act: Act) -> None:
    before = texts(folder)
    edit(package / "made.toml", WISH, NEW_WISH)
    assert "before-update/1" in act("update").out
    assert texts(folder / "before-update" / "1") == {
        name: before[name] for name in ("made.toml", "locale/made.es.po")
    }
    edit(package / "made.toml", NEW_WISH, "What now?")
    act("update")
    assert NEW_WISH in (folder / "before-update" / "2" / "made.toml").read_text("utf-8")


def test_where_nothing_changed_nothing_is_written(folder: Path, package: Path, act: Act) -> None:
    edit(folder / "made.toml", WISH, "And what now?")
    act("update")
    before = texts(folder)
    ran = act("update")
    assert ran.code == 0
    assert "up to date" in ran.out
    assert texts(folder) == before
    assert "before-update/1/made.toml" not in before


def test_what_both_changed_is_listed_where_nobody_can_be_asked(
    folder: Path, package: Path, act: Act
) -> None:
    edit(folder / "made.toml", WISH, "And what now?")
    edit(package / "made.toml", WISH, NEW_WISH)
    before = texts(folder)
    ran = act("update")
    assert ran.code == 1
    assert f"  old:  {WISH}\n  mine: And what now?\n  new:  {NEW_WISH}\n" in ran.out
    assert "say --keep-mine or --take-new" in ran.err
    assert texts(folder) == before


@pytest.mark.parametrize(
    ("flag", "words"), [("--keep-mine", "And what now?"), ("--take-new", NEW_WISH)]
)
def test_flags_decide_what_nobody_signs(
    folder: Path, package: Path, act: Act, flag: str, words: str
) -> None:
    edit(folder / "made.toml", WISH, "And what now?")
    edit(package / "made.toml", WISH, NEW_WISH)
    edit(package / "made.toml", "Start wherever you like.", "Begin anywhere.")
    assert act("update", flag).code == 0
    assert f'text = "{words}"' in made(folder)
    assert "Begin anywhere." in made(folder)


@pytest.mark.parametrize("flag", [(), ("--keep-mine",), ("--take-new",)])
@pytest.mark.parametrize("edited", [False, True])
def test_nothing_signed_changes_unseen_whatever_the_flags(
    folder: Path, package: Path, act: Act, flag: tuple[str, ...], edited: bool
) -> None:
    if edited:
        edit(folder / "made.toml", READ, "Who may see it?")
    edit(package / "made.toml", READ, NEW_READ)
    edit(package / "made.toml", WISH, NEW_WISH)
    before = texts(folder)
    ran = act("update", *flag)
    assert ran.code == 1
    assert "step 'read': the text (somebody signs these words" in ran.out
    assert NEW_READ in ran.out
    assert "--take-new" not in ran.err
    assert texts(folder) == before


@pytest.mark.parametrize(("typed", "words"), [("m", READ), ("n", NEW_READ)])
def test_what_is_signed_is_asked_of_a_person(
    folder: Path, package: Path, act: Act, answer: Answer, typed: str, words: str
) -> None:
    edit(package / "made.toml", READ, NEW_READ)
    answer("what?", typed)
    assert act("update", "--take-new").code == 0
    assert f'text = "{words}"' in made(folder)
    answer()
    assert "up to date" in act("update").out
    assert f'text = "{words}"' in made(folder)


@pytest.mark.parametrize("typed", [("q",), ()])
def test_who_leaves_the_questions_leaves_everything_as_it_is(
    folder: Path, package: Path, act: Act, answer: Answer, typed: tuple[str, ...]
) -> None:
    edit(package / "made.toml", READ, NEW_READ)
    before = texts(folder)
    answer(*typed)
    ran = act("update")
    assert ran.code == 1
    assert "Nothing was changed." in ran.err
    assert texts(folder) == before


# --- Spanish ------------------------------------------------------------------------------------


def translations(path: Path) -> set[str]:
    """Every translation that a file holds, in whatever place."""
    text = path.read_text("utf-8")
    read = polib.pofile(text)
    return {e.msgstr for e in read if e.msgstr} | {
        line.removeprefix("earlier translation: ")
        for e in read
        for line in e.tcomment.splitlines()
        if line.startswith("earlier translation: ")
    }


def test_an_edited_translation_follows_without_losing_one_edit(
    folder: Path, package: Path, act: Act, answer: Answer
) -> None:
    spanish = folder / "locale" / "made.es.po"
    edit(spanish, "Me pasó algo", "A mí me pasó algo")
    edit(spanish, 'msgctxt "wish"', '# Ana: hablado con el grupo\nmsgctxt "wish"')
    before = translations(spanish)
    edit(package / "made.toml", WISH, NEW_WISH)
    edit(package / "made.toml", READ, NEW_READ)
    edit(package / "made.toml", "Decide later", "Not now")
    answer("n", "n")
    assert act("update").code == 0
    assert translations(spanish) == before
    entries = {e.msgctxt: e for e in polib.pofile(spanish.read_text("utf-8"))}
    assert entries["wish"].fuzzy
    assert entries["wish"].previous_msgid == WISH
    assert "hablado con el grupo" in entries["wish"].tcomment
    assert (entries["read"].msgstr, entries["read"].previous_msgid) == ("", READ)
    assert entries["choose"].msgstr == "A mí me pasó algo"
    assert not entries["choose"].fuzzy


def test_a_questionnaire_in_spanish_keeps_every_word_of_its_own(
    folder: Path, package: Path, act: Act
) -> None:
    spanish = made(folder)
    for was, now in SPANISH.items():
        assert was in spanish
        spanish = spanish.replace(was, now)
    (folder / "made.toml").write_text(spanish, "utf-8")
    edit(package / "made.toml", WISH, NEW_WISH)
    edit(package / "made.toml", 'kind = "text"\npart', 'kind = "text"\nhint = "Or not."\npart')
    assert act("update").code == 1
    assert made(folder) == spanish
    assert act("update", "--keep-mine").code == 0
    after = made(folder)
    assert all(words in after for words in SPANISH.values())
    assert after == spanish.replace('kind = "text"\npart', 'kind = "text"\nhint = "Or not."\npart')


SPANISH = {
    'language = "en"': 'language = "es"',
    "Something happened to me": "Me pasó algo",
    "What would you like to say?": "¿Qué te gustaría contar?",
    "Start wherever you like.": "Empieza por donde quieras.",
    WISH: "¿Qué te gustaría que pasara?",
}


# --- where it began -----------------------------------------------------------------------------


def test_an_older_installation_began_with_what_it_published(
    folder: Path, package: Path, act: Act
) -> None:
    first = made(folder)
    edit(package / "made.toml", WISH, NEW_WISH)
    keep_earlier(package)
    edit(package / "made.toml", NEW_WISH, "What now?")
    kept = folder / "published" / "made" / load(first, "made.toml").revision
    kept.mkdir(parents=True)
    (kept / "flow.toml").write_text(first, "utf-8")
    edit(folder / "made.toml", WISH, NEW_WISH)
    ran = act("update")
    assert ran.code == 1
    assert f"is compared with revision {load(first, 'made.toml').revision}" in ran.err
    assert f"old:  {WISH}" in ran.out


def test_without_any_record_the_most_similar_text_is_the_beginning(
    folder: Path, package: Path, act: Act
) -> None:
    edit(package / "made.toml", WISH, NEW_WISH)
    keep_earlier(package)
    edit(package / "made.toml", NEW_WISH, "What now?")
    edit(folder / "made.toml", WISH, NEW_WISH)
    assert act("update").code == 0
    assert '"What now?"' in made(folder)


def test_what_was_given_is_remembered(folder: Path, package: Path, act: Act) -> None:
    edit(package / "made.toml", WISH, NEW_WISH)
    edit(folder / "made.toml", WISH, "And what now?")
    act("update", "--keep-mine")
    record = (folder / "shipped" / "made" / "flow.toml").read_text("utf-8")
    assert record == f"{shipped.NOTE}\n{(package / 'made.toml').read_text('utf-8')}"
    assert "up to date" in act("update").out


# --- scripts, and what is nobody's business -----------------------------------------------------


def test_scripts_follow_unless_they_were_edited(folder: Path, package: Path, act: Act) -> None:
    for name in ("made-keep.txt", "made-later.txt"):
        edit(package / "scripts" / name, "< story >", "# As of now.\n< story >")
    (package / "scripts" / "made-new.txt").write_text("< story > /skip\n", "utf-8")
    (package / "scripts" / "made-erase.txt").unlink()
    edit(folder / "scripts" / "made-later.txt", "/skip", "Of ours.")
    ran = act("update")
    names = {path.name for path in (folder / "scripts").iterdir()}
    assert "made-new.txt" in names
    assert "made-erase.txt" not in names
    assert "made-later.txt was edited here and stays" in ran.out
    assert "# As of now." in (folder / "scripts" / "made-keep.txt").read_text("utf-8")
    assert "Of ours." in (folder / "scripts" / "made-later.txt").read_text("utf-8")
    kept = {path.name for path in (folder / "before-update" / "1").rglob("*.txt")}
    assert kept == {"made-keep.txt", "made-erase.txt"}


def test_a_questionnaire_of_ones_own_stays(folder: Path, package: Path, act: Act) -> None:
    (package / "made.toml").unlink()
    before = texts(folder)
    ran = act("update")
    assert ran.code == 0
    assert "'made' is your own questionnaire" in ran.out
    assert texts(folder) == before


OWN = (
    '[[step]]\nid = "own"\nkind = "text"\nwhen = { wish = true, fate = "read" }\n'
    'text = "Of ours?"\n\n'
)


def test_what_cannot_be_asked_afterwards_is_said(folder: Path, package: Path, act: Act) -> None:
    before = made(folder)
    wish = before[
        before.index('[[step]]\nid   = "wish"') : before.index('[[step]]\nid   = "read"')
    ]
    edit(folder / "made.toml", '[[step]]\nid   = "read"', f'{OWN}[[step]]\nid   = "read"')
    edit(package / "made.toml", wish, "")
    ran = act("update")
    assert ran.code == 1
    assert "made.toml cannot be asked yet: mend these lines." in ran.out
    assert OWN in made(folder)
    assert wish not in made(folder)
    assert (folder / "before-update" / "1" / "made.toml").is_file()


def test_a_link_is_never_written_through(folder: Path, package: Path, act: Act) -> None:
    edit(package / "made.toml", WISH, NEW_WISH)
    target = folder.parent / "elsewhere.toml"
    target.write_text(made(folder), "utf-8")
    (folder / "made.toml").unlink()
    (folder / "made.toml").symlink_to(target)
    before = target.read_bytes()
    ran = act("update")
    assert ran.code == 1
    assert "is a link, and nothing was written" in ran.err
    assert target.read_bytes() == before


def test_a_file_that_was_saved_meanwhile_is_not_written_over(
    folder: Path, package: Path, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(folder / "made.toml", WISH, "And what now?")
    edit(package / "made.toml", WISH, NEW_WISH)

    def save_and_take(_prompt: str) -> str:
        edit(folder / "made.toml", "Start wherever you like.", "Begin wherever you like.")
        return "n"

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", save_and_take)
    ran = act("update")
    assert ran.code == 1
    assert "was saved while you were asked" in ran.err
    assert "Begin wherever you like." in made(folder)
    assert "And what now?" in made(folder)
    assert not (folder / "before-update").exists()


def test_a_script_that_was_saved_meanwhile_is_not_written_over(
    folder: Path, package: Path, monkeypatch: pytest.MonkeyPatch, act: Act
) -> None:
    edit(package / "made.toml", WISH, NEW_WISH)
    script = next((package / "scripts").glob("*.txt"))
    own = folder / "scripts" / script.name
    script.write_text(f"{script.read_text('utf-8')}# more\n", "utf-8")
    write = updated_files.write_updated

    def save_and_write(place: FlowFolder, files: UpdatedFiles) -> Iterator[str]:
        own.write_text("# mine\n", "utf-8")
        return write(place, files)

    monkeypatch.setattr(update, "write_updated", save_and_write)
    assert act("update").code == 1
    assert own.read_text("utf-8") == "# mine\n"
    assert not (folder / "before-update").exists()


def test_copies_are_put_into_no_folder_that_is_a_link(
    folder: Path, package: Path, act: Act, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "before-update").symlink_to(elsewhere)
    before = made(folder)
    edit(package / "made.toml", WISH, NEW_WISH)
    ran = act("update")
    assert ran.code == 1
    assert "is a link" in ran.err
    assert made(folder) == before
    assert not list(elsewhere.iterdir())
