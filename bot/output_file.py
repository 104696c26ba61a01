"""Files that commands write: none takes the place of something that the command did not make."""

import stat
from collections.abc import Callable
from pathlib import Path

from bot.errors import FolderError
from store.atomic_file import NEW

LOOKED_AT = 4096
"""The bytes at a file's beginning by which a command knows its own."""

IsOwn = Callable[[bytes], bool]


def nothing_is_own(_start: bytes) -> bool:
    """Take no file for one that the command made."""
    return False


def marked(mark: str) -> IsOwn:
    """Know a command's own files by words at their beginning."""
    return lambda start: mark.encode() in start


def check_output(path: Path, is_own: IsOwn = nothing_is_own) -> None:
    """Raise ``FolderError`` if a file cannot be written without losing something.

    A link, a device and a folder are never replaced. Of files only those are that ``is_own`` knows
    by their beginning. What is not complete yet stands beside the file, so that place is looked at
    as well.
    """
    unfinished = path.with_name(path.name + NEW)
    for place, own in ((path, is_own), (unfinished, nothing_is_own)):
        try:
            mode = place.lstat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise FolderError(f"{place} cannot be looked at ({error.strerror}).") from None
        if not stat.S_ISREG(mode):
            raise FolderError(
                f"{place} is {_kind(mode)}, and nothing was written. Name an ordinary file."
            )
        if not own(_start_of(place)):
            raise FolderError(
                f"There already is a file {place}, which this command did not make. Nothing was "
                "written; choose another name, or move that file away."
            )


def _kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a link"
    return "a folder" if stat.S_ISDIR(mode) else "a device"


def _start_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LOOKED_AT)
    except OSError as error:
        raise FolderError(f"{path} cannot be read ({error.strerror}).") from None
