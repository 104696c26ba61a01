"""The program as people start it: a process of its own, whose temporary files lie in a test's."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# Whoever runs the tests in the background may ignore these signals, and children inherit that; a
# person's terminal does not.
_STARTED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from bot.cli import main
sys.exit(main())
"""
HOLDFAST = (sys.executable, "-c", _STARTED)
ROOT = Path(__file__).parent.parent
SECONDS = 60.0
CLEAR = "\x1b[2J\x1b[3J\x1b[H"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it said where."""

    code: int
    out: str
    err: str


def environment(place: Path, **more: str) -> Mapping[str, str]:
    """What a command inherits: the code under test, and a place for temporary files."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(place), **more}


def holdfast(place: Path, *arguments: str | Path, typed: str | bytes = b"", **more: str) -> Ran:
    """One command, in the folder ``place``; ``typed`` is its whole input."""
    done = subprocess.run(
        [*HOLDFAST, *map(str, arguments)],
        input=typed.encode() if isinstance(typed, str) else typed,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        cwd=place,
        env=environment(place, **more),
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@dataclass(slots=True)
class Window:
    """A command that sits at a terminal of its own."""

    process: subprocess.Popen[bytes]
    handle: int
    shown: str = ""
    """All that came out so far."""
    _unread: bytes = field(default=b"", repr=False)

    def wait_for(self, text: str, after: int = 0) -> str:
        """What came out behind the place ``after``, as soon as this text is in it."""
        while text not in self.shown[after:]:
            assert self._read(), f"it ended before {text!r}: {self.shown[after:]!r}"
        return self.shown[after:]

    def type(self, line: str, until: str) -> str:
        """Type a line; what came out from there on, its echo included."""
        before = len(self.shown)
        os.write(self.handle, line.encode())
        return self.wait_for(until, before)

    def end(self) -> int:
        """Read on until it ended by itself; its exit code."""
        while self._read():
            pass
        return self.process.wait(SECONDS)

    def _read(self) -> bool:
        ready, _, _ = select.select([self.handle], [], [], SECONDS)
        assert ready, f"nothing came any more: {self.shown!r}"
        try:
            data = os.read(self.handle, 65536)
        except OSError:  # Linux says EIO where the other side of a terminal is closed
            return False
        self._unread += data
        text = self._unread.decode("utf-8", "ignore")
        self._unread = self._unread[len(text.encode()) :]
        self.shown += text.replace("\r\n", "\n")
        return bool(data)


@contextmanager
def window(place: Path, *arguments: str | Path, **more: str) -> Iterator[Window]:
    """Start a command at a terminal; it is gone afterwards, whatever happened."""
    handle, other = pty.openpty()
    process = subprocess.Popen(
        [*HOLDFAST, *map(str, arguments)],
        stdin=other,
        stdout=other,
        stderr=other,
        cwd=place,
        env=environment(place, **more),
        start_new_session=True,
    )
    os.close(other)
    try:
        yield Window(process, handle)
    finally:
        process.kill()
        process.wait()
        os.close(handle)
