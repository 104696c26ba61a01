from argparse import Namespace
from pathlib import Path

import pytest

from bot.cli.flows.flow_folder import (
    MAX_BYTES,
    FlowFolder,
    current_revision,
    find_flows,
    published_revisions,
    read_file,
    write_file,
)
from bot.errors import FolderError
from bot.output_file import nothing_is_own
from tests.program import ROOT
from tests.unit.bot.cli.flows.conftest import Act


def found(*files: Path, config: Path | None = None) -> FlowFolder:
    return find_flows(Namespace(file=list(files), config=config))


def test_named_files_are_taken(folder: Path) -> None:
    assert found(folder / "made.toml") == FlowFolder(folder, (folder / "made.toml",))


def test_the_folder_one_is_in_is_taken_and_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found().files == (Path("made.toml"),)
    assert capsys.readouterr().err == "holdfast: taken: made.toml\n"


def test_in_a_checkout_the_questionnaires_lie_one_folder_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert Path("flows/intake.toml") in found().files
    assert not any(path.name == "pyproject.toml" for path in found().files)


def test_the_configuration_of_an_organisation_names_folder_and_files(folder: Path) -> None:
    config = folder / "config.toml"
    config.write_text('[flow]\nfolder = "questions"\nfiles = ["a.toml", "b.toml"]\n', "utf-8")
    expected = FlowFolder(
        folder / "questions", tuple(folder / "questions" / f"{n}.toml" for n in "ab")
    )
    assert found(config=config) == expected
    assert found().files == tuple(Path("questions") / f"{name}.toml" for name in "ab")


def test_what_a_configuration_leaves_out_is_as_the_bot_has_it(folder: Path) -> None:
    (folder / "config.toml").write_text("", "utf-8")
    assert found().files == (Path("flows/intake.toml"),)


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ("[flow\n", "cannot be read as a configuration"),
        ("[flow]\nfolder = 1\n", "does not name a folder and files as texts"),
        ("[flow]\nfiles = [1]\n", "does not name a folder and files as texts"),
    ],
)
def test_a_configuration_that_names_nothing_says_so(folder: Path, config: str, why: str) -> None:
    (folder / "config.toml").write_text(config, "utf-8")
    with pytest.raises(FolderError, match=why):
        found()


def test_where_there_is_nothing_the_ways_out_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FolderError, match="Name the file, or go to the organisation's folder"):
        found()


def test_one_of_several_must_be_named(folder: Path, act: Act) -> None:
    (folder / "second.toml").write_text((folder / "made.toml").read_text("utf-8"), "utf-8")
    ran = act("preview")
    assert ran.code == 1
    assert "Name one of them: made.toml, second.toml" in ran.err


# --- files that cannot be read -----------------------------------------------------------------


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(FolderError, match=r"There is no nowhere\.toml"):
        read_file(Path("nowhere.toml"))


def test_a_folder_is_no_file(folder: Path) -> None:
    with pytest.raises(FolderError, match=r"is a folder\. Name a file in it"):
        read_file(folder)


def test_a_file_in_another_encoding_says_the_line_and_the_cure(folder: Path) -> None:
    (folder / "made.toml").write_bytes(b'name = "made"\nchoose = "\xe9"\n')
    with pytest.raises(FolderError, match=r"made\.toml:2: this is not UTF-8. Save the file"):
        read_file(folder / "made.toml")


def test_a_file_that_is_too_large_is_not_read(folder: Path) -> None:
    (folder / "made.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(FolderError, match="too large to be what is meant"):
        read_file(folder / "made.toml")


@pytest.mark.parametrize("act_name", ["check", "test", "draw", "print", "words", "preview"])
@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"[[step]]\n\x00", b"x" * 50])
def test_no_act_breaks_on_any_file(folder: Path, act: Act, act_name: str, data: bytes) -> None:
    (folder / "made.toml").write_bytes(data)
    ran = act(act_name, "made.toml")
    assert ran.code == 1
    assert "made.toml" in ran.out + ran.err


def test_a_file_is_written_whole_or_not_at_all(folder: Path) -> None:
    write_file(folder / "new" / "x.txt", "words\n", nothing_is_own)
    assert (folder / "new" / "x.txt").read_text("utf-8") == "words\n"
    assert [path.name for path in (folder / "new").iterdir()] == ["x.txt"]
    with pytest.raises(FolderError, match="cannot be written"):
        write_file(folder / "made.toml" / "x.txt", "words", nothing_is_own)


# --- published revisions -----------------------------------------------------------------------


def test_revisions_are_found_in_both_forms(folder: Path) -> None:
    archive = folder / "published" / "made"
    (archive / ("b" * 12)).mkdir(parents=True)
    (archive / f"{'a' * 12}.toml").write_text("", "utf-8")
    (archive / ("b" * 12) / "flow.toml").write_text("", "utf-8")
    (archive / "notes.toml").write_text("", "utf-8")
    place = FlowFolder(folder, ())
    assert (
        set(published_revisions(place))
        == set(published_revisions(place, "made"))
        == {"a" * 12, "b" * 12}
    )
    assert published_revisions(place, "other") == {}


def test_the_pointer_names_the_revision_in_use(folder: Path) -> None:
    place = FlowFolder(folder, ())
    (folder / "published" / "made").mkdir(parents=True)
    assert current_revision(place, "made") is None
    for text, expected in (("a" * 12 + "\n", "a" * 12), ("nonsense", None), ("", None)):
        (folder / "published" / "made" / "current").write_text(text, "utf-8")
        assert current_revision(place, "made") == expected


def test_an_act_without_a_name_shows_all_of_them(folder: Path, act: Act) -> None:
    ran = act()
    assert ran.code == 0
    for name in ("check", "preview", "test", "draw", "diff", "print", "words"):
        assert f"\n    {name} " in ran.out
