"""Check a database file and its write-ahead log before SQLite opens them.

SQLite replays a log over whatever file stands beside it, also over one that was restored from a
backup, and mixes the two for good. So every commit raises a number in the file's header
(``user_version``). The header's copy in the log says which number the log begins with; a file
that is older than that, or newer than the log's last, is not the one that the log belongs to.

The format of the log: https://sqlite.org/fileformat2.html#the_write_ahead_log
"""

import sqlite3
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import SEEK_CUR, SEEK_END
from pathlib import Path
from typing import BinaryIO

LOG_HEADER = struct.Struct(">8I")
FRAME_HEADER = struct.Struct(">6I")
MAGIC = (0x377F0682, 0x377F0683)
NUMBER_AT, NUMBER_BYTES = 60, 4
"""Where ``user_version`` stands on the first page."""

LOOK_AGAIN_SECONDS = 0.2
"""A bot that runs may write between the looks at its two files; what is wrong stays so."""

MIXED = (
    "The database file and the write-ahead log beside it do not belong together: {file} was "
    "replaced, for instance by a backup, and {log} is of another one. Nothing was changed. If the "
    "file is the one that you want, stop the bot, delete {log} and {shm}, and start it again."
)


@dataclass(frozen=True, slots=True)
class FilePair:
    """What the headers of a database file and of its log say."""

    number: int
    """That of the file."""
    first: int
    """The first of the log."""
    last: int
    size: int
    """Of the log, in bytes."""

    @property
    def belongs_together(self) -> bool:
        """Check whether the log can have been written over this file."""
        return self.first - 1 <= self.number <= self.last


def raise_number(driver: sqlite3.Connection) -> None:
    """Raise the number of the file, within a transaction that changes something."""
    (number,) = driver.execute("PRAGMA user_version").fetchone()
    driver.execute(f"PRAGMA user_version={number + 1}")


def log_of(file: Path) -> Path:
    """Return where the write-ahead log of a file is."""
    return file.with_name(f"{file.name}-wal")


def was_interrupted(file: Path) -> bool:
    """Check whether a program uses the file, or ended without closing it."""
    try:
        return log_of(file).stat().st_size > 0
    except OSError:
        return False


def mixed_files(file: Path) -> str | None:
    """Say that file and log do not belong together; None if they do, or one is missing."""
    before: FilePair | None = None
    while True:
        pair = _look(file)
        if pair is None or pair.belongs_together:
            return None
        if pair == before:
            return MIXED.format(file=file, log=log_of(file), shm=f"{file.name}-shm")
        before = pair
        time.sleep(LOOK_AGAIN_SECONDS)


def _look(file: Path) -> FilePair | None:
    try:
        with log_of(file).open("rb") as log, file.open("rb") as opened:
            numbers, size = list(_numbers(log)), log.seek(0, SEEK_END)
            header = opened.read(NUMBER_AT + NUMBER_BYTES)
    except OSError:
        return None  # whoever opens the file says what is wrong with it
    if not numbers or len(header) < NUMBER_AT + NUMBER_BYTES:
        return None
    return FilePair(_number(header), numbers[0], numbers[-1], size)


def _numbers(log: BinaryIO) -> Iterator[int]:
    """Yield the file's numbers in a log, one for each time that its first page was written."""
    header = log.read(LOG_HEADER.size)
    if len(header) < LOG_HEADER.size:
        return
    magic, _, page_size, _, *salts = LOG_HEADER.unpack(header)[:6]
    if magic not in MAGIC:
        return
    while len(frame := log.read(FRAME_HEADER.size)) == FRAME_HEADER.size:
        page, _, *own = FRAME_HEADER.unpack(frame)[:4]
        if own != salts:
            return  # what follows is left from an earlier use of the log
        if page == 1:
            start = log.read(NUMBER_AT + NUMBER_BYTES)
            yield _number(start)
            log.seek(page_size - len(start), SEEK_CUR)
        else:
            log.seek(page_size, SEEK_CUR)


def _number(page: bytes) -> int:
    return int.from_bytes(page[NUMBER_AT : NUMBER_AT + NUMBER_BYTES], "big")
