"""The keyring: a folder outside the data, in no database backup.

``bot.keys`` is backed up once, on paper. ``draft.keys`` holds one key a day and is never backed
up: what was sealed under a day ends when its key is destroyed. Lines are ``name SP base64 LF``.
"""

import base64
import binascii
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from store.errors import KeyringError
from store.kdf import Entropy, expand
from store.labels import Label, derive_label

BOT_KEYS = "bot.keys"
DRAFT_KEYS = "draft.keys"
KEY_BYTES = 32
BOT_KEY_NAMES = ("link",)
DAY_PREFIX = "draft."


@dataclass(slots=True)
class Keyring:
    """The keys of one organisation's bot; made by ``create``, opened by ``open_keyring``."""

    folder: Path
    entropy: Entropy = field(repr=False)
    bot: dict[str, bytes] = field(default_factory=dict, repr=False)
    days: dict[int, bytes] = field(default_factory=dict, repr=False)
    derived: dict[tuple[bytes, Label], bytes] = field(default_factory=dict, repr=False)
    """Of day keys that are there: each turn needs the same few of every live day."""

    @property
    def link(self) -> bytes:
        """Seals readers' chat accounts."""
        return self.bot["link"]

    def day_key(self, day: int) -> bytes:
        """The key of that day, made and on the disk before anything is sealed under it."""
        if day not in self.days:
            with self._alone():
                if day not in self.days:
                    self._replace_days({**self.days, day: self.entropy(KEY_BYTES)})
        return self.days[day]

    def key_for(self, day: int, label: Label) -> bytes:
        """The key of that day for one purpose: its expansion under the label."""
        name = (self.day_key(day), label)
        if name not in self.derived:
            self.derived[name] = expand(name[0], derive_label(label), KEY_BYTES)
        return self.derived[name]

    def live_days(self) -> tuple[int, ...]:
        """The days whose keys still exist, newest first."""
        return tuple(sorted(self.days, reverse=True))

    def destroy_days(self, unneeded: frozenset[int]) -> None:
        """Forget the keys of these days, on the disk too."""
        if unneeded & self.days.keys():
            with self._alone():
                left = {d: key for d, key in self.days.items() if d not in unneeded}
                self._replace_days(left)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """A reader's command may run beside the bot: the disk says which keys there are.

        Neither overwrites a key that the other made, nor brings back one that it destroyed.
        """
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            self._adopt(_read_days(self.folder / DRAFT_KEYS))
            yield
        finally:
            os.close(handle)

    def _replace_days(self, days: dict[int, bytes]) -> None:
        """On the disk first: nothing is ever sealed under a key that is not there."""
        lines = {f"{DAY_PREFIX}{day}": key for day, key in sorted(days.items())}
        replace_file(self.folder / DRAFT_KEYS, format_keys(lines))
        self._adopt(days)

    def _adopt(self, days: dict[int, bytes]) -> None:
        """What a destroyed key had derived is forgotten with it."""
        left = {*days.values()}
        self.days = days
        self.derived = {name: key for name, key in self.derived.items() if name[0] in left}


def create_keyring(folder: Path, entropy: Entropy) -> None:
    """Make the folder and ``bot.keys`` for a new organisation; never touches what is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / BOT_KEYS).exists():
        keys = {name: entropy(KEY_BYTES) for name in BOT_KEY_NAMES}
        replace_file(folder / BOT_KEYS, format_keys(keys))


def open_keyring(folder: Path, entropy: Entropy) -> Keyring:
    """Read both files; raises ``KeyringError`` with what is wrong and the cure."""
    _check_folder(folder)
    bot = _read_keys(folder / BOT_KEYS)
    missing = [name for name in BOT_KEY_NAMES if len(bot.get(name, b"")) != KEY_BYTES]
    if missing:
        raise KeyringError(
            f"{folder / BOT_KEYS} lacks the key '{missing[0]}', or it is cut. "
            "Restore the file from its paper copy; do not make a new one over it."
        )
    return Keyring(folder, entropy, bot, _read_days(folder / DRAFT_KEYS))


def format_keys(keys: dict[str, bytes]) -> bytes:
    """Lines of name and padded base64."""
    lines = (f"{name} {base64.b64encode(key).decode()}\n" for name, key in keys.items())
    return "".join(lines).encode()


def parse_keys(data: bytes, path: Path) -> dict[str, bytes]:
    """The inverse of ``format_keys``; names the line that is wrong."""
    keys = {}
    for number, line in enumerate(data.splitlines(), 1):
        try:
            name, value = line.decode("ascii").split(" ")
            keys[name] = base64.b64decode(value, validate=True)
        except (ValueError, binascii.Error):
            raise KeyringError(
                f"{path}, line {number}, is not a key line. "
                "Restore bot.keys from its paper copy; in draft.keys, which has no copy, remove "
                "the line: talks of that day end."
            ) from None
    return keys


def replace_file(path: Path, data: bytes) -> None:
    """Write beside, sync, rename, sync the folder; then blot out what was there before."""
    new = path.with_name(path.name + ".new")
    try:
        old = os.open(path, os.O_RDWR) if path.exists() else None
        _write_synced(new, data)
        new.replace(path)
        _sync_folder(path.parent)
        if old is not None:
            _blot_out(old)
    except OSError as error:
        raise KeyringError(
            f"{path} cannot be written ({error.strerror}). The keyring must be writable by the "
            "bot: check the folder's owner and the free space, then start again."
        ) from error


def _write_synced(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _blot_out(handle: int) -> None:
    """The replaced file has no name any more; its bytes go as well."""
    try:
        os.pwrite(handle, bytes(os.fstat(handle).st_size), 0)
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise KeyringError(
            f"There is no keyring at {folder}. Restore it from its backup, or make a new "
            "organisation with `holdfast init`. Without it open talks end and readers must join "
            "anew; what was kept still opens with its twelve words."
        )
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        raise KeyringError(
            f"Other users of this computer can look into {folder}. Close it: chmod 700 {folder}"
        )


def _read_keys(path: Path) -> dict[str, bytes]:
    try:
        return parse_keys(path.read_bytes(), path)
    except FileNotFoundError:
        raise KeyringError(f"{path} is missing. Restore it from its paper copy.") from None
    except OSError as error:
        raise KeyringError(
            f"{path} cannot be read ({error.strerror}). It must belong to the user that runs "
            f"the bot: chown it to that user and chmod 600 it."
        ) from error


def _read_days(path: Path) -> dict[int, bytes]:
    """No file yet means no day yet."""
    if not path.exists():
        return {}
    days = {}
    for name, key in _read_keys(path).items():
        day = name.removeprefix(DAY_PREFIX)
        if not day.isdecimal() or len(key) != KEY_BYTES:
            raise KeyringError(
                f"{path} has a line that is no day key. Remove that line: talks of that day end."
            )
        days[int(day)] = key
    return days
