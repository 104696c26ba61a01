import os
from pathlib import Path

import pytest

from store.errors import KeyringError
from store.kdf import expand
from store.keyring import (
    Keyring,
    create_keyring,
    format_keys,
    open_keyring,
    parse_keys,
    replace_file,
)
from store.labels import Label, derive_label
from store.records import Begin, Save
from tests.store.organisation import DRAFT, Organisation
from tests.store.people import counted

TODAY = 20_780


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

    def reached(point: str) -> None:
        if point == "applied Begin":
            seen.append(days_on_disk(org.folder / "keyring"))

    org.reached = reached
    await org.commit(Begin(DRAFT))
    assert seen == [{"draft.20780"}]


async def test_the_key_of_a_new_day_too(org: Organisation) -> None:
    await org.commit(Begin(DRAFT))
    await org.pass_time(days=1)
    seen: list[set[str]] = []
    org.reached = lambda _: seen.append(days_on_disk(org.folder / "keyring"))
    await org.commit(Save(DRAFT))
    assert seen[-1] == {"draft.20780", "draft.20781"}


def test_a_replaced_file_is_blotted_out(tmp_path: Path) -> None:
    path = tmp_path / "draft.keys"
    replace_file(path, b"a secret line\n")
    with path.open("rb") as still_open:
        replace_file(path, b"another\n")
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
    derived = {day: ring.key_for(day, Label.SEEN_INDEX) for day in (1, 2)}
    assert ring.key_for(1, Label.SEEN_INDEX) == derived[1] != derived[2]
    assert derived[1] == expand(ring.day_key(1), derive_label(Label.SEEN_INDEX), 32)
    ring.destroy_days(frozenset({1}))
    assert [*ring.derived.values()] == [derived[2]]
    assert derived[2].hex() not in repr(ring)
