"""The keyring: a folder outside the data, in no database backup.

``bot.keys`` is backed up once, on paper; Matrix adds a few lines to it. ``draft.keys`` holds one
key a day and is never backed up: what was sealed under a day ends when its key is destroyed. Lines
are ``name SP base64 LF``.
"""

import base64
import binascii
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from store.atomic_file import OWNER_ONLY, replace_file
from store.crypto.kdf import Entropy, expand
from store.crypto.labels import Label, derive_label
from store.model.errors import KeyringError

BOT_KEYS = "bot.keys"
DRAFT_KEYS = "draft.keys"
KEY_BYTES = 32
BOT_KEY_NAMES = ("link",)
NIO = "nio"
SEEDS = (NIO, "matrix.master", "matrix.self", "matrix.user")
"""Further keys of 32 bytes, made when Matrix first needs them."""
TEXTS = ("matrix.token", "matrix.device")
"""What a log-in to the homeserver gave, in UTF-8."""
DAY_PREFIX = "draft."


@dataclass(slots=True)
class Keyring:
    """The keys of one organisation's bot; made by ``create``, opened by ``open_keyring``.

    The event loop and the database's threads use it at the same time. ``bot`` and ``days`` are
    replaced as a whole and never changed; the lock of the folder also parts threads.
    """

    folder: Path
    entropy: Entropy = field(repr=False)
    bot: dict[str, bytes] = field(default_factory=dict, repr=False)
    days: dict[int, bytes] = field(default_factory=dict, repr=False)
    derived: dict[tuple[bytes, Label], bytes] = field(default_factory=dict, repr=False)
    """Of day keys that are there, and of ``link``: each turn needs the same few."""

    @property
    def link(self) -> bytes:
        """Return the key that seals readers' chat accounts."""
        return self.bot["link"]

    @property
    def nio(self) -> bytes:
        """Return the key of the Matrix store; on first use it is made and written before."""
        if NIO not in self.bot:
            with self._changing_bot() as keys:
                keys.setdefault(NIO, self.entropy(KEY_BYTES))
        return self.bot[NIO]

    def keep(self, keys: Mapping[str, bytes]) -> None:
        """Add these to ``bot.keys``, or replace them there, before anything depends on them."""
        _check_names(keys)
        wrong = [name for name, key in keys.items() if name in SEEDS and len(key) != KEY_BYTES]
        if wrong:
            raise ValueError(f"the key '{wrong[0]}' has {KEY_BYTES} bytes")
        with self._changing_bot() as kept:
            kept.update(keys)

    def drop(self, names: Iterable[str]) -> None:
        """Take these out of ``bot.keys``; the file that held them is blotted out."""
        unneeded = {*names}
        _check_names(unneeded)
        with self._changing_bot() as kept:
            for name in unneeded & kept.keys():
                del kept[name]

    @contextmanager
    def _changing_bot(self) -> Iterator[dict[str, bytes]]:
        """Yield the keys that are on the disk now; write what was changed, then adopt it."""
        path = self.folder / BOT_KEYS
        with locked(self.folder):
            before = _read_bot(path)
            keys = dict(before)
            yield keys
            if keys != before:
                replace_secret_file(path, format_keys(keys))
            self.bot = keys

    def day_key(self, day: int) -> bytes:
        """Return the key of that day; a new one is on the disk before this returns."""
        key = self.days.get(day)
        if key is None:
            with self._alone():
                key = self.days.get(day)
                if key is None:
                    key = self.entropy(KEY_BYTES)
                    self._replace_days({**self.days, day: key})
        return key

    def key_for(self, day: int, label: Label) -> bytes:
        """Derive the key of that day for one purpose: its expansion under the label."""
        self.day_key(day)  # if it is made, the dictionary is another one afterwards
        derived = self.derived  # before the day key is read: see _adopt
        return _derive(derived, self.day_key(day), label)

    def link_key(self, label: Label) -> bytes:
        """Derive from ``link`` the key for one purpose."""
        return _derive(self.derived, self.link, label)

    def live_keys(self, label: Label) -> dict[int, bytes]:
        """Derive the keys of all days that still exist for one purpose, newest day first."""
        derived = self.derived  # before the day keys are read: see _adopt
        days = self.days
        return {day: _derive(derived, days[day], label) for day in sorted(days, reverse=True)}

    def live_days(self) -> tuple[int, ...]:
        """List the days whose keys still exist, newest first."""
        return tuple(sorted(self.days, reverse=True))

    def destroy_days(self, unneeded: frozenset[int]) -> None:
        """Forget the keys of these days, on the disk too."""
        if unneeded & self.days.keys():
            with self._alone():
                left = {d: key for d, key in self.days.items() if d not in unneeded}
                self._replace_days(left)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Lock the folder and adopt the day keys that are on the disk.

        A reader's command may run beside the bot. So neither overwrites a key that the other
        made, nor brings back one that it destroyed.
        """
        with locked(self.folder):
            self._adopt(_read_days(self.folder / DRAFT_KEYS))
            yield

    def _replace_days(self, days: dict[int, bytes]) -> None:
        """Write the day keys, then adopt them: no seal is older than its key on the disk."""
        lines = {f"{DAY_PREFIX}{day}": key for day, key in sorted(days.items())}
        replace_secret_file(self.folder / DRAFT_KEYS, format_keys(lines))
        self._adopt(days)

    def _adopt(self, days: dict[int, bytes]) -> None:
        """Adopt day keys, and forget what was derived from others.

        The days go first: so a thread that still derives from a destroyed key puts what it
        derives into the dictionary that is dropped here, and not into the new one.
        """
        left = {*days.values()}
        self.days = days
        derived = self.derived.copy()  # at once: other threads add to it
        self.derived = {name: key for name, key in derived.items() if name[0] in left}


def create_keyring(folder: Path, entropy: Entropy) -> None:
    """Make the folder and ``bot.keys`` for a new organisation; never touches what is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / BOT_KEYS).exists():
        keys = {name: entropy(KEY_BYTES) for name in BOT_KEY_NAMES}
        replace_secret_file(folder / BOT_KEYS, format_keys(keys))


def open_keyring(folder: Path, entropy: Entropy) -> Keyring:
    """Read both files; raises ``KeyringError`` with what is wrong and the cure."""
    _check_folder(folder)
    bot = _read_bot(folder / BOT_KEYS)
    return Keyring(folder, entropy, bot, _read_days(folder / DRAFT_KEYS))


def format_keys(keys: dict[str, bytes]) -> bytes:
    """Write lines of name and padded base64."""
    lines = (f"{name} {base64.b64encode(key).decode()}\n" for name, key in keys.items())
    return "".join(lines).encode()


def parse_keys(data: bytes, path: Path) -> dict[str, bytes]:
    """Parse the lines of ``format_keys``; raise ``KeyringError`` that names the wrong line."""
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


def replace_secret_file(path: Path, data: bytes) -> None:
    """Replace a file that only its owner may read, then overwrite what was in it before."""
    try:
        old = os.open(path, os.O_RDWR) if path.exists() else None
        try:
            replace_file(path, data, OWNER_ONLY)
            if old is not None:
                _blot_out(old)
        finally:
            if old is not None:
                os.close(old)
    except OSError as error:
        raise KeyringError(
            f"{path} cannot be written ({error.strerror}). The keyring must be writable by the "
            "bot: check the folder's owner and the free space, then start again."
        ) from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock the folder of keys: one program at a time changes what is in it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _derive(derived: dict[tuple[bytes, Label], bytes], root: bytes, label: Label) -> bytes:
    """Derive a key for one purpose, and remember it."""
    name = (root, label)
    key = derived.get(name)
    if key is None:
        key = derived[name] = expand(root, derive_label(label), KEY_BYTES)
    return key


def _blot_out(handle: int) -> None:
    """Overwrite the bytes of a replaced file, which has no name any more."""
    os.pwrite(handle, bytes(os.fstat(handle).st_size), 0)
    os.fsync(handle)


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


def read_keys(path: Path) -> dict[str, bytes]:
    """Read a file of keys; raise ``KeyringError`` with what is wrong and the cure."""
    try:
        return parse_keys(path.read_bytes(), path)
    except FileNotFoundError:
        raise KeyringError(f"{path} is missing. Restore it from its paper copy.") from None
    except OSError as error:
        raise KeyringError(
            f"{path} cannot be read ({error.strerror}). It must belong to the user that runs "
            f"the bot: chown it to that user and chmod 600 it."
        ) from error


def _read_bot(path: Path) -> dict[str, bytes]:
    keys = read_keys(path)
    needed = (*BOT_KEY_NAMES, *(name for name in SEEDS if name in keys))
    missing = [name for name in needed if len(keys.get(name, b"")) != KEY_BYTES]
    if missing:
        raise KeyringError(
            f"{path} lacks the key '{missing[0]}', or it is cut. {_cure(missing[0])}"
        )
    return keys


def _cure(name: str) -> str:
    if name == NIO:
        return "Remove that line: the bot then logs in to Matrix as a new device."
    return "Restore the file from its paper copy; do not make a new one over it."


def _check_names(names: Iterable[str]) -> None:
    """Raise ``ValueError`` for ``link``, and for a name that could break a line."""
    unknown = [name for name in names if name not in {*SEEDS, *TEXTS}]
    if unknown:
        raise ValueError(f"'{unknown[0]}' is no key that can be kept or dropped")


def _read_days(path: Path) -> dict[int, bytes]:
    """Read the day keys; without a file there are none yet."""
    if not path.exists():
        return {}
    days = {}
    for name, key in read_keys(path).items():
        day = name.removeprefix(DAY_PREFIX)
        if not day.isdecimal() or len(key) != KEY_BYTES:
            raise KeyringError(
                f"{path} has a line that is no day key. Remove that line: talks of that day end."
            )
        days[int(day)] = key
    return days
