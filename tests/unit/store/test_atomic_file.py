import os
from collections.abc import Callable
from pathlib import Path

import pytest

from store.atomic_file import create_file, is_gone, replace_file
from store.crypto.keyring import create_keyring, open_keyring
from store.model.errors import KeyringError
from store.model.failpoint import installed
from tests.unit.store.people import counted

SECRET = b"the words of a reporter"
Fail = Callable[[pytest.MonkeyPatch, Path], None]


def fails_to_sync(patch: pytest.MonkeyPatch, kept: Path) -> None:
    """Have the disk fail when the new file is synced, and keep what it was under another name."""

    def failing(handle: int) -> None:
        if not kept.exists():
            kept.hardlink_to(Path(f"/proc/self/fd/{handle}").readlink())
        raise OSError(5, "Input/output error")

    patch.setattr(os, "fsync", failing)


def fails_to_rename(patch: pytest.MonkeyPatch, kept: Path) -> None:
    """Refuse the new name, and keep the file under another one."""

    def failing(path: Path, _target: Path) -> Path:
        kept.hardlink_to(path)
        raise OSError(13, "Permission denied")

    patch.setattr(Path, "replace", failing)


@pytest.mark.parametrize("fail", [fails_to_sync, fails_to_rename])
@pytest.mark.parametrize("write", [replace_file, create_file])
def test_what_could_not_be_written_is_overwritten_and_gone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fail: Fail,
    write: Callable[[Path, bytes], None],
) -> None:
    (tmp_path / "folder").mkdir()
    with monkeypatch.context() as patch:
        fail(patch, tmp_path / "kept")
        with pytest.raises(OSError, match=r"Input/output error|Permission denied"):
            write(tmp_path / "folder" / "file", SECRET)
    assert not list((tmp_path / "folder").iterdir())
    assert (tmp_path / "kept").read_bytes() == bytes(len(SECRET))


def test_what_was_there_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_file(tmp_path / "file", b"old")
    with monkeypatch.context() as patch:
        fails_to_rename(patch, tmp_path / "kept")
        with pytest.raises(PermissionError):
            replace_file(tmp_path / "file", SECRET)
    assert (tmp_path / "file").read_bytes() == b"old"


def test_whoever_interrupts_it_leaves_nothing_either(tmp_path: Path) -> None:
    def interrupt(name: str) -> None:
        if name == "file written file":
            raise KeyboardInterrupt

    with installed(interrupt), pytest.raises(KeyboardInterrupt):
        replace_file(tmp_path / "file", SECRET)
    assert not list(tmp_path.iterdir())


def test_a_file_that_was_renamed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only its name might not last: to take it back could lose the old file as well."""

    def failing(_folder: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("store.atomic_file.sync_folder", failing)
    with pytest.raises(OSError, match="Input/output error"):
        replace_file(tmp_path / "file", SECRET)
    assert (tmp_path / "file").read_bytes() == SECRET


def test_an_error_while_it_is_removed_does_not_hide_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_path: Path, **_options: bool) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patch:
        fails_to_rename(patch, tmp_path / "kept")
        patch.setattr(Path, "unlink", failing)
        with pytest.raises(PermissionError):
            replace_file(tmp_path / "file", SECRET)
    assert not is_gone(tmp_path / "file")
    assert (tmp_path / "file.new").read_bytes() == bytes(len(SECRET))


def test_no_file_is_gone_that_cannot_be_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_gone(tmp_path / "file")
    assert is_gone(tmp_path / "nowhere" / "file")
    (tmp_path / "file").touch()
    assert not is_gone(tmp_path / "file")
    assert is_gone(tmp_path / "file" / "file")

    def refuse(_path: Path) -> os.stat_result:
        raise PermissionError

    monkeypatch.setattr(Path, "lstat", refuse)
    assert not is_gone(tmp_path / "other")


@pytest.mark.parametrize("fail", [fails_to_sync, fails_to_rename])
def test_no_key_stays_beside_the_keyring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fail: Fail
) -> None:
    folder = tmp_path / "keyring"
    create_keyring(folder, counted())
    keyring = open_keyring(folder, counted())
    changes: tuple[Callable[[], object], ...] = (
        lambda: keyring.day_key(20_780),
        lambda: keyring.nio,
    )
    for number, change in enumerate(changes):
        with monkeypatch.context() as patch:
            fail(patch, tmp_path / f"kept{number}")
            with pytest.raises(KeyringError):
                change()
    assert [path.name for path in folder.iterdir()] == ["bot.keys"]


def open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


@pytest.mark.parametrize("fail", [fails_to_sync, fails_to_rename])
def test_a_keyring_that_cannot_be_written_keeps_no_file_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fail: Fail
) -> None:
    folder = tmp_path / "keyring"
    create_keyring(folder, counted())
    keyring = open_keyring(folder, counted())
    before = open_files()
    with monkeypatch.context() as patch:
        fail(patch, tmp_path / "kept")
        with pytest.raises(KeyringError):
            keyring.keep({"matrix.token": b"new"})
    assert open_files() == before
