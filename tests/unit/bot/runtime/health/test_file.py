"""The file of the record: closed to others, never half written; and who holds its folder."""

import errno
import fcntl
import os
import re
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config.load import read_config
from bot.errors import FolderError
from bot.runtime.health import file as file_module
from bot.runtime.health.file import NAME, HealthFile, health_file
from bot.runtime.health.record import Health, HealthUnreadable
from tests.program import ROOT
from tests.rig import Rig

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
HEALTH = Health(NOON, NOON, NOON)


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> HealthFile:
    return HealthFile(tmp_path)


def test_it_lies_beside_the_database_or_the_config(rig: Rig) -> None:
    path = rig.folder / "config.toml"
    config = read_config(path)
    assert config.store.database is not None
    assert health_file(config, path).folder == config.store.database.parent
    server = 'url = "postgresql+asyncpg:///holdfast?host=/x"'
    path.write_text(re.sub('^url = ".*"$', server, path.read_text(), flags=re.MULTILINE))
    assert health_file(read_config(path), path).folder == rig.folder


def test_it_is_read_as_it_was_written_and_closed_to_others(file: HealthFile) -> None:
    assert file.read() is None
    for _ in range(2):
        file.write(HEALTH)
        assert file.read() == HEALTH
    assert [path.name for path in file.folder.iterdir()] == [NAME]
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_one_that_cannot_be_written_stays_as_it_was(
    file: HealthFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write(HEALTH)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        file.write(Health(NOON, NOON, NOON, ended=NOON))
    assert file.read() == HEALTH
    assert [path.name for path in file.folder.iterdir()] == [NAME]


def test_one_that_is_damaged_is_refused(file: HealthFile) -> None:
    file.path.write_bytes(b"{")
    with pytest.raises(HealthUnreadable):
        file.read()


def test_the_folder_is_held_while_a_bot_runs(file: HealthFile) -> None:
    assert file.is_held() is False
    with file.held():
        assert file.is_held() is True
        assert file.is_held() is True, "to look changes nothing"
    assert file.is_held() is False


def test_a_second_bot_is_refused_and_the_first_goes_on(
    file: HealthFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_module, "LOOK_SECONDS", 0)
    with file.held():
        with pytest.raises(FolderError, match="already"), file.held():
            raise AssertionError("two bots run in one folder")
        assert file.is_held() is True
    with file.held():
        assert file.is_held() is True


def test_a_bot_starts_although_somebody_looks(
    file: HealthFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = os.open(file.folder, os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    monkeypatch.setattr(time, "sleep", lambda _: fcntl.flock(looking, fcntl.LOCK_UN))
    with file.held():
        assert file.is_held() is True
    os.close(looking)


def test_a_process_that_is_killed_holds_nothing(file: HealthFile) -> None:
    holding = (
        "import sys, time; from pathlib import Path; from bot.runtime.health.file import *\n"
        "with HealthFile(Path(sys.argv[1])).held(): print('held', flush=True); time.sleep(99)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(file.folder)], stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert file.is_held() is True
        process.kill()
        process.wait()
        assert file.is_held() is False


def test_a_folder_that_is_missing_is_held_by_nobody(tmp_path: Path) -> None:
    file = HealthFile(tmp_path / "missing")
    with file.held():
        assert file.is_held() is False
    assert not file.folder.exists()


def test_a_file_system_without_locks_cannot_tell(
    file: HealthFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(_handle: int, _operation: int) -> None:
        raise OSError(errno.EBADF, "no locks here")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    with file.held():
        assert file.is_held() is None
