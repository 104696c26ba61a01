"""``holdfast flows publish``: only what is right, all of it or nothing; recall with a reason."""

import shutil
from pathlib import Path

import pytest

import flows
from bot.cli import main
from bot.cli.flows import publish as publishing
from bot.config.values import Config
from bot.publishing.archive import FlowArchive
from bot.publishing.sources import FlowSource
from flows.model import SAMPLE_READERS
from handlers.permissions.registry import HONOURED
from tests.rig import FLOWS, Rig

FIRST, EDITED = "What would you like to say?", "What is there to say?"
BECAUSE = "A question was unkind."
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _scripts(rig: Rig) -> None:
    (rig.folder / "flows" / "scripts").mkdir()
    for script in (FLOWS / "scripts").glob("intake-*.txt"):
        shutil.copy(script, rig.folder / "flows" / "scripts")


def say(rig: Rig, capsys: Capture, *words: str) -> tuple[int, str]:
    """Publish with these options; the exit code and everything that was said."""
    code = main(["flows", "publish", "--config", str(rig.folder / "config.toml"), *words])
    captured = capsys.readouterr()
    return code, f"{captured.out}{captured.err}"


def file(rig: Rig) -> Path:
    return rig.folder / "flows" / "intake.toml"


def edit(rig: Rig, old: str = FIRST, new: str = EDITED) -> None:
    text = file(rig).read_text("utf-8")
    assert old in text
    file(rig).write_text(text.replace(old, new), "utf-8")


def archive(rig: Rig) -> FlowArchive:
    return FlowArchive(rig.folder / "flows" / "published" / "intake", HONOURED)


def test_what_is_right_is_published_and_said(rig: Rig, capsys: Capture) -> None:
    code, said = say(rig, capsys)
    revision = flows.load(file(rig).read_text("utf-8"), "intake.toml").revision
    assert (code, archive(rig).current()) == (0, revision)
    assert f"intake: {revision} is published." in said
    assert "nothing of it changed" in say(rig, capsys)[1]


def test_an_edit_is_published_beside_what_was(rig: Rig, capsys: Capture) -> None:
    say(rig, capsys)
    old = archive(rig).current()
    edit(rig)
    assert say(rig, capsys)[0] == 0
    assert archive(rig).current() != old
    assert old in archive(rig).revisions()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('kind = "fork"', 'kind = "frok"', "Did you mean 'fork'?"),
        ('when = { fate = "read" }', 'when = { fate = "raed" }', "Did you mean 'read'?"),
        ('name     = "intake"', 'name     = "other"', 'Write name = "intake".'),
    ],
)
def test_what_is_wrong_is_refused_with_its_place_and_what_was_published_stays(
    rig: Rig, capsys: Capture, old: str, new: str, says: str
) -> None:
    say(rig, capsys)
    before = archive(rig).current()
    edit(rig, old, new)
    code, said = say(rig, capsys)
    assert code == 1
    assert "intake.toml:" in said
    assert says in said
    assert archive(rig).current() == before


def test_a_script_that_does_not_go_as_it_is_written_is_named(rig: Rig, capsys: Capture) -> None:
    (rig.folder / "flows" / "scripts" / "intake-wrong.txt").write_text("< fate > keep\n")
    code, said = say(rig, capsys)
    assert code == 1
    assert "scripts/intake-wrong.txt:1:" in said
    assert not archive(rig).folder.exists()


def test_a_choice_of_a_permission_that_no_script_takes_is_named(rig: Rig, capsys: Capture) -> None:
    (rig.folder / "flows" / "scripts" / "intake-put.txt").unlink()
    code, said = say(rig, capsys)
    assert code == 1
    assert "step 'act': no script in scripts/ chooses 'put'" in said


def test_of_several_files_all_are_published_or_none(rig: Rig, capsys: Capture) -> None:
    config = rig.folder / "config.toml"
    text = config.read_text("utf-8").replace('["intake.toml"]', '["intake.toml", "second.toml"]')
    config.write_text(text, "utf-8")
    second = file(rig).read_text("utf-8").replace('name     = "intake"', 'name     = "second"')
    (rig.folder / "flows" / "second.toml").write_text(second, "utf-8")
    code, said = say(rig, capsys)
    assert code == 1
    assert "second-….txt" in said
    assert not (rig.folder / "flows" / "published").exists()
    for script in (rig.folder / "flows" / "scripts").glob("intake-*.txt"):
        shutil.copy(script, script.with_name(script.name.replace("intake", "second")))
    code, said = say(rig, capsys)
    assert code == 0
    assert "intake: " in said
    assert "second: " in said


def recalled(rig: Rig, capsys: Capture) -> str:
    """A revision that another one has followed."""
    say(rig, capsys)
    old = archive(rig).current()
    edit(rig)
    say(rig, capsys)
    return old


def test_a_recall_is_written_down_with_its_reason(rig: Rig, capsys: Capture) -> None:
    old = recalled(rig, capsys)
    code, said = say(rig, capsys, "--recall", old, "--because", BECAUSE)
    assert code == 0
    assert f"{old} of intake is recalled." in said
    assert archive(rig).recall_reason(old) == BECAUSE


def test_a_recalled_revision_cannot_be_published_again(rig: Rig, capsys: Capture) -> None:
    old = recalled(rig, capsys)
    say(rig, capsys, "--recall", old, "--because", BECAUSE)
    edit(rig, EDITED, FIRST)
    code, said = say(rig, capsys)
    assert code == 1
    assert f"{old} of intake was recalled" in said
    assert archive(rig).current() != old


def test_with_nothing_to_go_on_with_there_is_no_recall(rig: Rig, capsys: Capture) -> None:
    say(rig, capsys)
    current = archive(rig).current()
    code, said = say(rig, capsys, "--recall", current, "--because", BECAUSE)
    assert code == 1
    assert "First publish questions that are right" in said
    assert archive(rig).recall_reason(current) is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--because", BECAUSE), "name the revision"),
        (("--recall", "0123456789ab", "--because", BECAUSE), "Published are: "),
        (("--recall", "0123456789ab"), "say because of what"),
        (("--recall", "0123456789ab", "--because", "a" * 201), "201 characters"),
        (("--recall", "0123456789ab", "--because", "a\nb"), "one line"),
        (("--recall", "0123456789ab", "--because", "Why did you not tell us?"), "rule: opening"),
    ],
)
def test_what_makes_no_recall_is_said(
    rig: Rig, capsys: Capture, words: tuple[str, ...], says: str
) -> None:
    say(rig, capsys)
    code, said = say(rig, capsys, *words)
    assert code == 1
    assert says in said


def test_scripts_may_name_two_readers() -> None:
    assert [reader.text for reader in SAMPLE_READERS] == ["Reader A", "Reader B"]


@pytest.mark.parametrize("new", [EDITED, '"'])
def test_what_was_saved_since_it_was_checked_is_not_published(
    rig: Rig, capsys: Capture, monkeypatch: pytest.MonkeyPatch, new: str
) -> None:
    check = publishing.require_publishable

    def check_and_save(source: FlowSource, config: Config) -> flows.Flow:
        checked = check(source, config)
        edit(rig, new=new)
        return checked

    monkeypatch.setattr(publishing, "require_publishable", check_and_save)
    code, said = say(rig, capsys)
    assert code == 1
    assert "was saved since it was checked" in said
    assert not archive(rig).revisions()
