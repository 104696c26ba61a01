"""A person's client in this process: it asks the server as any client does, but without HTTP."""

import asyncio
import base64
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.doubles.matrix.homeserver.attachments import hide, reveal
from tests.doubles.matrix.homeserver.olm_device import OlmDevice, OtherDevice, Unreadable
from tests.doubles.matrix.homeserver.server import Homeserver
from tests.doubles.matrix.homeserver.shapes import Json
from tests.doubles.matrix.homeserver.signed import SigningKey, is_signed
from tests.doubles.matrix.homeserver.world import ENCRYPTION, MEMBER, REDACTION, Refused
from tests.doubles.matrix.synapse import Credentials
from tests.doubles.telegram.world import Pulse

V3 = "/_matrix/client/v3"
ENCRYPTED = "m.room.encrypted"
POLL_MILLIS = "30000"
FILTER = json.dumps({"room": {"timeline": {"limit": 1000}}})
UNSIGNED = "UNSIGNED_SENDER_DEVICE"
Tell = Callable[[Json], None]


@dataclass(slots=True)
class Identity:
    """The keys of an account's identity."""

    master: SigningKey = field(default_factory=SigningKey, repr=False)
    own: SigningKey = field(default_factory=SigningKey, repr=False)
    user: SigningKey = field(default_factory=SigningKey, repr=False)


@dataclass(slots=True, eq=False)
class Client:
    """One device; what it sees is told as a line, as the clients in node do it."""

    server: Homeserver = field(repr=False)
    account: Credentials
    strict: bool
    tell: Tell = field(repr=False)
    fail: Callable[[BaseException], None] = field(repr=False)
    """Called with the error by which it ended."""
    olm: OlmDevice = field(init=False, repr=False)
    identity: Identity | None = field(default=None, repr=False)
    pinned: dict[str, str] = field(default_factory=dict, repr=False)
    """The master key of each account, as it was first seen."""
    known: dict[str, list[OtherDevice]] = field(default_factory=dict, repr=False)
    """Devices by account, until the server says that they changed."""
    state: dict[str, dict[tuple[str, str], Json]] = field(default_factory=dict, repr=False)
    events: dict[str, Json] = field(default_factory=dict, repr=False)
    """What was told last of each event."""
    waiting: dict[str, list[Json]] = field(default_factory=dict, repr=False)
    """By room, events that could not be read yet."""
    since: str = ""
    heard: Pulse = field(default_factory=Pulse, repr=False)
    """Rings when an answer of the server was taken over."""
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count, repr=False)

    def __post_init__(self) -> None:
        """Make the keys of the device."""
        self.olm = OlmDevice(self.account.user_id, self.account.device_id)

    @property
    def user(self) -> str:
        """Whose it is."""
        return self.account.user_id

    async def request(
        self, method: str, path: str, body: Json | None = None, query: dict[str, str] | None = None
    ) -> Json:
        """Ask the server; raise ``Refused``."""
        return await self.server.do(
            method, V3 + path, token=self.account.access_token, query=query, body=body
        )

    # Its life

    async def start(self, *, signed: bool) -> None:
        """Publish the keys, hear what there is, and go on listening."""
        keys = {"device_keys": self.olm.device_keys(), "one_time_keys": self.olm.fresh_keys()}
        await self.request("POST", "/keys/upload", keys)
        if signed:
            await self._publish_identity()
        await self._hear()
        self.task = asyncio.create_task(self._listen())

    def stop(self) -> None:
        """Hear nothing more."""
        if self.task is not None:
            self.task.cancel()

    async def _publish_identity(self) -> None:
        self.identity = made = Identity()
        keys = {
            f"{usage}_key": {
                "user_id": self.user,
                "usage": [usage],
                "keys": {f"ed25519:{key.public}": key.public},
            }
            for usage, key in (
                ("master", made.master),
                ("self_signing", made.own),
                ("user_signing", made.user),
            )
        }
        for kind in ("self_signing_key", "user_signing_key"):
            keys[kind] = made.master.sign(keys[kind], self.user)
        keys["master_key"] = self.olm.sign(keys["master_key"])
        await self.request("POST", "/keys/device_signing/upload", keys)
        await self.sign_device(self)

    async def sign_device(self, other: "Client") -> None:
        """Sign a device of this account, and give it the identity's keys."""
        assert self.identity is not None, "it has no identity"
        other.identity = self.identity
        signed = self.identity.own.sign(other.olm.device_keys(), self.user)
        answer = await self.request(
            "POST", "/keys/signatures/upload", {self.user: {other.account.device_id: signed}}
        )
        assert not answer["failures"], "the server takes the signature"

    # What comes

    async def _listen(self) -> None:
        try:
            while True:
                await self._hear()
        except Exception as error:  # noqa: BLE001 - the next command of the person raises it
            self.fail(error)

    async def _hear(self) -> None:
        query = {"filter": FILTER, "timeout": POLL_MILLIS}
        if self.since:
            query["since"] = self.since
        answer = await self.request("GET", "/sync", query=query)
        for user in answer.get("device_lists", {}).get("changed", ()):
            self.known.pop(user, None)
        fresh = [
            self._take_key(message) for message in answer.get("to_device", {}).get("events", ())
        ]
        rooms = answer.get("rooms", {})
        for room, told in rooms.get("invite", {}).items():
            self._take_state(room, told["invite_state"]["events"])
        for room, told in (*rooms.get("join", {}).items(), *rooms.get("leave", {}).items()):
            self._take_state(room, told["state"]["events"])
            for event in told["timeline"]["events"]:
                await self._take(room, event)
        for room in filter(None, fresh):
            for event in self.waiting.pop(room, []):
                await self._take(room, event)
        if not answer["device_one_time_keys_count"].get("signed_curve25519"):
            await self.request("POST", "/keys/upload", {"one_time_keys": self.olm.fresh_keys()})
        self.since = answer["next_batch"]
        self.heard.ring()

    def _take_key(self, message: Json) -> str:
        """Take a to-device message; return the room of which it had a key."""
        if message["type"] != ENCRYPTED:
            return ""
        try:
            told = self.olm.open(message["sender"], message["content"])
        except Unreadable:
            return ""
        other = message["content"]["sender_key"]
        if told["type"] == "m.dummy":
            self.olm.note_dummy(other)
        if told["type"] != "m.room_key":
            return ""
        return self.olm.take_key(message["sender"], other, told["content"])

    def _take_state(self, room: str, events: list[Json]) -> None:
        for event in events:
            if "state_key" in event:
                key = (event["type"], event["state_key"])
                self.state.setdefault(room, {})[key] = event["content"]
                told = {"room": room, "type": key[0], "key": key[1], "content": event["content"]}
                self.tell({"state": told})

    async def _take(self, room: str, event: Json) -> None:
        if "state_key" in event:
            self._take_state(room, [event])
        elif event["type"] == REDACTION:
            target = self.events.get(event["content"]["redacts"])
            if target is not None:
                self._tell({**target, "redacted": True, "content": {}})
        else:
            await self._show(room, event)

    async def _show(self, room: str, event: Json) -> None:
        told = await self._described(room, event)
        if told["unreadable"] and not told["redacted"]:
            self.waiting.setdefault(room, []).append(event)
        self._tell(told)
        relation = told["content"].get("m.relates_to", {})
        edited = self.events.get(relation.get("event_id", ""))
        if relation.get("rel_type") == "m.replace" and edited is not None:
            same = edited["sender"] == told["sender"]
            if same and not edited["redacted"]:
                content = told["content"]["m.new_content"]
                self._tell({**edited, "content": content, "edited": True})

    def _tell(self, told: Json) -> None:
        self.events[told["id"]] = told
        self.tell({"event": told})

    async def _described(self, room: str, event: Json) -> Json:
        kind, content, unreadable, shield = event["type"], event["content"], "", ""
        redacted = "redacted_because" in event["unsigned"]
        if kind == ENCRYPTED and not redacted:
            try:
                opened, by = self.olm.decrypt(room, event["sender"], content)
            except Unreadable as error:
                unreadable = str(error)
            else:
                trusted = await self._is_signed(event["sender"], by.curve25519)
                if trusted or not self.strict:
                    outer = {k: v for k, v in content.items() if k == "m.relates_to"}
                    kind, content = opened["type"], {**outer, **opened["content"]}
                    shield = "" if trusted else f"RED {UNSIGNED}"
                else:
                    unreadable = UNSIGNED
        relation = content.get("m.relates_to", {})
        return {
            "room": room,
            "id": event["event_id"],
            "sender": event["sender"],
            "type": kind,
            "encrypted": event["type"] == ENCRYPTED,
            "edited": False,
            "redacted": redacted,
            "relation": relation.get("rel_type", ""),
            "unreadable": unreadable,
            "shield": shield,
            "at": event["origin_server_ts"],
            "content": content,
        }

    # Devices of others

    async def devices_of(self, users: list[str]) -> list[OtherDevice]:
        """Return the devices of these accounts."""
        unknown = [user for user in users if user not in self.known]
        if unknown:
            asked: Json = {"device_keys": {user: [] for user in unknown}}
            answer = await self.request("POST", "/keys/query", asked)
            for user in unknown:
                self.known[user] = self._read_devices(answer, user)
        return [device for user in users for device in self.known[user]]

    def _read_devices(self, answer: Json, user: str) -> list[OtherDevice]:
        master, own = (answer[kind].get(user, {}) for kind in ("master_keys", "self_signing_keys"))
        master_key = next(iter(master.get("keys", {}).values()), "")
        signing = next(iter(own.get("keys", {}).values()), "")
        self.pinned.setdefault(user, master_key) if master_key else None
        whole = bool(signing) and is_signed(own, user, master_key)
        found = []
        for name, keys in answer["device_keys"].get(user, {}).items():
            ed25519 = keys["keys"][f"ed25519:{name}"]
            if is_signed(keys, user, ed25519):
                signed = whole and is_signed(keys, user, signing)
                curve25519 = keys["keys"][f"curve25519:{name}"]
                found.append(OtherDevice(user, name, ed25519, curve25519, signed))
        return found

    async def _is_signed(self, user: str, curve25519: str) -> bool:
        if user == self.user and curve25519 == self.olm.curve25519:
            return True
        devices = await self.devices_of([user])
        return any(d.signed and d.curve25519 == curve25519 for d in devices)

    async def share(self, devices: list[OtherDevice], key: Json) -> list[OtherDevice]:
        """Give a room's key to devices; return those that got it."""
        wanted: Json = {}
        for device in devices:
            if not self.olm.sessions[device.curve25519]:
                wanted.setdefault(device.user, {})[device.id] = "signed_curve25519"
        if wanted:
            answer = await self.request("POST", "/keys/claim", {"one_time_keys": wanted})
            given = answer["one_time_keys"]
            for device in devices:
                self.olm.begin(device, given.get(device.user, {}).get(device.id, {}))
        reached = [device for device in devices if self.olm.sessions[device.curve25519]]
        messages: Json = {}
        for device in reached:
            sealed = self.olm.seal(device, "m.room_key", key)
            messages.setdefault(device.user, {})[device.id] = sealed
        path = f"/sendToDevice/{ENCRYPTED}/{self._transaction()}"
        await self.request("PUT", path, {"messages": messages})
        return reached

    def _transaction(self) -> str:
        return f"t{next(self.numbers)}"

    # What its person does

    async def create(self, options: Json, *, encrypted: bool) -> str:
        """Open a room."""
        state = {
            "type": ENCRYPTION,
            "state_key": "",
            "content": {"algorithm": "m.megolm.v1.aes-sha2"},
        }
        body = {**options, "initial_state": [state] if encrypted else []}
        body["invite"] = list(body.get("invite", ()))
        room = (await self.request("POST", "/createRoom", body))["room_id"]
        await self._entered(room)
        return str(room)

    async def join(self, room: str) -> str:
        """Come into a room."""
        await self.request("POST", f"/rooms/{quote(room, safe='')}/join", {})
        await self._entered(room)
        return room

    async def _entered(self, room: str) -> None:
        """Wait until the sync shows the room."""
        while self.state.get(room, {}).get((MEMBER, self.user), {}).get("membership") != "join":
            await self.heard.wait()

    async def send(self, room: str, kind: str, content: Json) -> str:
        """Write something, encrypted if the room is; reactions never are."""
        if (ENCRYPTION, "") in self.state[room] and kind != "m.reaction":
            content = await self._sealed(room, kind, content)
            kind = ENCRYPTED
        path = f"/rooms/{quote(room, safe='')}/send/{kind}/{self._transaction()}"
        return str((await self.request("PUT", path, content))["event_id"])

    async def _sealed(self, room: str, kind: str, content: Json) -> Json:
        members = [
            name
            for (what, name), state in self.state[room].items()
            if what == MEMBER and state.get("membership") in {"join", "invite"}
        ]
        devices = [
            device
            for device in await self.devices_of(members)
            if (device.signed or not self.strict) and device.curve25519 != self.olm.curve25519
        ]
        return await self.olm.encrypt(room, kind, content, devices, self.share)

    async def do(self, what: str, order: Json) -> Any:
        """Carry out what ``Person`` asks for; raise ``Refused``."""
        room = quote(order.get("room", ""), safe="")
        match what:
            case "create":
                return await self.create(order["options"], encrypted=order["encrypted"])
            case "join":
                return await self.join(order["room"])
            case "send":
                return await self.send(order["room"], order["type"], order["content"])
            case "leave":
                return await self.request("POST", f"/rooms/{room}/leave", {})
            case "invite":
                body = {"user_id": order["user"]}
                return await self.request("POST", f"/rooms/{room}/invite", body)
            case "state":
                path = f"/rooms/{room}/state/{order['type']}"
                path += f"/{quote(order['key'], safe='')}" if order["key"] else ""
                return await self.request("PUT", path, order["content"])
            case "redact":
                event = quote(order["event"], safe="")
                path = f"/rooms/{room}/redact/{event}/{self._transaction()}"
                return (await self.request("PUT", path, {}))["event_id"]
            case _:
                return await self._do_otherwise(what, order)

    async def _do_otherwise(self, what: str, order: Json) -> Any:
        """Carry out what is about keys and files."""
        match what:
            case "rotate":
                self.olm.outbound.pop(order["room"], None)
            case "wake":
                self.server.world.account(self.user).pulse.ring()
            case "stop":
                self.stop()
            case "devices":
                self.known.pop(order["user"], None)
                devices = await self.devices_of([order["user"]])
                return {device.id: device.signed for device in devices}
            case "upload":
                return await self._upload(order)
            case "download":
                return base64.b64encode(self._download(order["content"])).decode()
            case _:
                raise Refused(400, "M_UNRECOGNIZED", f"{what}: not implemented in this client")
        return None

    async def _upload(self, order: Json) -> Json:
        data, keys = base64.b64decode(order["data"]), Json()
        if order["encrypted"]:
            data, keys = hide(data)
        token = self.account.access_token
        path = "/_matrix/media/v3/upload"
        answer = await self.server.do("POST", path, token=token, raw=data)
        url = answer["content_uri"]
        return {"file": {**keys, "url": url}} if keys else {"url": url}

    def _download(self, content: Json) -> bytes:
        file = content.get("file")
        url = str(file["url"] if file else content["url"])
        path = url.replace("mxc://", "/_matrix/client/v1/media/download/")
        data = self.server.media(path, self.account.access_token)
        return reveal(data, file) if file else data
