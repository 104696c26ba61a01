"""A homeserver's part in keys, in memory, and devices that use it: for what needs no server."""

import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.platforms.matrix.crypto.identity import establish
from bot.platforms.matrix.crypto.machine import (
    ENCRYPTED,
    DecryptedEvent,
    DeviceCrypto,
    OlmSessions,
)
from bot.platforms.matrix.crypto.one_time_keys import ALGORITHM
from bot.platforms.matrix.crypto.store import cabinet_for
from bot.platforms.matrix.device import make_machine, own_device
from bot.platforms.matrix.events import MESSAGE
from bot.platforms.matrix.http_client import HttpClient, HttpError, Json
from store.crypto.keyring import create_keyring, open_keyring

Device = tuple[str, str]
KINDS = ("master_key", "self_signing_key", "user_signing_key")


@dataclass
class Town:
    """What is uploaded is shown to everybody, given away once, delivered once."""

    devices: defaultdict[str, dict[str, Json]] = field(default_factory=lambda: defaultdict(dict))
    identities: dict[str, Json] = field(default_factory=dict)
    one_time: defaultdict[Device, dict[str, Json]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    fallback: dict[Device, dict[str, Json]] = field(default_factory=dict)
    mail: defaultdict[Device, list[Json]] = field(default_factory=lambda: defaultdict(list))
    lie: Callable[[Json], None] = lambda _answer: None
    """What becomes of an answer to /keys/query."""

    def upload(self, who: Device, body: Json) -> Json:
        user, device = who
        if "device_keys" in body:
            self.devices[user][device] = body["device_keys"]
        self.one_time[who] |= body.get("one_time_keys", {})
        if "fallback_keys" in body:
            self.fallback[who] = body["fallback_keys"]
        return {"one_time_key_counts": {ALGORITHM: len(self.one_time[who])}}

    def query(self, _who: Device, body: Json) -> Json:
        users = body["device_keys"]
        shown: Json = {"device_keys": {u: dict(self.devices[u]) for u in users}}
        for kind in KINDS:
            known = {u: self.identities[u][kind] for u in users if u in self.identities}
            shown[f"{kind}s"] = known
        self.lie(shown)
        return shown

    def claim(self, _who: Device, body: Json) -> Json:
        found: defaultdict[str, Json] = defaultdict(dict)
        for user, devices in body["one_time_keys"].items():
            for device in devices:
                keys = self.one_time[user, device]
                given = [keys.popitem()] if keys else []
                given = given or list(self.fallback.get((user, device), {}).items())
                if given:
                    found[user][device] = dict(given[:1])
        return {"one_time_keys": dict(found)}

    def identify(self, who: Device, body: Json) -> Json:
        self.identities[who[0]] = body
        return {}

    def sign(self, _who: Device, body: Json) -> Json:
        for user, devices in body.items():
            self.devices[user] |= devices
        return {}

    def deliver(self, who: Device, body: Json) -> Json:
        for user, devices in body["messages"].items():
            for device, content in devices.items():
                told = {"type": ENCRYPTED, "sender": who[0], "content": content}
                self.mail[user, device].append(told)
        return {}


PATHS: dict[str, Callable[[Town, Device, Json], Json]] = {
    "/keys/upload": Town.upload,
    "/keys/query": Town.query,
    "/keys/claim": Town.claim,
    "/keys/device_signing": Town.identify,
    "/keys/signatures": Town.sign,
    "/sendToDevice": Town.deliver,
}


@dataclass(slots=True)
class Line(HttpClient):
    """One device's way to the town."""

    town: Town = field(default_factory=Town, repr=False)
    who: Device = ("", "")
    asked: list[tuple[str, Json]] = field(default_factory=list, repr=False)
    fails: dict[str, HttpError] = field(default_factory=dict, repr=False)
    """Errors in place of the next answer to a path; nothing happens."""
    loses: dict[str, HttpError] = field(default_factory=dict, repr=False)
    """Errors in place of the next answer to a path, once it happened."""
    during: dict[str, Callable[[], None]] = field(default_factory=dict, repr=False)
    """What happens while the next answer to a path is waited for."""

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        name = next(p for p in PATHS if path.startswith(p))
        self.asked.append((name, body or {}))
        if name in self.fails:
            raise self.fails.pop(name)
        self.during.pop(name, lambda: None)()
        answer = PATHS[name](self.town, self.who, body or {})
        if name in self.loses:
            raise self.loses.pop(name)
        return answer

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for path, _ in self.asked]


@dataclass
class Clock:
    """Monotonic; only tests move it."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Party:
    """A device that takes part; the bot's own, or of somebody who uses the same machine."""

    user: str
    device: str
    folder: Path
    line: Line
    machine: DeviceCrypto
    clock: Clock

    @property
    def mail(self) -> list[Json]:
        """What came to this device and was not taken yet."""
        return self.line.town.mail.pop((self.user, self.device), [])

    def take(self) -> None:
        self.machine.take(self.mail)

    async def write(self, room: str, to: "Party", text: str) -> Json:
        """An event with these words, as the server hands it on."""
        content: Json = {"msgtype": "m.text", "body": text}
        sealed = await self.machine.encrypt(room, to.user, MESSAGE, content)
        return event(self.user, sealed)

    def read(self, room: str, told: Json) -> DecryptedEvent:
        return self.machine.decrypt(room, told)

    async def replenish(self) -> None:
        await self.machine.keys.replenish()

    def restart(self) -> "Party":
        """The same device, from what is on the disk."""
        self.machine.cabinet.close()
        return _open(self.folder, self.line, self.user, self.device)


def event(sender: str, content: Json) -> Json:
    """As a room's timeline shows it."""
    known = {"type": ENCRYPTED, "sender": sender, "content": content}
    return {**known, "event_id": f"${secrets.token_hex(8)}", "origin_server_ts": 1}


def _open(folder: Path, line: Line, user: str, device: str) -> Party:
    cabinet = cabinet_for(bytes(32))(user, device, str(folder))
    clock = Clock()
    machine = make_machine(OlmSessions(user, device, cabinet), cabinet, line, secrets.token_bytes)
    machine.monotonic = clock
    return Party(user, device, folder, line, machine, clock)


def device_of(folder: Path, town: Town, user: str, device: str) -> Party:
    """A new device; nobody knows it yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _open(folder, Line("", town=town, who=(user, device)), user, device)


async def party(folder: Path, town: Town, user: str, device: str = "ONE") -> Party:
    """A device whose keys are in the town, signed by the identity of its account."""
    made = device_of(folder / user[1:] / device, town, user, device)
    await made.replenish()
    keyring = folder / user[1:] / "keyring"
    create_keyring(keyring, secrets.token_bytes)
    opened = open_keyring(keyring, secrets.token_bytes)
    who = own_device(made.machine)
    await establish(made.line, opened, secrets.token_bytes, who, lambda: "")
    return made


def one_time_keys(answer: Any) -> list[Json]:
    """The keys in an answer to a claim."""
    found = answer["one_time_keys"].values()
    return [k for devices in found for keys in devices.values() for k in keys.values()]
