"""Runs ``holdfast`` and times each piece of work on its event loop; SIGUSR1 has that written down.

Used as ``python -m bench.timed_loop FOLDER COMMAND …``. A piece is what runs between two moments
at which the loop can turn to somebody else. It is timed in CPU time of its thread, so that a busy
machine makes none longer. What is written are the longest pieces since the signal before.
"""

import asyncio
import heapq
import json
import signal
import sys
import time
from asyncio import events
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.cli import main

NAME = "pieces-{number}.json"
KEPT = 10
"""So many of the longest pieces are written down."""
COMMAND = 2
"""Where it begins among the arguments."""


@dataclass(slots=True)
class Pieces:
    """The longest pieces of work since the last signal, the shortest of them first."""

    folder: Path
    found: list[tuple[float, str]] = field(default_factory=lambda: [(0.0, "")] * KEPT)
    written: int = 0

    def note(self, seconds: float, handle: Any) -> None:
        """Keep a piece if it is one of the longest."""
        if seconds > self.found[0][0]:
            heapq.heapreplace(self.found, (seconds, name_of(handle)))

    def write(self, *_signal: Any) -> None:
        """Write them down, and begin anew."""
        found, self.found = self.found, [(0.0, "")] * KEPT
        new = self.folder / "pieces.new"
        new.write_text(json.dumps(sorted(found, reverse=True)), "utf-8")
        new.replace(self.folder / NAME.format(number=self.written))
        self.written += 1


def name_of(handle: Any) -> str:
    """Name what ran: a callback, or the coroutines of a task down to where it waits again."""
    callback = handle._callback  # noqa: SLF001 - asyncio tells it nobody otherwise
    task = getattr(callback, "__self__", None)
    if not isinstance(task, asyncio.Task):
        return str(getattr(callback, "__qualname__", type(callback).__name__))
    names, running = list[str](), _coroutine(task)
    while running is not None and hasattr(running, "__qualname__"):
        names.append(running.__qualname__)
        running = getattr(running, "cr_await", None)
    return " > ".join(names)


def _coroutine(task: "asyncio.Task[Any]") -> Any:
    return task.get_coro()


def time_pieces(pieces: Pieces) -> None:
    """Time what the event loop runs from now on."""
    plain: Any = events.Handle._run  # noqa: SLF001 - there is no other place

    def run(handle: Any) -> None:
        began = time.thread_time()
        plain(handle)
        pieces.note(time.thread_time() - began, handle)

    setattr(events.Handle, "_run", run)  # noqa: B010 - a method is replaced knowingly


def run_timed(folder: Path, command: list[str]) -> int:
    """Run the command, timed."""
    pieces = Pieces(folder)
    time_pieces(pieces)
    signal.signal(signal.SIGUSR1, pieces.write)
    return main(command)


if __name__ == "__main__":
    sys.exit(run_timed(Path(sys.argv[1]), sys.argv[COMMAND:]))
