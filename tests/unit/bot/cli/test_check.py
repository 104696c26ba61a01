import shutil
from pathlib import Path

import pytest

from bot.cli import main
from tests.rig import FLOWS, Rig, make_rig


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
            "telegram",
            "matrix",
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
        "good",
        "good",
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


TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx"


def with_token(rig: Rig, data: bytes | None, mode: int = 0o600) -> None:
    config = rig.folder / "config.toml"
    nobody = 'api_base = "http://127.0.0.1:1"'
    config.write_text(f'{config.read_text()}\n[telegram]\ntoken_file = "bot.token"\n{nobody}\n')
    if data is not None:
        (rig.folder / "bot.token").write_bytes(data)
        (rig.folder / "bot.token").chmod(mode)


@pytest.mark.parametrize("data", [TOKEN.encode(), f"{TOKEN}\n".encode(), b"123456:TESTTOKEN\r\n"])
def test_a_token_is_looked_at_also_where_telegram_cannot_be_asked(
    rig: Rig, capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    with_token(rig, data)
    code, lines = check(rig, capsys)
    assert (code, lines[-1]) == (0, "The bot can start.")
    assert lines[-3].startswith("  good   telegram: the token is there")
    assert not any(TOKEN in line for line in lines)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "cannot be read (FileNotFoundError)"),
        (b"", "does not hold one line such as"),
        (b"no token", "does not hold one line such as"),
        (f"{TOKEN}\n{TOKEN}\n".encode(), "does not hold one line such as"),
        (f"token = {TOKEN}".encode(), "does not hold one line such as"),
        (b"\xff\xfe1\x00", "does not hold one line such as"),
    ],
)
def test_a_token_file_that_cannot_be_right_is_said_with_the_cure(
    rig: Rig, capsys: pytest.CaptureFixture[str], data: bytes | None, says: str
) -> None:
    with_token(rig, data)
    code, lines = check(rig, capsys)
    assert (code, lines[-1]) == (1, "The bot cannot start yet.")
    (wrong,) = [line for line in lines if line.startswith("  wrong  ")]
    assert "telegram: " in wrong
    assert says in wrong
    assert "@BotFather" in wrong
    assert not any(TOKEN in line for line in lines)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_token_file_that_others_can_open_is_remarked(
    rig: Rig, capsys: pytest.CaptureFixture[str], mode: int
) -> None:
    with_token(rig, TOKEN.encode(), mode)
    code, lines = check(rig, capsys)
    assert code == 0
    assert lines[-2].startswith("  note   Other users can open ")
    assert lines[-2].endswith(f"chmod 600 {rig.folder / 'bot.token'}")


def test_a_name_that_tells_the_topic_is_a_note_and_no_obstacle(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    with_password(rig, b"secret")
    config = rig.folder / "config.toml"
    config.write_text(config.read_text().replace("@bot:", "@oakreportbot:"))
    code, lines = check(rig, capsys)
    assert (code, lines[-1]) == (0, "The bot can start.")
    [note] = [line for line in lines if line.startswith("  note   ")]
    assert "user id on Matrix, “@oakreportbot”" in note
    assert "lock screens" in note


def with_password(rig: Rig, data: bytes | None, mode: int = 0o600) -> None:
    config = rig.folder / "config.toml"
    section = 'user_id = "@bot:example.org"\nhomeserver = "http://127.0.0.1:1"\n'
    named = f'[matrix]\n{section}password_file = "bot.password"\n'
    config.write_text(f"{config.read_text()}\n{named}")
    if data is not None:
        (rig.folder / "bot.password").write_bytes(data)
        (rig.folder / "bot.password").chmod(mode)


def test_a_password_is_looked_at_without_asking_anybody(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    with_password(rig, b"correct horse\n")
    code, lines = check(rig, capsys)
    assert (code, lines[-1]) == (0, "The bot can start.")
    assert lines[-2].startswith("  good   matrix: the password is there")
    assert not any("horse" in line for line in lines)


@pytest.mark.parametrize("data", [None, b"", b"\n", b"\xff\xfe1\x00"])
def test_a_password_file_that_cannot_be_right_is_said_with_the_cure(
    rig: Rig, capsys: pytest.CaptureFixture[str], data: bytes | None
) -> None:
    with_password(rig, data)
    code, lines = check(rig, capsys)
    assert code == 1
    [line] = [line for line in lines if "matrix" in line]
    assert line.startswith("  wrong  matrix: ")
    assert "Put the password" in line


def test_a_password_file_that_others_can_open_is_remarked(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    with_password(rig, b"correct horse\n", 0o644)
    _, lines = check(rig, capsys)
    assert any("Close it: chmod 600" in line for line in lines)


def test_a_damaged_database_is_said_with_the_cure_each_time(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    check(rig, capsys)
    file = rig.config.store.database
    assert file is not None
    content = bytearray(file.read_bytes())
    for page in range(8192, len(content), 8192):
        content[page : page + 64] = bytes(64)
    file.write_bytes(content)
    for _ in range(2):
        code, lines = check(rig, capsys)
        assert code == 1
        [line] = [line for line in lines if "database: " in line]
        assert line.startswith("  wrong  database: The database file is damaged")
        assert "backup" in line


def test_a_language_that_nobody_reviewed_is_said(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    config = rig.folder / "config.toml"
    text = config.read_text("utf-8")
    config.write_text(text.replace("[flow]", '[flow]\nlanguages = ["en", "es"]'), "utf-8")
    shutil.copytree(FLOWS / "locale", rig.folder / "flows" / "locale")
    code, lines = check(rig, capsys)
    assert code == 0, lines
    assert any("asked in English, Español" in line for line in lines)
    assert any("the words in 'es' were not yet reviewed" in line for line in lines)
