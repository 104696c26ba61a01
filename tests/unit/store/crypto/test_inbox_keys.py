import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.crypto.inbox_keys import SEALING_SECONDS, InboxKeys, open_inbox_keys
from store.crypto.keyring import create_keyring, parse_keys
from store.model.errors import KeyringError, Locked
from store.model.failpoint import installed
from tests.unit.store.people import counted

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SECOND = int(NOW.timestamp())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_keyring(tmp_path / "keyring", counted())
    return tmp_path / "keyring"


def opened(folder: Path) -> InboxKeys:
    return open_inbox_keys(folder, os.urandom)


def test_without_a_file_there_is_no_key_and_none_is_made(folder: Path) -> None:
    keys = opened(folder)
    assert (keys.keys, keys.sealing) == ({}, None)
    assert keys.is_due(NOW)
    assert not (folder / "inbox.keys").exists()


def test_a_key_is_on_the_disk_before_anything_is_sealed_with_it(folder: Path) -> None:
    keys = opened(folder)
    number = keys.add(NOW)
    assert number == SECOND
    assert parse_keys((folder / "inbox.keys").read_bytes(), folder) == {
        f"inbox.{SECOND}": keys.keys[SECOND]
    }
    assert (folder / "inbox.keys").stat().st_mode & 0o777 == 0o600
    assert opened(folder).sealing_key(number) == keys.sealing_key(number)


def test_a_key_seals_for_ten_minutes(folder: Path) -> None:
    keys = opened(folder)
    keys.add(NOW)
    assert not keys.is_due(NOW + timedelta(seconds=SEALING_SECONDS - 1))
    assert keys.is_due(NOW + timedelta(seconds=SEALING_SECONDS))


def test_a_clock_that_was_put_back_begins_a_new_key(folder: Path) -> None:
    keys = opened(folder)
    keys.add(NOW)
    before = NOW - timedelta(days=1)
    assert keys.is_due(before)
    assert keys.add(before) == keys.sealing != SECOND
    assert not keys.is_due(before)
    assert opened(folder).sealing == keys.sealing, "the newest is the last of the file"


def test_two_keys_of_one_second_have_two_numbers(folder: Path) -> None:
    keys = opened(folder)
    assert keys.add(NOW) != keys.add(NOW)
    assert len(opened(folder).keys) == 2


def test_a_destroyed_key_is_gone_from_memory_and_disk(folder: Path) -> None:
    keys = opened(folder)
    first = keys.add(NOW)
    raw, derived = keys.keys[first], keys.sealing_key(first)
    second = keys.add(NOW)
    keys.destroy({first})
    assert {*keys.keys} == {*opened(folder).keys} == {second}
    with pytest.raises(Locked):
        keys.sealing_key(first)
    assert derived not in keys.derived.values()
    written = b"".join(path.read_bytes() for path in folder.iterdir())
    assert raw not in b"".join(parse_keys(written, folder).values())


def test_a_retired_key_still_opens(folder: Path) -> None:
    keys = opened(folder)
    number = keys.add(NOW)
    assert keys.retire() == {number}
    assert keys.is_due(NOW)
    assert keys.sealing_key(number)


def test_a_failed_write_changes_nothing(folder: Path) -> None:
    keys = opened(folder)
    keys.add(NOW)
    before = dict(keys.keys)

    def fail(name: str) -> None:
        if name == "file written inbox.keys":
            raise OSError(28, "No space left on device")

    with installed(fail), pytest.raises(KeyringError, match="No space left"):
        keys.add(NOW + timedelta(hours=1))
    assert keys.keys == opened(folder).keys == before


@pytest.mark.parametrize("line", ["inbox.x AAAA\n", "inbox.1 AAAA\n", "other AAAA\n"])
def test_a_line_that_is_no_key_is_named(folder: Path, line: str) -> None:
    (folder / "inbox.keys").write_text(line)
    with pytest.raises(KeyringError, match="no key of the inbox"):
        opened(folder)


def test_nothing_of_it_prints(folder: Path) -> None:
    keys = opened(folder)
    number = keys.add(NOW)
    keys.sealing_key(number)
    assert repr(keys) == f"InboxKeys(folder={folder!r}, sealing={number})"


def test_a_key_that_is_being_added_is_retired_as_well(folder: Path) -> None:
    keys, writing, go_on = opened(folder), threading.Event(), threading.Event()

    def hold(name: str) -> None:
        if name == "file replaced inbox.keys":
            writing.set()
            go_on.wait(10)

    with installed(hold), ThreadPoolExecutor() as threads:
        added = threads.submit(keys.add, NOW)
        assert writing.wait(10)
        retired = threads.submit(keys.retire)
        go_on.set()
        assert retired.result(10) == {added.result(10)}
    assert keys.sealing is None
