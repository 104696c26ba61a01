"""A homeserver's part in keys, in memory, and devices that use it: for tests without a server."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.platforms.matrix.crypto.device_crypto import DecryptedEvent, DeviceCrypto
from bot.platforms.matrix.crypto.identity import ensure_identity
from bot.platforms.matrix.crypto.olm_machine import OlmMachine
from bot.platforms.matrix.crypto.one_time_keys import ALGORITHM
from bot.platforms.matrix.crypto.store import store_class_for
from bot.platforms.matrix.crypto.to_device import ENCRYPTED
from bot.platforms.matrix.device import make_device_crypto
from bot.platforms.matrix.events import MESSAGE
from bot.platforms.matrix.http_client import HttpClient, HttpError, Json
from bot.platforms.matrix.signals import Signal, SignalQueue
from store.crypto.keyring import create_keyring, open_keyring

DeviceName = tuple[str, str]
"""A user id and a device id."""
KINDS = ("master_key", "self_signing_key", "user_signing_key")


@dataclass
class KeyServer:
    """Shows uploaded keys to everybody, gives one-time keys away once, delivers messages once."""

    devices: defaultdict[str, dict[str, Json]] = field(default_factory=lambda: defaultdict(dict))
    identities: dict[str, Json] = field(default_factory=dict)
    one_time: defaultdict[DeviceName, dict[str, Json]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    fallback: dict[DeviceName, dict[str, Json]] = field(default_factory=dict)
    messages: defaultdict[DeviceName, list[Json]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """To-device messages that were not fetched yet."""
    falsify: Callable[[Json], None] = lambda _answer: None
    """Changes an answer to /keys/query."""

    def upload(self, who: DeviceName, body: Json) -> Json:
        user, device = who
        if "device_keys" in body:
            self.devices[user][device] = body["device_keys"]
        self.one_time[who] |= body.get("one_time_keys", {})
        if "fallback_keys" in body:
            self.fallback[who] = body["fallback_keys"]
        return {"one_time_key_counts": {ALGORITHM: len(self.one_time[who])}}

    def query(self, _who: DeviceName, body: Json) -> Json:
        users = body["device_keys"]
        answer: Json = {"device_keys": {u: dict(self.devices[u]) for u in users}}
        for kind in KINDS:
            known = {u: self.identities[u][kind] for u in users if u in self.identities}
            answer[f"{kind}s"] = known
        self.falsify(answer)
        return answer

    def claim(self, _who: DeviceName, body: Json) -> Json:
        found: defaultdict[str, Json] = defaultdict(dict)
        for user, devices in body["one_time_keys"].items():
            for device in devices:
                keys = self.one_time[user, device]
                given = [keys.popitem()] if keys else []
                given = given or list(self.fallback.get((user, device), {}).items())
                if given:
                    found[user][device] = dict(given[:1])
        return {"one_time_keys": dict(found)}

    def publish_identity(self, who: DeviceName, body: Json) -> Json:
        self.identities[who[0]] = body
        return {}

    def sign(self, _who: DeviceName, body: Json) -> Json:
        for user, devices in body.items():
            self.devices[user] |= devices
        return {}

    def deliver(self, who: DeviceName, body: Json) -> Json:
        for user, devices in body["messages"].items():
            for device, content in devices.items():
                message = {"type": ENCRYPTED, "sender": who[0], "content": content}
                self.messages[user, device].append(message)
        return {}


PATHS: dict[str, Callable[[KeyServer, DeviceName, Json], Json]] = {
    "/keys/upload": KeyServer.upload,
    "/keys/query": KeyServer.query,
    "/keys/claim": KeyServer.claim,
    "/keys/device_signing": KeyServer.publish_identity,
    "/keys/signatures": KeyServer.sign,
    "/sendToDevice": KeyServer.deliver,
}


@dataclass(slots=True)
class KeyServerClient(HttpClient):
    """One device's connection to the key server."""

    server: KeyServer = field(default_factory=KeyServer, repr=False)
    who: DeviceName = ("", "")
    requests: list[tuple[str, Json]] = field(default_factory=list, repr=False)
    failing: dict[str, HttpError] = field(default_factory=dict, repr=False)
    """Errors instead of the next request to a path, which is not carried out."""
    losing: dict[str, HttpError] = field(default_factory=dict, repr=False)
    """Errors instead of the next answer to a path, whose request is carried out."""
    during: dict[str, Callable[[], None]] = field(default_factory=dict, repr=False)
    """What happens while the next answer to a path is under way."""

    async def request(self, method: str, path: str, body: Json | None = None) -> Json:
        name = next(p for p in PATHS if path.startswith(p))
        self.requests.append((name, body or {}))
        if name in self.failing:
            raise self.failing.pop(name)
        self.during.pop(name, lambda: None)()
        answer = PATHS[name](self.server, self.who, body or {})
        if name in self.losing:
            raise self.losing.pop(name)
        return answer

    async def ask_servers(self, path: str, body: Json, users: Iterable[str]) -> Json:
        del users
        return await self.request("POST", path, body)

    def paths(self) -> list[str]:
        """Return the requested paths, in order."""
        return [path for path, _ in self.requests]


@dataclass
class Clock:
    """A monotonic clock that only tests move."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Participant:
    """A device at the key server: the bot's own, or one of somebody who uses the same code."""

    user: str
    device: str
    folder: Path
    client: KeyServerClient
    crypto: DeviceCrypto
    clock: Clock

    def fetch_messages(self) -> list[Json]:
        """Take the to-device messages from the server."""
        return self.client.server.messages.pop((self.user, self.device), [])

    def receive(self) -> None:
        """Process the to-device messages that wait at the server."""
        self.crypto.receive(self.fetch_messages())

    def signals(self) -> list[Signal]:
        """Take the signals that were given so far."""
        queue = self.crypto.signals
        return [queue.get_nowait() for _ in range(queue.qsize())]

    async def write(self, room: str, to: "Participant", text: str) -> Json:
        """Return an encrypted event with this text, as the server delivers it."""
        content: Json = {"msgtype": "m.text", "body": text}
        sealed = await self.crypto.encrypt(room, to.user, MESSAGE, content)
        return event(self.user, sealed)

    def read(self, room: str, encrypted: Json) -> DecryptedEvent:
        return self.crypto.decrypt(room, encrypted)

    async def replenish(self) -> None:
        await self.crypto.one_time_keys.replenish()

    def restart(self, *, killed: bool = False) -> "Participant":
        """Open the same device again, from what is on disk; killed, it writes nothing before."""
        if killed:
            self.crypto.store.close()
        else:
            self.crypto.close()
        return _open(self.folder, self.client, self.user, self.device)


def event(sender: str, content: Json) -> Json:
    """Make an event as it stands in a room's timeline."""
    known = {"type": ENCRYPTED, "sender": sender, "content": content}
    return {**known, "event_id": f"${secrets.token_hex(8)}", "origin_server_ts": 1}


def _open(folder: Path, client: KeyServerClient, user: str, device: str) -> Participant:
    store = store_class_for(bytes(32))(user, device, str(folder))
    clock = Clock()
    olm, signals = OlmMachine(user, device, store), SignalQueue()
    crypto = make_device_crypto(olm, store, client, secrets.token_bytes, signals, clock)
    return Participant(user, device, folder, client, crypto, clock)


def new_device(folder: Path, server: KeyServer, user: str, device: str) -> Participant:
    """Make a device of which the server knows nothing yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _open(folder, KeyServerClient("", server=server, who=(user, device)), user, device)


async def join_server(
    folder: Path, server: KeyServer, user: str, device: str = "ONE"
) -> Participant:
    """Make a device whose keys are at the server, signed by the identity of its account."""
    made = new_device(folder / user[1:] / device, server, user, device)
    await made.replenish()
    keyring = folder / user[1:] / "keyring"
    create_keyring(keyring, secrets.token_bytes)
    opened = open_keyring(keyring, secrets.token_bytes)
    own = made.crypto.own_device()
    await ensure_identity(made.client, opened, secrets.token_bytes, own, lambda: "")
    return made


def one_time_keys(answer: Any) -> list[Json]:
    """Return the keys in an answer to a claim."""
    found = answer["one_time_keys"].values()
    return [k for devices in found for keys in devices.values() for k in keys.values()]
