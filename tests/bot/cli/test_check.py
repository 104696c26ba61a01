from pathlib import Path

import pytest

from bot.cli import main
from tests.rig import Rig, make_rig


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cli.check.harden", lambda: ())


def check(rig: Rig, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = main(["check", "--config", str(rig.folder / "config.toml")])
    return code, capsys.readouterr().out.splitlines()


def test_a_good_installation_can_start(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = check(rig, capsys)
    assert code == 0
    assert lines[-1] == "The bot can start."
    assert [line.split(":")[0].strip() for line in lines[:-1]] == [
        f"good   {name}"
        for name in (
            "cryptography",
            "help lines",
            "keyring",
            "roster",
            "questionnaire",
            "database",
        )
    ]


def test_who_may_be_named_is_said(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    _, lines = check(rig, capsys)
    [roster] = [line for line in lines if "roster" in line]
    assert roster.endswith("version 1, Ash, Oak, Rowan")


def test_everything_is_looked_at_after_a_fault(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    (rig.folder / "keyring").chmod(0o755)
    (rig.folder / "flows" / "intake.toml").unlink()
    code, lines = check(rig, capsys)
    assert code == 1
    assert [line.split()[0] for line in lines[:-1]] == [
        "good",
        "good",
        "wrong",
        "good",
        "wrong",
        "wrong",
    ]
    assert lines[-1] == "The bot cannot start yet."


def test_looking_twice_changes_nothing_of_a_talk(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    before = check(rig, capsys)
    assert check(rig, capsys) == before


def test_what_the_system_does_not_grant_is_a_note_and_no_obstacle(
    rig: Rig, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.check.harden", lambda: ("memory-lock",))
    code, lines = check(rig, capsys)
    assert code == 0
    assert "Switch the swap off" in lines[-2]


def test_a_lonely_reader_is_remarked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = make_rig(tmp_path / "alone", ("Ash", "Oak"))
    monkeypatch.setattr("bot.cli.check.FEW_READERS", 3)
    _, lines = check(alone, capsys)
    assert any("are safer" in line for line in lines)
