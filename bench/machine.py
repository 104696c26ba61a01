"""What the numbers were measured on: without it they say nothing."""

import os
import platform
import sqlite3
import statistics
import time
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile

LIBRARIES = (
    "python-telegram-bot",
    "matrix-nio",
    "aiohttp",
    "cryptography",
    "SQLAlchemy",
    "aiosqlite",
    "asyncpg",
)
SYNCS = 100
PAGE = b"x" * 4096


def described() -> str:
    """One line."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{os.cpu_count()} cores of {_model()}, Linux {platform.release()}, Python "
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}; one fsync "
        f"takes {_sync_seconds() * 1000:.2f} ms"
    )


def load() -> str:
    """The load averages of 1, 5 and 15 minutes (proc(5)): what else ran here."""
    return ", ".join(f"{average:.1f}" for average in os.getloadavg())


def _model() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "an unnamed processor")


def _sync_seconds() -> float:
    """The median, where temporary files lie."""
    taken = []
    with TemporaryFile() as file:
        for _ in range(SYNCS):
            file.write(PAGE)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return statistics.median(taken)
