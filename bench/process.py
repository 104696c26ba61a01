"""A bot in a process of its own: started, its CPU time read (proc(5)), killed (SIGKILL)."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.program import ROOT, environment

TICKS = os.sysconf("SC_CLK_TCK")
READ_EVERY = 0.1
SETTLED_AFTER = 5.0
SAID = "said.txt"
"""What the bot wrote on its standard streams."""


class Ended(Exception):
    """A bot ended by itself."""


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of CPU time, of the thread that runs the event loop and of all others."""

    loop: float
    others: float

    @property
    def all(self) -> float:
        """Of the whole process."""
        return self.loop + self.others

    def __sub__(self, other: Self) -> "Cpu":
        return Cpu(self.loop - other.loop, self.others - other.others)


NOTHING = Cpu(0, 0)


@dataclass(frozen=True, slots=True)
class Process:
    """One bot that runs."""

    popen: "subprocess.Popen[bytes]"
    place: Path

    def cpu(self) -> Cpu:
        """What it used so far."""
        return used(self.popen.pid)

    async def settled(self) -> Cpu:
        """What it used, once it has nothing more to do: work after the last reply counts too."""
        before = self.cpu()
        for _ in range(int(SETTLED_AFTER / READ_EVERY)):
            await asyncio.sleep(READ_EVERY)
            now = self.cpu()
            if now == before:
                break
            before = now
        return before

    def check(self) -> None:
        """Raises if it ended."""
        if self.popen.poll() is not None:
            said = (self.place / SAID).read_text("utf-8", "replace")[-2000:]
            raise Ended(f"A bot ended with {self.popen.returncode}. It said:\n{said}")


def used(process: int) -> Cpu:
    """What a process used so far."""
    root = Path(f"/proc/{process}")
    loop = _seconds(root / "task" / str(process) / "stat")
    return Cpu(loop, _seconds(root / "stat") - loop)


def _seconds(stat: Path) -> float:
    """User and system time of proc(5); the name before them may hold spaces."""
    fields = stat.read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def started(place: Path, *arguments: str | Path, tree: Path = ROOT) -> Iterator[Process]:
    """Run the Python of a checkout with these arguments; kill it at the end (SIGKILL)."""
    own = tree / ".venv" / "bin" / "python"
    with (place / SAID).open("wb") as said:
        popen = subprocess.Popen(  # noqa: S603 - our own arguments
            [str(own) if own.exists() else sys.executable, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=tree,
            env=environment(place, PYTHONPATH=str(tree)),
        )
    try:
        yield Process(popen, place)
    finally:
        popen.kill()
        popen.wait()
