"""Atomic writes: after a crash there is the old file or the new one, never half of one."""

import os
from contextlib import suppress
from pathlib import Path

from store.model.failpoint import failpoint

NEW = ".new"
"""Ends the name of a file that is not complete yet."""

OWNER_ONLY = 0o600
ANYBODY = 0o666
"""The mode of a file that others may read, as far as the umask allows."""


def replace_file(path: Path, data: bytes, mode: int = ANYBODY) -> None:
    """Write ``data`` beside ``path``, sync it, rename it over ``path``, sync the folder.

    ``mode`` is that of a newly created file. Raises ``OSError``; then ``path`` is as it was, and
    nothing of ``data`` is left: only if the folder could not be synced, ``path`` is the new file.
    """
    new = _unfinished(path)
    try:
        write_synced(new, data, mode)
        failpoint(f"file written {path.name}")
        new.replace(path)
    except BaseException:
        _remove(new)
        raise
    failpoint(f"file replaced {path.name}")
    sync_folder(path.parent)
    failpoint(f"folder synced {path.name}")


def is_gone(path: Path) -> bool:
    """Check that there is neither the file nor what was to become it."""
    return not (_may_exist(path) or _may_exist(_unfinished(path)))


def create_file(path: Path, data: bytes, mode: int = ANYBODY) -> None:
    """Write a file that is not there yet; raise ``FileExistsError`` for one that is.

    Raises ``OSError`` as ``replace_file`` does.
    """
    if os.path.lexists(path):
        raise FileExistsError(path)
    replace_file(path, data, mode)


def write_synced(path: Path, data: bytes, mode: int = ANYBODY) -> None:
    """Write a file whose content is on the disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unfinished(path: Path) -> Path:
    return path.with_name(path.name + NEW)


def _may_exist(path: Path) -> bool:
    """Check for a file; one that cannot be looked for may be there."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _remove(path: Path) -> None:
    """Overwrite and unlink a file, as far as the disk, which has just failed, lets that happen."""
    with suppress(OSError), path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    with suppress(OSError):
        path.unlink(missing_ok=True)
