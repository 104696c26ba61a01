"""A program that is killed while it keeps a key.

    python -m tests.unit.store.keeper FOLDER STEP

It kills itself before the given one of the steps by which a file of the keyring is replaced.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path

from store.crypto.keyring import open_keyring

STEPS = count(1)


def die_at(step: int) -> None:
    if next(STEPS) == step:
        os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, step: int) -> None:
    keyring = open_keyring(folder, os.urandom)
    sync, rename = os.fsync, Path.replace

    def synced(handle: int) -> None:
        die_at(step)
        sync(handle)

    def renamed(path: Path, target: Path) -> Path:
        die_at(step)
        return rename(path, target)

    os.fsync = synced  # type: ignore[assignment]
    Path.replace = renamed  # type: ignore[assignment,method-assign]
    keyring.keep({"matrix.token": b"new" * 3000})


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
