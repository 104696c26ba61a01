import io
import stat
from pathlib import Path

import pytest

from bot.cli import main
from bot.report_display import before_reading, describe_terms
from handlers.texts.english import ENGLISH
from store.cases.statement import MAY
from store.readers.key_file import save_key
from store.readers.notebook import load_notebook
from tests.unit.store.deliveries import STORY, Delivery
from tests.unit.store.people import BIRCH, OAK, counted

PASSPHRASE = "seven trees at the river"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    save_key(tmp_path / "oak.key", OAK.seal(PASSPHRASE, 2, counted()))
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSPHRASE + "\n"))
    return tmp_path


def open_it(desk: Path, delivery: Delivery | bytes, *more: str | Path) -> int:
    data = delivery if isinstance(delivery, bytes) else delivery.build()
    (desk / "7ZK4M2.holdfast").write_bytes(data)
    file, key = desk / "7ZK4M2.holdfast", desk / "oak.key"
    return main(["open", str(file), "--key", str(key), *map(str, more)])


def test_first_what_may_be_done_then_the_report(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert open_it(desk, Delivery(may=("act.unnamed", "contact"), photo=True)) == 0
    out = capsys.readouterr().out
    assert 0 <= out.index("without naming") < out.index("write to the person") < out.index(STORY)
    assert "door.jpg" in out


def test_how_to_step_aside_and_a_notice_come_before_a_report_of_an_older_version(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert open_it(desk, Delivery()) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert out.index(ENGLISH.report.before_reading) < out.index(ENGLISH.report.notice)
    assert out.index(ENGLISH.report.notice) < out.index(" ".join(STORY.split()))


def test_they_are_not_said_twice() -> None:
    assert before_reading(f"allowed\n\n{ENGLISH.report.notice}\n\ntold\n") == ()


def test_limits_are_said_before_what_they_limit() -> None:
    for term, allowed in (("act.unnamed", "you may act"), ("act.accused", "you may put")):
        told = describe_terms((term,))
        assert told.index("without naming") < told.index(allowed)


def test_the_case_is_pinned_beside_the_key(desk: Path) -> None:
    assert open_it(desk, Delivery()) == 0
    [pin] = load_notebook(desk / "oak.notebook", OAK).pins
    assert pin.rid == Delivery().case.rid


def test_a_refused_delivery_shows_and_pins_nothing(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert open_it(desk, Delivery(report={"may": ["act.named"]})) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "allows other things" in shown.err
    assert not (desk / "oak.notebook").exists()


def test_a_story_cannot_drive_the_terminal(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert open_it(desk, Delivery(body=b"quiet\x1b[2J\x07 please\r\nnow")) == 0
    out = capsys.readouterr().out
    assert "quiet[2J please\nnow" in out
    assert not set("\x1b\x07\r") & set(out)


def test_the_text_can_be_saved_for_its_owner_and_nothing_is_overwritten(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = desk / "report.txt"
    assert open_it(desk, Delivery(), "--save", saved) == 0
    assert STORY in saved.read_text("utf-8")
    assert saved.read_text("utf-8").startswith(describe_terms(("act.listen",)))
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSPHRASE + "\n"))
    assert open_it(desk, Delivery(), "--save", saved) == 1
    assert "Nothing was written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("delivery", "sentence"),
    [
        (b"hello", "delivery"),
        (Delivery(to=(BIRCH,), headers_for=(BIRCH,)), "None of the keys"),
        (Delivery(to=(BIRCH,)), "did not name you"),
    ],
)
def test_what_does_not_open_is_said(
    desk: Path, capsys: pytest.CaptureFixture[str], delivery: Delivery | bytes, sentence: str
) -> None:
    assert open_it(desk, delivery) == 1
    shown = capsys.readouterr()
    assert sentence in shown.err
    assert STORY not in shown.out + shown.err


def test_a_wrong_passphrase_and_missing_files_are_said(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("not this one\n"))
    assert open_it(desk, Delivery()) == 1
    assert "passphrase" in capsys.readouterr().err
    assert main(["open", str(desk / "no"), "--key", str(desk / "oak.key")]) == 1
    assert "cannot be read" in capsys.readouterr().err
    assert main(["open", str(desk / "7ZK4M2.holdfast"), "--key", str(desk / "no.key")]) == 1
    assert "no key file" in capsys.readouterr().err


@pytest.mark.parametrize("token", MAY)
def test_every_token_has_its_sentence(token: str) -> None:
    assert describe_terms((token,)).count("•") == 1
