import io
from pathlib import Path

import pytest

from bot.cli import main
from store.readers.key_file import load_card, load_key

PASSPHRASE = "seven trees at the river"


def keygen(monkeypatch: pytest.MonkeyPatch, typed: str, *arguments: str | Path) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    return main(["keygen", "--work-factor", "2", *map(str, arguments)])


@pytest.fixture
def oak(tmp_path: Path) -> Path:
    return tmp_path / "oak.key"


def test_it_writes_both_files_and_says_what_comes_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], oak: Path
) -> None:
    assert keygen(monkeypatch, PASSPHRASE, "--name", "Oak", "--out", oak) == 0
    key, card = load_key(oak, PASSPHRASE), load_card(oak.with_name("oak.card.toml"))
    assert card == key.card("Oak")
    out = capsys.readouterr().out
    assert " ".join(card.words) in out
    assert "read these" in out
    assert PASSPHRASE not in out


def test_the_card_can_lie_elsewhere(
    monkeypatch: pytest.MonkeyPatch, oak: Path, tmp_path: Path
) -> None:
    card = tmp_path / "card"
    assert keygen(monkeypatch, PASSPHRASE, "--name", "Oak", "--out", oak, "--card", card) == 0
    assert load_card(card).name == "Oak"


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("Oak", "short", "at least 12 characters"),
        ("Oak", "", "at least 12 characters"),
        ("Old Oak", PASSPHRASE, "without spaces"),
        ("", PASSPHRASE, "1 to 32"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    oak: Path,
    name: str,
    typed: str,
    sentence: str,
) -> None:
    assert keygen(monkeypatch, typed, "--name", name, "--out", oak) == 1
    error = capsys.readouterr().err
    assert error.startswith("holdfast: ")
    assert sentence in error
    assert list(oak.parent.iterdir()) == []


@pytest.mark.parametrize("there", ["oak.key", "oak.card.toml"])
def test_a_file_that_is_there_stays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], oak: Path, there: str
) -> None:
    oak.with_name(there).write_text("mine")
    assert keygen(monkeypatch, PASSPHRASE, "--name", "Oak", "--out", oak) == 1
    assert "already" in capsys.readouterr().err
    assert [(path.name, path.read_text()) for path in oak.parent.iterdir()] == [(there, "mine")]


@pytest.mark.parametrize("factor", ["0", "21", "many"])
def test_a_work_factor_out_of_reach_is_refused(factor: str, oak: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["keygen", "--name", "Oak", "--out", str(oak), "--work-factor", factor])
