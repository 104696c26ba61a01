import asyncio
import io
import shutil
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import open_application
from bot.cli import main
from bot.demo.trial import PASSPHRASE, Trial, TrialClock, found_trial
from bot.platforms.terminal.adapter import TerminalMessenger
from store.model.failpoint import installed
from store.readers.reader_store import ReaderStore
from store.readers.roster import Member
from tests.program import Ran
from tests.unit.store.people import counted


class Desk:
    """The readers' commands of an organisation in which Oak was named in one talk."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def does(self, *arguments: str | Path) -> Ran:
        config = self.folder / "config.toml"
        code = main(["member", *map(str, arguments), "--config", str(config)])
        said = self.capsys.readouterr()
        return Ran(code, said.out, said.err)

    def link(self, name: str) -> Ran:
        file = self.folder / f"{name}.join.age"
        self.does("invite", name, "--out", file)
        key = self.folder / "readers" / f"{name}.key"
        return self.does("join", name, "--file", file, "--key", key)


async def told(folder: Path) -> None:
    clock = TrialClock()
    async with open_application(found_trial(folder), clock, counted()) as house:
        trial = Trial(house, folder, clock, TerminalMessenger(io.StringIO(), folder))
        assert await trial.hold_conversation(trial.sample())
        clock.ahead += timedelta(hours=13)
        await house.upkeep.run(clock())


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "organisation"
    asyncio.run(told(folder))
    return folder


@pytest.fixture
def desk(
    organisation: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Desk:
    shutil.copytree(organisation, tmp_path / "organisation")
    monkeypatch.setattr("bot.cli.member.harden", lambda: ())
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSPHRASE}\n" * 9))
    return Desk(tmp_path / "organisation", capsys)


def test_a_reader_links_looks_and_fetches(desk: Desk, tmp_path: Path) -> None:
    assert "Oak is linked." in desk.link("Oak").out
    code, state = desk.does("inbox", "Oak").out.split(maxsplit=1)
    assert state == "not fetched yet\n"
    assert desk.does("fetch", "Oak", code, "--out", tmp_path).code == 0
    path = tmp_path / f"{code}.holdfast"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert desk.does("inbox", "Oak").out.split(maxsplit=1)[1] == "fetched\n"


def test_the_code_may_be_typed_in_small_letters(desk: Desk, tmp_path: Path) -> None:
    desk.link("Oak")
    code = desk.does("inbox", "Oak").out.split()[0]
    assert desk.does("fetch", "Oak", code.lower(), "--out", tmp_path).code == 0
    assert (tmp_path / f"{code}.holdfast").is_file()


def test_a_file_that_could_not_be_written_counts_as_not_fetched(
    desk: Desk, tmp_path: Path
) -> None:
    desk.link("Oak")
    code = desk.does("inbox", "Oak").out.split()[0]
    ran = desk.does("fetch", "Oak", code, "--out", tmp_path / "nowhere")
    assert (ran.code, ran.out) == (1, "")
    assert "not fetched yet" in desk.does("inbox", "Oak").out


def disk_fails(name: str) -> None:
    """Fail when a delivery was written and has not its name yet."""
    if name.startswith("file written") and name.endswith(".holdfast"):
        raise OSError(5, "Input/output error")


@pytest.mark.parametrize("removed", [True, False])
def test_only_a_delivery_of_which_nothing_is_left_counts_as_not_fetched(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, removed: bool
) -> None:
    """Its reporter is told that nobody has it."""
    desk.link("Oak")
    code, out = desk.does("inbox", "Oak").out.split()[0], tmp_path / "out"
    out.mkdir()
    undone: list[str] = []

    async def undo_fetch(_store: ReaderStore, _member: Member, of: str) -> None:
        undone.append(of)

    def refuse(_path: Path, **_options: bool) -> None:
        raise OSError(30, "Read-only file system")

    with installed(disk_fails), monkeypatch.context() as patch:
        patch.setattr(ReaderStore, "undo_fetch", undo_fetch)
        if not removed:
            patch.setattr(Path, "unlink", refuse)
        assert desk.does("fetch", "Oak", code, "--out", out).code == 1
    assert [path.name for path in out.iterdir()] == ([] if removed else [f"{code}.holdfast.new"])
    assert undone == ([code] if removed else [])


def test_others_see_nothing_and_get_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.link("Oak")
    code = desk.does("inbox", "Oak").out.split()[0]
    desk.link("Ash")
    assert desk.does("inbox", "Ash").out == "Nothing is shared with you right now.\n"
    ran = desk.does("fetch", "Ash", code, "--out", tmp_path)
    assert (ran.code, ran.out) == (1, "")
    assert not (tmp_path / f"{code}.holdfast").exists()
    assert "not fetched yet" in desk.does("inbox", "Oak").out


def test_nobody_looks_without_having_shown_their_key(desk: Desk) -> None:
    for act in (("inbox", "Oak"), ("fetch", "Oak", "7ZK4M2")):
        ran = desk.does(*act)
        assert (ran.code, ran.out) == (1, "")
        assert "`holdfast member invite Oak` begins that" in ran.err


def test_three_wrong_digits_and_the_invitation_is_over(desk: Desk) -> None:
    desk.does("invite", "Oak", "--out", desk.folder / "Oak.join.age")
    for _ in range(3):
        assert desk.does("join", "Oak", "--digits", "0").code == 1
    file, key = desk.folder / "Oak.join.age", desk.folder / "readers" / "Oak.key"
    ran = desk.does("join", "Oak", "--file", file, "--key", key)
    assert ran.code == 1
    assert "three tries" in ran.err


def test_a_file_that_is_no_invitation_is_refused(desk: Desk) -> None:
    file = desk.folder / "letter.age"
    file.write_bytes(b"not sealed")
    ran = desk.does("join", "Oak", "--file", file, "--key", desk.folder / "readers" / "Oak.key")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("holdfast: ")


@pytest.mark.parametrize("made", ["file", "link"])
def test_neither_a_file_with_digits_nor_a_delivery_takes_the_place_of_another(
    desk: Desk, tmp_path: Path, made: str
) -> None:
    desk.link("Oak")
    code = desk.does("inbox", "Oak").out.split()[0]
    for path, command in (
        (tmp_path / "precious", ("invite", "Oak", "--out", tmp_path / "precious")),
        (tmp_path / f"{code}.holdfast", ("fetch", "Oak", code, "--out", tmp_path)),
    ):
        target = path if made == "file" else tmp_path / "target"
        target.write_text("precious")
        if made == "link":
            path.symlink_to(target)
        ran = desk.does(*command)
        assert ran.code == 1
        assert str(path) in ran.err
        assert target.read_text() == "precious"
    assert "not fetched yet" in desk.does("inbox", "Oak").out


def test_a_new_file_with_digits_takes_the_place_of_the_last(desk: Desk) -> None:
    for _ in range(2):
        assert desk.does("invite", "Oak", "--out", desk.folder / "Oak.join.age").code == 0
