"""The file in which a running bot records its state, and how to tell whether the bot is there."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.config.values import Config
from bot.errors import FolderError
from bot.runtime.health.record import Health, decode_health, encode_health
from store.atomic_file import OWNER_ONLY, replace_file

NAME = "status.json"

LOOKS = 20
"""How often a lock is tried that somebody has; ``holdfast status`` has it for a moment."""
LOOK_SECONDS = 0.05

ALREADY_RUNS = (
    "{folder}: a bot runs here already. Two would answer people twice and lose keys. Look with "
    "holdfast status, and stop the other one first (systemctl stop holdfast, if it is a service)."
)


def health_file(config: Config, config_path: Path) -> "HealthFile":
    """Return where the bot of this config records its state."""
    database = config.store.database
    return HealthFile(config_path.resolve().parent if database is None else database.parent)


@dataclass(frozen=True, slots=True)
class HealthFile:
    """The record in one folder: that of the database file, or that of the config for a server.

    A bot that runs holds a lock on the folder, which the system releases however it ends. The
    file itself cannot carry the lock, as each record replaces it.
    """

    folder: Path

    @property
    def path(self) -> Path:
        """Return where the record is."""
        return self.folder / NAME

    def write(self, health: Health) -> None:
        """Replace the record, for its owner only; raise ``OSError``."""
        replace_file(self.path, encode_health(health), OWNER_ONLY)

    def read(self) -> Health | None:
        """Return the last record, or None if there is none.

        Raise ``HealthUnreadable`` for one that is damaged, and ``OSError`` if this user may not
        read it.
        """
        try:
            return decode_health(self.path.read_bytes())
        except FileNotFoundError:
            return None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only bot that runs here until the context ends, where the file system has locks.

        Raise ``FolderError`` if another one does.
        """
        handle = None
        with suppress(OSError):
            handle = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if handle is not None and not _lock(handle):
                raise FolderError(ALREADY_RUNS.format(folder=self.folder))
            yield
        finally:
            if handle is not None:
                os.close(handle)

    def is_held(self) -> bool | None:
        """Return whether a bot runs here; None where the file system cannot tell."""
        try:
            handle = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        except OSError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return None
        finally:
            os.close(handle)
        return False


def _lock(handle: int) -> bool:
    """Lock a folder; return False if another program has kept it locked all the while."""
    for _ in range(LOOKS):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno != errno.EWOULDBLOCK:
                return True  # this file system has no locks
            time.sleep(LOOK_SECONDS)
        else:
            return True
    return False
