"""``holdfast status``, in this process: a line for each part, and the exit code."""

import errno
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli import main
from bot.runtime.health.file import HealthFile
from bot.runtime.health.record import Health, PlatformHealth, WaitingMessages
from store.db.database import Database
from tests.rig import Rig

TELEGRAM = '\n[telegram]\ntoken_file = "bot.token"\n'
GONE = "The token is wrong. Put the right one into its file."


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cli.status.harden", lambda: ())


@pytest.fixture(name="file")
async def _file(rig: Rig) -> HealthFile:
    """Where a bot with one platform and a database records its state."""
    rig.clock.now = datetime.now(UTC)
    async with rig.house():
        pass
    with (rig.folder / "config.toml").open("a") as config:
        config.write(TELEGRAM)
    assert rig.config.store.database is not None
    return HealthFile(rig.config.store.database.parent)


def health(
    problem: str = "", ago: timedelta = timedelta(), waiting: WaitingMessages | None = None
) -> Health:
    now = datetime.now(UTC) - ago
    telegram = PlatformHealth("Telegram", connected=not problem, since=now, problem=problem)
    return Health(now, now, now, (telegram,), waiting or WaitingMessages())


def status(rig: Rig, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = main(["status", "--config", str(rig.folder / "config.toml")])
    said = capsys.readouterr()
    assert said.err == ""
    return code, said.out.splitlines()


def verdicts(lines: list[str]) -> dict[str, str]:
    """By the names of the parts."""
    found = [re.fullmatch(r"  (good|wrong|unsure) +([a-z]+): .+", line) for line in lines[:-1]]
    return {match[2]: match[1] for match in found if match}


def test_all_is_well_while_the_bot_runs(
    rig: Rig, file: HealthFile, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write(health())
    with file.held():
        code, lines = status(rig, capsys)
    parts = ("bot", "telegram", "waiting", "upkeep", "disk", "database", "clock")
    assert (code, lines[-1]) == (0, "All is well.")
    assert list(verdicts(lines).items()) == [(part, "good") for part in parts]


def test_a_platform_that_is_not_connected_needs_the_operator(
    rig: Rig, file: HealthFile, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write(health(GONE))
    with file.held():
        code, lines = status(rig, capsys)
    assert code == 1
    assert verdicts(lines)["telegram"] == "wrong"
    assert lines[1].endswith(GONE)
    assert lines[-1] == "Something needs you: the lines that begin with 'wrong' say what."


def test_messages_that_wait_for_long_need_the_operator(
    rig: Rig, file: HealthFile, capsys: pytest.CaptureFixture[str]
) -> None:
    oldest = datetime.now(UTC) - timedelta(minutes=30)
    file.write(health(waiting=WaitingMessages(12, oldest)))
    with file.held():
        code, lines = status(rig, capsys)
    assert code == 1
    assert lines[2].startswith("  wrong  waiting: 12 messages to be handled, the oldest since ")


def test_a_bot_that_does_not_run_is_not_judged_by_what_it_recorded(
    rig: Rig, file: HealthFile, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write(health())
    code, lines = status(rig, capsys)
    assert (code, lines[-1]) == (2, "The bot does not run.")
    found = verdicts(lines)
    assert (found["bot"], found["telegram"], found["database"]) == ("wrong", "unsure", "good")


def test_a_bot_that_hangs_needs_the_operator(
    rig: Rig, file: HealthFile, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write(health(ago=timedelta(minutes=10)))
    with file.held():
        code, lines = status(rig, capsys)
    assert code == 1
    assert "recorded nothing since" in lines[0]


@pytest.mark.parametrize("content", [b"", b"{}"])
def test_a_damaged_record_is_said(
    rig: Rig, file: HealthFile, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    file.path.write_bytes(content)
    with file.held():
        code, lines = status(rig, capsys)
    assert (code, lines[-1]) == (2, "It cannot be told that all is well.")
    assert lines[0].startswith(f"  unsure bot: {file.path} is damaged")


def test_a_record_of_another_user_is_said(
    rig: Rig,
    file: HealthFile,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def closed(_file: HealthFile) -> None:
        raise PermissionError(errno.EACCES, "closed")

    monkeypatch.setattr(HealthFile, "read", closed)
    with file.held():
        code, lines = status(rig, capsys)
    assert code == 2
    assert lines[0].endswith("Ask as the user that the bot runs as.")


def test_a_full_disk_needs_the_operator(
    rig: Rig,
    file: HealthFile,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file.write(health())
    usage = shutil.disk_usage(rig.folder)._replace(free=3_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    with file.held():
        code, lines = status(rig, capsys)
    assert code == 1
    assert f"only 3 MB free, where {file.folder} is." in lines[4]


def test_a_database_that_cannot_be_read_needs_the_operator(
    rig: Rig, file: HealthFile, capsys: pytest.CaptureFixture[str]
) -> None:
    database = rig.config.store.database
    assert database is not None
    file.write(health())
    with file.held():
        database.write_bytes(b"no database at all" * 999)
        code, broken = status(rig, capsys)
        assert code == 1
        assert broken[-2].startswith(
            "  wrong  database: The database file cannot be opened as one."
        )
        database.unlink()
        code, missing = status(rig, capsys)
    assert code == 1
    assert missing[-2].startswith("  wrong  database: there is none")
    assert not database.exists(), "asking makes none"


def test_a_database_that_does_not_answer_needs_the_operator(
    rig: Rig,
    file: HealthFile,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def never(_database: Database, _work: object) -> bool:
        raise TimeoutError

    file.write(health())
    monkeypatch.setattr(Database, "look", never)
    with file.held():
        code, lines = status(rig, capsys)
    assert code == 1
    assert lines[-2].startswith("  wrong  database: it gave no answer in 10 seconds.")


async def _no(_database: Database, _work: object) -> bool:
    return False


def test_a_database_of_another_version_needs_the_operator(
    rig: Rig,
    file: HealthFile,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file.write(health())
    monkeypatch.setattr(Database, "look", _no)
    with file.held():
        code, lines = status(rig, capsys)
    assert code == 1
    assert lines[-2].endswith("Stop the bot, and see what 'holdfast check' says.")


def test_a_config_that_cannot_be_read_is_said_and_nothing_is_judged(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    config = rig.folder / "config.toml"
    config.write_text("[organisation\n")
    code, lines = status(rig, capsys)
    assert code == 2
    assert lines[0].startswith(f"  wrong  config: {config}: config: it cannot be understood")
    assert lines[-1] == "It cannot be told that all is well."


def test_a_platform_that_is_left_out_needs_the_operator(
    rig: Rig, file: HealthFile, capsys: pytest.CaptureFixture[str]
) -> None:
    with (rig.folder / "config.toml").open("a") as config:
        config.write('\n[matrix]\nuser_id = "nobody"\n')
    file.write(health())
    with file.held():
        code, lines = status(rig, capsys)
    assert code == 1
    assert lines[0].startswith("  wrong  config: ")
    assert " matrix.homeserver: " in lines[0]
    assert verdicts(lines)["telegram"] == "good"
