"""A real homeserver, Synapse, on this machine: quiet, without limits, without any contact outside.

A whole test run shares one, its parallel workers included: each holds a shared lock on a file, and
a guard that waits for the same lock alone ends the server when the last of them is gone, however
it went. Whoever must stop or break a server has one of their own.
"""

import asyncio
import base64
import fcntl
import hashlib
import hmac
import itertools
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

ROOT = Path(__file__).parents[3]
PYTHON = Path(__file__).parent / ".synapse" / "bin" / "python"
SERVER_NAME = "holdfast.test"
SECONDS = 60.0
PORTS = range(20_000, 32_000)
"""Below those that Linux gives to clients, so that a port is still free after a stop."""
EVERYTHING = {"per_second": 10_000, "burst_count": 10_000}
LIMITS: Mapping[str, Any] = {
    "rc_message": EVERYTHING,
    "rc_registration": EVERYTHING,
    "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), EVERYTHING),
    "rc_joins": dict.fromkeys(("local", "remote"), EVERYTHING),
    "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), EVERYTHING),
    "rc_key_requests": EVERYTHING,
    "rc_room_creation": EVERYTHING,
}
# It ends with whoever started it, and leaves syncing the disk out: a killed process loses nothing
# by that, only a machine without power does.
LAUNCH = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != int(sys.argv.pop(1)):
        sys.exit("whoever started this server has ended already")
from synapse.storage.engines.sqlite import Sqlite3Engine
prepare = Sqlite3Engine.on_new_connection
def quick(engine, connection):
    prepare(engine, connection)
    connection.execute("PRAGMA synchronous = OFF")
Sqlite3Engine.on_new_connection = quick
from synapse.app.homeserver import main
main()
"""


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account on a test server, logged in with its first device."""

    user_id: str
    device_id: str
    access_token: str = field(repr=False)
    password: str = field(repr=False)


def free_port() -> int:
    """One on which nobody listens now."""
    while True:
        port = random.SystemRandom().choice(PORTS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


@dataclass(slots=True)
class Synapse:
    """A server in a folder of its own; ``async with`` starts and stops it."""

    folder: Path
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Fields of homeserver.yaml that are to be otherwise."""
    port: int = field(default_factory=free_port)
    secret: str = field(default_factory=secrets.token_hex, repr=False)
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    _admin: Credentials | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def server_name(self) -> str:
        """What stands behind the colon of a user id."""
        return SERVER_NAME

    @property
    def log(self) -> Path:
        """What it said."""
        return self.folder / "output.log"

    def behind(self, port: int) -> "Synapse":
        """The same server for whoever reaches it through another port, such as a proxy's."""
        return Synapse(self.folder, port=port, secret=self.secret)

    # Its life

    async def start(self) -> None:
        """In its folder, with what it kept there; returns when it answers."""
        assert self.process is None, "it runs already"
        assert PYTHON.exists(), "Synapse is not installed; run `make test`, which installs it"
        self.process = self._launch()
        await self._ready(self.process)

    def _launch(self) -> "subprocess.Popen[bytes]":
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write_config()
        command = [str(PYTHON), "-c", LAUNCH, str(os.getpid()), "-c", str(self._config)]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    async def stop(self) -> None:
        """As an operator does it."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """As a power cut does it."""
        await self._end(signal.SIGKILL)

    async def restart(self) -> None:
        """Stopped, and started on the same port."""
        await self.stop()
        await self.start()

    async def _end(self, how: signal.Signals) -> None:
        assert self.process is not None, "it is not this test's own server, or does not run"
        self.process.send_signal(how)
        while self.process.poll() is None:  # noqa: ASYNC110 - a process has no event
            await asyncio.sleep(0.02)
        self.process = None

    async def _ready(self, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < until:
            if await self._answers():
                return
            await asyncio.sleep(0.05)
        self.process = None
        process.kill()
        process.wait()
        raise AssertionError(f"Synapse did not start; read {self.log}")

    async def _answers(self) -> bool:
        try:
            return (await self.call("GET", "/_matrix/client/versions"))[0] == 200
        except aiohttp.ClientError:
            return False

    @property
    def _config(self) -> Path:
        return self.folder / "homeserver.yaml"

    def _write_config(self) -> None:
        # JSON is YAML as well.
        key, log = self.folder / "signing.key", self.folder / "log.yaml"
        if not key.exists():
            seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
            key.write_text(f"ed25519 a_test {seed}\n")
        log.write_text(json.dumps(LOGGING))
        settings = {**_settings(self.folder, self.port, self.secret), **self.overrides}
        self._config.write_text(json.dumps(settings))

    # Its accounts

    async def register(self, name: str = "", *, admin: bool = False) -> Credentials:
        """A fresh account; a name that no other test has, unless one is wanted."""
        path, password = "/_synapse/admin/v1/register", secrets.token_hex(8)
        _, given = await self.call("GET", path)
        name, nonce = name or f"p{secrets.token_hex(6)}", str(given["nonce"])
        said = "\0".join((nonce, name, password, "admin" if admin else "notadmin"))
        mac = hmac.new(self.secret.encode(), said.encode(), hashlib.sha1).hexdigest()
        asked = {"nonce": nonce, "username": name, "password": password, "admin": admin}
        status, made = await self.call("POST", path, body={**asked, "mac": mac})
        assert status == 200, f"no account {name}: {made}"
        return Credentials(made["user_id"], made["device_id"], made["access_token"], password)

    async def log_in(self, account: Credentials) -> Credentials:
        """A further device of an account."""
        whose = {"type": "m.id.user", "user": account.user_id}
        asked = {"type": "m.login.password", "identifier": whose, "password": account.password}
        status, made = await self.call("POST", "/_matrix/client/v3/login", body=asked)
        assert status == 200, f"no further device: {made}"
        return replace(account, device_id=made["device_id"], access_token=made["access_token"])

    async def admin(self) -> Credentials:
        """An account that may use the admin API."""
        if self._admin is None:
            self._admin = await self.register(admin=True)
        return self._admin

    async def call(
        self, method: str, path: str, *, token: str = "", body: Any = None
    ) -> tuple[int, Any]:
        """Any request, and what came: status and JSON."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        limit = aiohttp.ClientTimeout(total=SECONDS)
        async with (
            aiohttp.ClientSession(self.url, headers=headers, timeout=limit) as session,
            session.request(method, path, json=body) as answer,
        ):
            return answer.status, await answer.json(content_type=None)

    async def claim_all(self, user: str, device: str) -> int:
        """Take all one-time keys of a device, as anybody can; how many there were."""
        path, token = "/_matrix/client/v3/keys/claim", (await self.register()).access_token
        body = {"one_time_keys": {user: {device: "signed_curve25519"}}}
        for taken in itertools.count():
            _, got = await self.call("POST", path, token=token, body=body)
            keys = got["one_time_keys"].get(user, {}).get(device, {}).values()
            # The fallback key is given again and again.
            if all("fallback" in key for key in keys):
                return taken
        raise AssertionError("there is no end to them")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process is not None:
            await self.stop()


LOGGING: Mapping[str, Any] = {
    "version": 1,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
}


def _settings(folder: Path, port: int, secret: str) -> Mapping[str, Any]:
    client = {"names": ["client"], "compress": False}
    listener = {"port": port, "type": "http", "bind_addresses": ["127.0.0.1"], "tls": False}
    return {
        "server_name": SERVER_NAME,
        "public_baseurl": f"http://127.0.0.1:{port}/",
        "pid_file": str(folder / "homeserver.pid"),
        "log_config": str(folder / "log.yaml"),
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "listeners": [{**listener, "resources": [client]}],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "registration_shared_secret": secret,
        "macaroon_secret_key": secret,
        "form_secret": secret,
        "report_stats": False,
        "suppress_key_server_warning": True,
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "presence": {"enabled": False},
        "url_preview_enabled": False,
        "bcrypt_rounds": 4,
        **LIMITS,
    }


# One for a whole run


@contextmanager
def shared(folder: Path) -> Iterator[Synapse]:
    """The server of all processes that name the same folder, as long as one of them uses it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "users").open("w") as users, (folder / "starting").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        # Waits here while a guard ends a server that nobody used any more.
        fcntl.flock(users, fcntl.LOCK_SH)
        if not _note(folder).exists():
            _start_guard(folder)
        fcntl.flock(starting, fcntl.LOCK_UN)
        port, secret = json.loads(_note(folder).read_text())
        yield Synapse(folder, port=port, secret=secret)


def _note(folder: Path) -> Path:
    return folder / "runs.json"


def _start_guard(folder: Path) -> None:
    # Not a Popen, which wants to be waited for: the guard outlives whoever started it.
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.doubles.matrix.synapse", str(folder)]
    appending = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    # Whoever reads what the tests print must not wait for the guard.
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(folder / "output.log"), appending, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    guard = os.posix_spawn(sys.executable, command, environment, file_actions=files, setsid=True)
    while not _note(folder).exists():
        if os.waitpid(guard, os.WNOHANG)[0]:
            raise AssertionError(f"Synapse did not start; read {folder / 'output.log'}")
        time.sleep(0.05)


def guard(folder: Path) -> None:
    """Run a server until nobody holds the lock on its users any more."""
    server = Synapse(folder)
    asyncio.run(server.start())
    draft = folder / "runs.draft"
    draft.write_text(json.dumps([server.port, server.secret]))
    draft.rename(_note(folder))
    with (folder / "users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        _note(folder).unlink()
        asyncio.run(server.stop())


if __name__ == "__main__":
    guard(Path(sys.argv[1]))
