"""Runs ``holdfast`` under the standard library's profiler; each SIGUSR1 writes down what it found.

Used as ``python -m bench.profiled FOLDER COMMAND …``. The event loop and the database's thread are
profiled each by itself, in CPU time of the thread, so that waiting costs nothing.
"""

import cProfile
import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

from bot.cli import main

Run = Callable[[threading.Thread], None]
NAME = "profile-{number}.json"
CLOCK = time.thread_time
PAIR = 2


@dataclass(slots=True)
class Watch:
    """The profiles of all threads."""

    folder: Path
    profiles: list[cProfile.Profile] = field(default_factory=list)
    written: int = 0

    def begin(self) -> None:
        """From now on this thread is watched."""
        profile = cProfile.Profile(CLOCK)
        self.profiles.append(profile)
        profile.enable()

    def write(self, *_signal: Any) -> None:
        """What was found so far; the writing itself, in the loop's thread, is not watched."""
        self.profiles[0].disable()
        new = self.folder / "profile.new"
        new.write_text(json.dumps(self.found()), "utf-8")
        new.replace(self.folder / NAME.format(number=self.written))
        self.written += 1
        self.profiles[0].enable()

    def found(self) -> dict[str, list[float]]:
        """Own seconds and calls: of each function, and of what is built in by its caller."""
        found: dict[str, list[float]] = {}
        for profile in self.profiles:
            for place, seconds, calls in _rows(profile):
                row = found.setdefault(place, [0.0, 0])
                row[0] += seconds
                row[1] += calls
        return found


def _rows(profile: cProfile.Profile) -> list[tuple[str, float, int]]:
    stats: Any = profile
    rows = []
    for entry in stats.getstats():
        if isinstance(entry.code, str):
            continue
        caller = _place(entry.code)
        rows.append((caller, entry.inlinetime, entry.callcount))
        rows += [
            (f"{caller}\t{sub.code}", sub.inlinetime, sub.callcount)
            for sub in entry.calls or ()
            if isinstance(sub.code, str)
        ]
    return rows


def _place(code: CodeType) -> str:
    return f"{code.co_filename}:{code.co_firstlineno}:{code.co_qualname}"


def watch_threads(watch: Watch) -> None:
    """Every thread that begins later is watched as well."""
    plain: Run = threading.Thread.run

    def run(thread: threading.Thread) -> None:
        watch.begin()
        plain(thread)

    setattr(threading.Thread, "run", run)  # noqa: B010 - a method is replaced knowingly


def profile(folder: Path, command: list[str]) -> int:
    """The command, watched."""
    watch = Watch(folder)
    watch_threads(watch)
    signal.signal(signal.SIGUSR1, watch.write)
    watch.begin()
    return main(command)


if __name__ == "__main__":
    sys.exit(profile(Path(sys.argv[1]), sys.argv[PAIR:]))
