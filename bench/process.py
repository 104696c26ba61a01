"""A bot in a process of its own: started, its CPU time and memory read (proc(5)), and killed."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.program import ROOT, environment

KIB = 1024
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

    def most_memory(self) -> int:
        """The most bytes of memory that it had at once."""
        status = Path(f"/proc/{self.popen.pid}/status").read_text("utf-8")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * KIB

    async def settled(self, after: float = SETTLED_AFTER) -> Cpu:
        """What it used, once it has nothing more to do: work after the last reply counts too.

        It has, at the latest, ``after`` so many seconds.
        """
        before = self.cpu()
        for _ in range(int(after / READ_EVERY)):
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
    """User and system time of proc(5)."""
    fields = _fields(stat)
    return (int(fields[11]) + int(fields[12])) / TICKS


def _fields(stat: Path) -> list[str]:
    """What stands behind the name, which may hold spaces."""
    return stat.read_text("utf-8").rpartition(")")[2].split()


def used_by_family(parent: int) -> float:
    """Seconds of CPU time of a process and of its children, also of those that have ended."""
    own = _fields(Path(f"/proc/{parent}/stat"))
    total = sum(int(ticks) for ticks in own[11:15]) / TICKS
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            fields = _fields(stat)
            if fields[1] == str(parent):
                total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


async def output_of(place: Path, *arguments: str | Path) -> str:
    """Run Python with these arguments to its end, and return what it printed.

    Raises ``Ended`` if it failed.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *map(str, arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(place),
    )
    try:
        out, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise Ended(f"{arguments[1]} failed. It said:\n{errors.decode(errors='replace')}")
    return out.decode()


@contextmanager
def started(
    place: Path, *arguments: str | Path, tree: Path = ROOT, variables: Mapping[str, str] = {}
) -> Iterator[Process]:
    """Run the Python of a checkout with these arguments; kill it at the end (SIGKILL).

    ``variables`` are added to its environment.
    """
    own = tree / ".venv" / "bin" / "python"
    with (place / SAID).open("wb") as said:
        popen = subprocess.Popen(  # noqa: S603 - our own arguments
            [str(own) if own.exists() else sys.executable, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=tree,
            env=environment(place, PYTHONPATH=str(tree), **variables),
        )
    try:
        yield Process(popen, place)
    finally:
        popen.kill()
        popen.wait()
