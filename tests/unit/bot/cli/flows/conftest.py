"""A flow folder of one's own, and the acts run in it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from tests.program import ROOT, Ran

MADE = ROOT / "tests" / "unit" / "flows" / "locale"

Act = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one small questionnaire, its talks and its Spanish; one is in it."""
    (tmp_path / "locale").mkdir()
    (tmp_path / "scripts").mkdir()
    shutil.copy(MADE / "made.toml", tmp_path)
    shutil.copy(MADE / "made.es.po", tmp_path / "locale")
    for name, text in TALKS.items():
        (tmp_path / "scripts" / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def act(capsys: pytest.CaptureFixture[str]) -> Act:
    """``holdfast flows`` with these arguments."""

    def run(*arguments: str | Path) -> Ran:
        code = main(["flows", *map(str, arguments)])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        assert "nobody had foreseen" not in said.err
        return Ran(code, said.out, said.err)

    return run


TALKS = {
    "made-keep.txt": "< story > a\n< fate > keep\n< review > yes\n= keep: yes\n",
    "made-read.txt": (
        "< story > a\n< fate > read\n< wish > /skip\n< read > Reader A\n< review > yes\n"
        "= read: Reader A\n"
    ),
    "made-nobody.txt": "< story > a\n< fate > read\n< wish > b\n< read > nobody\n= nothing\n",
    "made-later.txt": "< story > /skip\n< fate > later\n",
    "made-erase.txt": "< story > /skip\n< fate > erase\n",
}


def edit(path: Path, old: str, new: str) -> None:
    """One change of a file, which must be there to be changed."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
