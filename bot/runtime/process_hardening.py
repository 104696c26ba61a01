"""Harden a process that holds keys, as far as the system allows it.

No core dumps, no debugger of the same user, no pages on the swap, files for this user only. See
core(5), prctl(2), mlockall(2), umask(2).
"""

import ctypes
import os
import resource
import sys
from typing import Protocol

PRIVATE = 0o077
PR_SET_DUMPABLE = 4
MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT = 1, 2, 4


class System(Protocol):
    """The calls of the C library that are needed; each returns 0 if it was granted."""

    def prctl(self, option: int, value: int, /) -> int:
        """Change how the system treats this process (Linux only)."""

    def mlockall(self, flags: int, /) -> int:
        """Keep this process's pages in memory."""


def harden(system: System | None = None) -> tuple[str, ...]:
    """Ask for everything, and return the short codes of what was not granted.

    ``core-size``: a crash could write memory to the disk. ``dumpable``: another program of the
    same user could read the memory. ``memory-lock``: the system could write memory to its swap.
    """
    os.umask(PRIVATE)
    library: System = system or ctypes.CDLL(None)
    asked = (
        ("core-size", _forbid_core_files()),
        ("dumpable", _forbid_dumping(library)),
        ("memory-lock", _lock_memory(library)),
    )
    return tuple(code for code, granted in asked if not granted)


def _forbid_core_files() -> bool:
    return _set_limit(resource.RLIMIT_CORE, 0)


def _forbid_dumping(system: System) -> bool:
    # A core pattern that is a pipe ignores the size limit, but not this.
    return sys.platform == "linux" and system.prctl(PR_SET_DUMPABLE, 0) == 0


def _lock_memory(system: System) -> bool:
    # Under a finite limit the lock would hold today and fail the first large allocation later.
    if sys.platform != "linux" or not _set_limit(resource.RLIMIT_MEMLOCK, resource.RLIM_INFINITY):
        return False
    return system.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0


def _set_limit(kind: int, size: int) -> bool:
    try:
        resource.setrlimit(kind, (size, size))
    except (OSError, ValueError):
        return False
    return True
