"""No command writes over what it did not make, nor over a link, a folder or a device."""

import argparse
import io
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.cli import _parser, main
from bot.errors import FolderError
from bot.output_file import check_output, marked
from store.readers.key_file import save_card, save_key
from tests.program import ROOT
from tests.unit.store.deliveries import Delivery
from tests.unit.store.people import BIRCH, OAK, YEW, counted

PASSPHRASE = "seven trees at the river"
PRECIOUS = b"something that somebody wrote, and has no copy of\n"
MADE = ROOT / "tests" / "unit" / "flows" / "locale"

WRITERS = {
    "flows draw --out": "flows draw made.toml --out {out}",
    "flows print --out": "flows print made.toml --out {out}",
    "flows preview --save": "flows preview made.toml --save {out}",
    "keygen --out": "keygen --name Elm --out {out} --card elm.card --work-factor 2",
    "keygen --card": "keygen --name Elm --out elm.key --card {out} --work-factor 2",
    "page write --out": "page write --out {out}",
    "roster new --out": "roster new --origin example.org --quorum 1 --card oak.card --out {out}",
    "open --save": "open 7ZK4M2.holdfast --key oak.key --save {out}",
}
"""Every option that names a file to be written."""
ELSEWHERE = {"member invite --out", "member fetch --out"}
"""These need an organisation: ``tests/integration/cli/test_member.py`` tries them."""


def a_file(place: Path) -> None:
    place.write_bytes(PRECIOUS)


def a_link(place: Path) -> None:
    target = place.with_name("target")
    target.write_bytes(PRECIOUS)
    place.symlink_to(target)


def a_link_to_nothing(place: Path) -> None:
    place.symlink_to(place.with_name("nothing"))


def a_device(place: Path) -> None:
    os.mkfifo(place)


def a_folder(place: Path) -> None:
    place.mkdir()


def an_unfinished_file(place: Path) -> None:
    place.with_name(f"{place.name}.new").write_bytes(PRECIOUS)


OBSTACLES = [a_file, a_link, a_link_to_nothing, a_device, a_folder, an_unfinished_file]


@pytest.fixture(name="desk")
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all that these commands read; one is in it."""
    shutil.copy(MADE / "made.toml", tmp_path)
    (tmp_path / "locale").mkdir()
    save_key(tmp_path / "oak.key", OAK.seal(PASSPHRASE, 2, counted()))
    save_card(tmp_path / "oak.card", OAK.card("Oak"))
    save_card(tmp_path / "birch.card", BIRCH.card("Birch"))
    (tmp_path / "7ZK4M2.holdfast").write_bytes(Delivery().build())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSPHRASE}\n"))
    return tmp_path


def state(folder: Path) -> dict[str, object]:
    """What is in a folder, links and devices as such."""
    return {
        str(path.relative_to(folder)): str(path.readlink())
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else path.lstat().st_mode
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda made: str(made.__name__))
@pytest.mark.parametrize("command", WRITERS.values(), ids=WRITERS)
def test_no_command_writes_over_what_it_did_not_make(
    desk: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    obstacle: Callable[[Path], None],
) -> None:
    obstacle(desk / "out.md")
    before = state(desk)
    assert main(command.format(out="out.md").split()) == 1
    assert "out.md" in capsys.readouterr().err
    assert state(desk) == before


@pytest.mark.parametrize("read", ["made.toml", "oak.key", "oak.card", "7ZK4M2.holdfast"])
@pytest.mark.parametrize("command", WRITERS.values(), ids=WRITERS)
def test_no_command_writes_over_what_it_reads(desk: Path, command: str, read: str) -> None:
    before = state(desk)
    assert main(command.format(out=read).split()) == 1
    assert state(desk) == before


@pytest.mark.parametrize("command", list(WRITERS.values())[:2], ids=list(WRITERS)[:2])
def test_what_a_command_made_it_makes_anew(desk: Path, command: str) -> None:
    for _ in range(2):
        assert main(command.format(out="out.html").split()) == 0
    assert (desk / "out.html").is_file()


@pytest.mark.parametrize("command", ["roster add --card birch.card {}", "flows words --lang es"])
def test_what_is_written_anew_is_no_link(
    desk: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    save_card(desk / "yew.card", YEW.card("Yew"))
    founded = "roster new --origin a.org --quorum 1 --card oak.card --card yew.card --out real"
    assert main(founded.split()) == 0
    for name, key in (("oak", OAK), ("yew", YEW)):
        (desk / f"{name}.k").write_bytes(key.seal(PASSPHRASE, 2, counted()))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdin", io.StringIO(f"{PASSPHRASE}\n"))
            assert main(f"roster sign --key {name}.k real".split()) == 0
    (desk / "link").symlink_to("real")
    shutil.copy(MADE / "made.es.po", desk / "es.po")
    (desk / "locale" / "made.es.po").symlink_to("../es.po")
    before = state(desk)
    capsys.readouterr()
    assert main(command.format("link").split()) == 1
    assert "is a link" in capsys.readouterr().err
    assert state(desk) == before


def options(parser: argparse.ArgumentParser, name: str = "") -> Iterator[str]:
    """Every option of every command that names a file to be written."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, each in action.choices.items():
                yield from options(each, f"{name} {word}".strip())
        for option in {"--out", "--save", "--to"} & {*action.option_strings}:
            yield f"{name} {option}"


def test_every_command_that_writes_is_tried() -> None:
    assert {*options(_parser())} == {*WRITERS, *ELSEWHERE} - {"keygen --card"}


def test_a_place_that_is_free_may_be_written(tmp_path: Path) -> None:
    check_output(tmp_path / "new")
    check_output(tmp_path / "no folder" / "new")


def test_a_command_knows_its_own_files_by_their_mark(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("made by me\n", "utf-8")
    check_output(tmp_path / "mine", marked("made by me"))
    with pytest.raises(FolderError, match="did not make"):
        check_output(tmp_path / "mine", marked("made by somebody else"))
