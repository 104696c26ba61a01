import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from store.crypto.kdf import expand
from store.crypto.keyring import (
    Keyring,
    create_keyring,
    format_keys,
    open_keyring,
    parse_keys,
    replace_secret_file,
)
from store.crypto.labels import Label, derive_label
from store.model.changes import BeginCase, SaveDraft
from store.model.errors import KeyringError
from store.model.failpoint import installed
from tests.unit.store.organisation import DRAFT, Organisation
from tests.unit.store.people import counted

TODAY = 20_780
ROOT = Path(__file__).parents[4]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_keyring(tmp_path / "keyring", counted())
    return tmp_path / "keyring"


def opened(folder: Path) -> Keyring:
    return open_keyring(folder, os.urandom)


def days_on_disk(folder: Path) -> set[str]:
    return set(parse_keys((folder / "draft.keys").read_bytes(), folder))


# --- making and reading


def test_a_new_keyring_is_closed_to_others(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "bot.keys").stat().st_mode & 0o777 == 0o600
    opened(folder).day_key(TODAY)
    assert (folder / "draft.keys").stat().st_mode & 0o777 == 0o600


def test_making_it_twice_changes_nothing(folder: Path) -> None:
    before = (folder / "bot.keys").read_bytes()
    create_keyring(folder, os.urandom)
    assert (folder / "bot.keys").read_bytes() == before
    assert len(opened(folder).link) == 32


def test_lines_are_a_name_a_space_and_padded_base64(folder: Path) -> None:
    assert format_keys({"draft.1": b"\x01\x02", "link": b""}) == b"draft.1 AQI=\nlink \n"
    key = opened(folder).day_key(TODAY)
    assert (folder / "draft.keys").read_bytes() == format_keys({"draft.20780": key})


def test_what_was_made_is_there_after_a_restart(folder: Path) -> None:
    keys = {day: opened(folder).day_key(day) for day in (TODAY, TODAY + 1)}
    assert opened(folder).days == keys
    assert opened(folder).live_days() == (TODAY + 1, TODAY)


def test_nothing_of_it_prints(folder: Path) -> None:
    keyring = opened(folder)
    key = keyring.day_key(TODAY)
    assert repr(keyring) == f"Keyring(folder={folder!r})"
    assert key.hex() not in repr(keyring)


# --- a day key is there before it is used, and gone afterwards


def test_a_day_has_one_key(folder: Path) -> None:
    keyring = opened(folder)
    assert keyring.day_key(TODAY) == keyring.day_key(TODAY)
    assert keyring.day_key(TODAY) != keyring.day_key(TODAY + 1)


def test_a_key_is_synced_under_its_name_before_it_is_given(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    sync, rename = os.fsync, Path.replace

    def synced(handle: int) -> None:
        sync(handle)
        steps.append(os.fstat(handle).st_ino)

    def renamed(path: Path, target: Path) -> Path:
        steps.append(0)
        return rename(path, target)

    opened(folder).day_key(TODAY)
    old = (folder / "draft.keys").stat().st_ino
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    opened(folder).day_key(TODAY + 1)
    assert steps == [(folder / "draft.keys").stat().st_ino, 0, folder.stat().st_ino, old]


async def test_the_key_is_on_the_disk_before_its_first_row(org: Organisation) -> None:
    seen: list[set[str]] = []

    def look(point: str) -> None:
        if point == "sql insert draft":
            seen.append(days_on_disk(org.folder / "keyring"))

    with installed(look):
        await org.commit(BeginCase(DRAFT))
    assert seen == [{"draft.20780"}]


async def test_the_key_of_a_new_day_too(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT))
    await org.pass_time(days=1)
    seen: list[set[str]] = []
    with installed(lambda _: seen.append(days_on_disk(org.folder / "keyring"))):
        await org.commit(SaveDraft(DRAFT))
    assert seen[-1] == {"draft.20780", "draft.20781"}


def test_a_replaced_file_is_blotted_out(tmp_path: Path) -> None:
    path = tmp_path / "draft.keys"
    replace_secret_file(path, b"a secret line\n")
    with path.open("rb") as still_open:
        replace_secret_file(path, b"another\n")
        assert still_open.read() == bytes(len(b"a secret line\n"))
    assert path.read_bytes() == b"another\n"
    assert [p.name for p in tmp_path.iterdir()] == ["draft.keys"]


def test_a_destroyed_key_is_gone_from_the_disk(folder: Path) -> None:
    keyring = opened(folder)
    for day in (TODAY, TODAY + 1):
        keyring.day_key(day)
    with (folder / "draft.keys").open("rb") as still_open:
        keyring.destroy_days(frozenset({TODAY}))
        assert not any(still_open.read())
    assert keyring.live_days() == (TODAY + 1,)
    assert days_on_disk(folder) == {f"draft.{TODAY + 1}"}


def test_destroying_nothing_writes_nothing(folder: Path) -> None:
    keyring = opened(folder)
    keyring.day_key(TODAY)
    before = (folder / "draft.keys").stat().st_ino
    keyring.destroy_days(frozenset({TODAY + 5}))
    keyring.destroy_days(frozenset())
    assert (folder / "draft.keys").stat().st_ino == before


# --- two programs beside each other


def test_two_programs_share_the_key_of_a_day(folder: Path) -> None:
    bot, command = opened(folder), opened(folder)
    assert bot.day_key(TODAY) == command.day_key(TODAY)


def test_neither_overwrites_a_key_of_the_other(folder: Path) -> None:
    bot, command = opened(folder), opened(folder)
    keys = {TODAY: bot.day_key(TODAY), TODAY + 1: command.day_key(TODAY + 1)}
    bot.day_key(TODAY + 2)
    assert opened(folder).days.items() >= keys.items()
    assert bot.days.items() >= keys.items()


def test_neither_brings_back_what_the_other_destroyed(folder: Path) -> None:
    bot = opened(folder)
    bot.day_key(TODAY)
    command = opened(folder)
    bot.destroy_days(frozenset({TODAY}))
    command.day_key(TODAY + 1)
    assert days_on_disk(folder) == {f"draft.{TODAY + 1}"}
    assert command.live_days() == (TODAY + 1,)


def test_destroying_keeps_what_the_other_made_meanwhile(folder: Path) -> None:
    bot, command = opened(folder), opened(folder)
    bot.day_key(TODAY)
    command.day_key(TODAY + 1)
    bot.destroy_days(frozenset({TODAY}))
    assert days_on_disk(folder) == {f"draft.{TODAY + 1}"}


# --- what Matrix adds

SEED = b"\x0f" * 32
TOKEN = b"syt_a_token_of_the_homeserver"


def lines_on_disk(folder: Path) -> dict[str, bytes]:
    return parse_keys((folder / "bot.keys").read_bytes(), folder)


def test_an_organisation_without_matrix_has_one_line(folder: Path) -> None:
    keyring = opened(folder)
    keyring.day_key(TODAY)
    assert lines_on_disk(folder).keys() == keyring.bot.keys() == {"link"}


def test_the_key_of_the_matrix_store_is_made_once(folder: Path) -> None:
    key = opened(folder).nio
    assert len(key) == 32
    keyring = opened(folder)
    assert keyring.nio == key != keyring.link
    assert lines_on_disk(folder) == {"link": keyring.link, "nio": key}


def test_two_programs_share_it(folder: Path) -> None:
    bot, command = opened(folder), opened(folder)
    assert bot.nio == command.nio


def test_what_is_kept_is_there_at_once_and_after_a_restart(folder: Path) -> None:
    keyring = opened(folder)
    keyring.keep({"matrix.master": SEED, "matrix.token": TOKEN})
    keyring.keep({"matrix.token": b"another", "matrix.device": "GÉRÄT".encode()})
    for each in (keyring, opened(folder)):
        assert each.bot.pop("link")
        assert each.bot == {
            "matrix.master": SEED,
            "matrix.token": b"another",
            "matrix.device": "GÉRÄT".encode(),
        }
    assert (folder / "bot.keys").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("change", ["keep", "drop"])
def test_what_was_replaced_or_dropped_is_blotted_out(folder: Path, change: str) -> None:
    keyring = opened(folder)
    keyring.keep({"matrix.token": TOKEN})
    with (folder / "bot.keys").open("rb") as still_open:
        if change == "keep":
            keyring.keep({"matrix.token": b"new"})
        else:
            keyring.drop(["matrix.token", "matrix.device"])
        assert not any(still_open.read())
    assert keyring.bot == lines_on_disk(folder)
    assert keyring.bot.get("matrix.token") == (b"new" if change == "keep" else None)


def test_keeping_leaves_what_another_program_added(folder: Path) -> None:
    bot, command = opened(folder), opened(folder)
    key = command.nio
    bot.keep({"matrix.token": TOKEN})
    assert lines_on_disk(folder) == {"link": bot.link, "nio": key, "matrix.token": TOKEN}
    assert bot.nio == key
    command.drop(["matrix.token"])
    assert lines_on_disk(folder).keys() == command.bot.keys() == {"link", "nio"}


def test_what_changes_nothing_writes_nothing(folder: Path) -> None:
    keyring = opened(folder)
    keyring.keep({"matrix.token": TOKEN})
    before = (folder / "bot.keys").stat().st_ino
    keyring.keep({"matrix.token": TOKEN})
    keyring.drop(["matrix.device"])
    keyring.drop([])
    assert (folder / "bot.keys").stat().st_ino == before


@pytest.mark.parametrize("name", ["link", "log", "draft.1", "a name", "matrix.token\nlink"])
def test_only_known_names_are_kept_or_dropped(folder: Path, name: str) -> None:
    before = (folder / "bot.keys").read_bytes()
    with pytest.raises(ValueError, match="no key that can be kept or dropped"):
        opened(folder).keep({name: SEED})
    with pytest.raises(ValueError, match="no key that can be kept or dropped"):
        opened(folder).drop([name])
    assert (folder / "bot.keys").read_bytes() == before


def test_a_seed_of_another_length_is_not_kept(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"the key .matrix\.self. has 32 bytes") as caught:
        opened(folder).keep({"matrix.self": b"short"})
    assert "short" not in str(caught.value)
    assert lines_on_disk(folder).keys() == {"link"}


def test_what_was_not_written_is_not_in_memory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = opened(folder)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", _refuse)
        for change in (lambda: keyring.keep({"matrix.token": TOKEN}), lambda: keyring.nio):
            with pytest.raises(KeyringError, match=r"Permission denied.*must be writable"):
                change()
    assert keyring.bot.keys() == lines_on_disk(folder).keys() == {"link"}


def test_the_folder_is_free_again_after_a_failure(folder: Path) -> None:
    keyring = opened(folder)
    keep = (folder / "bot.keys").read_bytes()
    (folder / "bot.keys").unlink()
    with pytest.raises(KeyringError, match="is missing"):
        keyring.keep({"matrix.token": TOKEN})
    (folder / "bot.keys").write_bytes(keep)
    opened(folder).keep({"matrix.token": TOKEN})


STEPS = 4
"""Syncing the new file, renaming it, syncing the folder, blotting out the old one."""


@pytest.mark.parametrize("step", range(1, STEPS + 2))
def test_killed_at_any_step_the_old_or_the_new_file_is_there(folder: Path, step: int) -> None:
    keyring = opened(folder)
    keyring.keep({"matrix.token": b"old", "matrix.master": SEED})
    command = [sys.executable, "-m", "tests.unit.store.keeper", str(folder), str(step)]
    died = subprocess.run(command, cwd=ROOT, check=False).returncode
    assert died == (-signal.SIGKILL if step <= STEPS else 0)
    later = opened(folder)
    assert later.bot["matrix.token"] == (b"old" if step <= 2 else b"new" * 3000)
    assert (later.link, later.bot["matrix.master"]) == (keyring.link, SEED)
    later.keep({"matrix.token": b"newest"})
    assert sorted(path.name for path in folder.iterdir()) == ["bot.keys"]


# --- each broken state has its own sentence


def message(folder: Path) -> str:
    with pytest.raises(KeyringError) as caught:
        opened(folder)
    return str(caught.value)


def test_no_folder(tmp_path: Path) -> None:
    said = message(tmp_path / "nowhere")
    assert said.startswith("There is no keyring at")
    assert "holdfast init" in said


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o707])
def test_a_folder_that_others_can_enter(folder: Path, mode: int) -> None:
    folder.chmod(mode)
    assert f"chmod 700 {folder}" in message(folder)


def test_no_bot_keys(folder: Path) -> None:
    (folder / "bot.keys").unlink()
    assert message(folder).endswith("bot.keys is missing. Restore it from its paper copy.")


def test_bot_keys_without_the_key(folder: Path) -> None:
    (folder / "bot.keys").write_bytes(b"log AAAA\n")
    said = message(folder)
    assert "lacks the key 'link'" in said
    assert "paper copy" in said


def test_a_key_of_another_length_is_refused(folder: Path) -> None:
    (folder / "bot.keys").write_bytes(b"link AAAA\n")
    assert "'link'" in message(folder)


@pytest.mark.parametrize(
    ("name", "cure"),
    [("nio", "logs in to Matrix as a new device"), ("matrix.user", "paper copy")],
)
def test_a_further_key_that_is_cut(folder: Path, name: str, cure: str) -> None:
    good = (folder / "bot.keys").read_bytes()
    (folder / "bot.keys").write_bytes(good + f"{name} AAAA\n".encode())
    said = message(folder)
    assert f"lacks the key '{name}', or it is cut" in said
    assert cure in said


@pytest.mark.parametrize("line", [b"link", b"link AA AA", b"link !!!!", b"link \xff", b"link AAA"])
def test_a_line_that_is_none(folder: Path, line: bytes) -> None:
    good = (folder / "bot.keys").read_bytes()
    (folder / "bot.keys").write_bytes(good + line + b"\n")
    said = message(folder)
    assert "bot.keys, line 2, is not a key line" in said
    assert "Restore" in said


@pytest.mark.parametrize(
    "line", [b"draft.x AAAA", b"other " + b"AAAA" * 11, b"draft.7 AAAA", b"draft.-1 AAAA"]
)
def test_a_line_that_is_no_day_key(folder: Path, line: bytes) -> None:
    (folder / "draft.keys").write_bytes(line + b"\n")
    assert "Remove that line" in message(folder) or "remove the line" in message(folder)


def test_a_message_holds_no_key(folder: Path) -> None:
    (folder / "bot.keys").write_bytes(b"link c2VjcmV0 c2VjcmV0\n")
    assert "c2VjcmV0" not in message(folder)


def test_a_file_that_is_a_folder(folder: Path) -> None:
    (folder / "bot.keys").unlink()
    (folder / "bot.keys").mkdir()
    said = message(folder)
    assert "cannot be read" in said
    assert "chmod 600" in said


def test_a_keyring_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = opened(folder)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyringError, match=r"No space left on device.*free space"):
        keyring.day_key(TODAY)


def test_a_key_that_was_not_written_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = opened(folder)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", _refuse)
        with pytest.raises(KeyringError):
            keyring.day_key(TODAY)
    assert opened(folder).live_days() == ()
    key = keyring.day_key(TODAY)
    assert opened(folder).days == {TODAY: key}


def _refuse(_self: Path, _target: Path) -> Path:
    raise PermissionError(13, "Permission denied")


def test_what_a_day_key_derived_goes_with_it(folder: Path) -> None:
    ring = opened(folder)
    for day in (1, 2):
        ring.day_key(day)  # what is derived while a key is made is not remembered
    derived = {day: ring.key_for(day, Label.SEEN_INDEX) for day in (1, 2)}
    assert ring.key_for(1, Label.SEEN_INDEX) == derived[1] != derived[2]
    assert derived[1] == expand(ring.day_key(1), derive_label(Label.SEEN_INDEX), 32)
    ring.destroy_days(frozenset({1}))
    assert [*ring.derived.values()] == [derived[2]]
    assert derived[2].hex() not in repr(ring)
