"""Whether the disk has room for more of what people tell, and whether it takes anything."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.runtime.rate_limits import Monotonic
from store.db.trouble import Trouble, trouble_of

MIB = 1024 * 1024
LOOK_SECONDS = 5.0
"""How long an answer of the disk counts."""

FreeBytes = Callable[[Path], int]


def free_bytes(folder: Path) -> int:
    """Return how many bytes are free where this folder lies."""
    return shutil.disk_usage(folder).free


@dataclass(slots=True)
class DiskSpace:
    """Free space of the database's folder, beside the floor that is kept free.

    What is kept free is for taking back and erasing, which write as well.
    """

    folder: Path | None
    """None: the database lies elsewhere."""
    floor: int
    """In bytes."""
    monotonic: Monotonic
    free: FreeBytes = free_bytes
    is_full: bool = field(default=False, init=False)
    """What was to be written last found no room."""
    _enough: bool = field(default=True, init=False)
    _until: float = field(default=0.0, init=False)

    def is_enough(self) -> bool:
        """Return whether more may be stored; if the disk cannot be asked, it may."""
        now = self.monotonic()
        if self.folder is not None and now >= self._until:
            self._until = now + LOOK_SECONDS
            try:
                self._enough = self.free(self.folder) >= self.floor
            except OSError:
                self._enough = True
        return self._enough

    def failed(self, error: Exception) -> bool:
        """Note what a write failed of; return whether any other would have failed as well."""
        trouble = trouble_of(error)
        self.is_full = self.is_full or trouble is Trouble.FULL
        return trouble is not None

    def succeeded(self) -> None:
        """Note that something was written."""
        self.is_full = False
