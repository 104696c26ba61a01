"""The keys of one device: Olm between devices, Megolm in rooms (vodozemac, without nio)."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import vodozemac

from tests.doubles.matrix.homeserver.shapes import Json
from tests.doubles.matrix.homeserver.signed import (
    add_signature,
    canonical,
    is_signed,
    plain,
    unpadded,
)

OLM, MEGOLM = "m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"
ONE_TIME = "signed_curve25519"
KEYS_AT_SERVER = 5


class Unreadable(Exception):
    """An event whose key is not there, or that is damaged."""


@dataclass(frozen=True, slots=True)
class OtherDevice:
    """A device as the server shows it; ``signed`` if its owner's identity signed it."""

    user: str
    id: str
    ed25519: str = field(repr=False)
    curve25519: str = field(repr=False)
    signed: bool


@dataclass(frozen=True, slots=True)
class Inbound:
    """A Megolm session of somebody, and the device that gave it."""

    session: vodozemac.InboundGroupSession = field(repr=False)
    curve25519: str = field(repr=False)
    user: str


@dataclass(slots=True)
class Outbound:
    """The Megolm session of a room, and who has its key."""

    session: vodozemac.GroupSession = field(repr=False)
    shared: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class OlmDevice:
    """Everything that is secret of one device."""

    user: str
    id: str
    account: Any = field(default_factory=vodozemac.Account, repr=False)
    sessions: defaultdict[str, list[vodozemac.Session]] = field(
        default_factory=lambda: defaultdict(list), repr=False
    )
    """By the Curve25519 key of the other device, the newest last."""
    inbound: dict[tuple[str, str], Inbound] = field(default_factory=dict, repr=False)
    """By room and session."""
    outbound: dict[str, Outbound] = field(default_factory=dict, repr=False)
    met_again: set[tuple[str, str]] = field(default_factory=set, repr=False)
    """Room and Curve25519 key: devices that began anew, and may have lost the key of the room."""

    @property
    def ed25519(self) -> str:
        """Return the key that signs."""
        return str(self.account.ed25519_key.to_base64())

    @property
    def curve25519(self) -> str:
        """Return the key that others begin sessions with."""
        return str(self.account.curve25519_key.to_base64())

    def sign(self, value: Json) -> Json:
        """Return the object with this device's signature."""
        signature = self.account.sign(canonical(value)).to_base64()
        return add_signature(value, self.user, self.id, signature)

    def device_keys(self) -> Json:
        """Return what the server shows to others."""
        return self.sign(
            {
                "user_id": self.user,
                "device_id": self.id,
                "algorithms": [OLM, MEGOLM],
                "keys": {
                    f"ed25519:{self.id}": self.ed25519,
                    f"curve25519:{self.id}": self.curve25519,
                },
            }
        )

    def fresh_keys(self) -> Json:
        """Return new one-time keys, signed."""
        self.account.generate_one_time_keys(KEYS_AT_SERVER)
        keys = {
            f"{ONE_TIME}:{name}": self.sign({"key": key.to_base64()})
            for name, key in self.account.one_time_keys.items()
        }
        self.account.mark_keys_as_published()
        return keys

    # Olm

    def begin(self, device: OtherDevice, claimed: Json) -> None:
        """Begin a session by a claimed key, if the device signed it."""
        for key in claimed.values():
            if is_signed(key, device.user, device.ed25519):
                session = self.account.create_outbound_session(
                    vodozemac.Curve25519PublicKey.from_base64(device.curve25519),
                    vodozemac.Curve25519PublicKey.from_base64(key["key"]),
                )
                self.sessions[device.curve25519].append(session)

    def seal(self, device: OtherDevice, kind: str, content: Json) -> Json:
        """Encrypt for a device with which there is a session."""
        told = {
            "type": kind,
            "content": content,
            "sender": self.user,
            "keys": {"ed25519": self.ed25519},
            "recipient": device.user,
            "recipient_keys": {"ed25519": device.ed25519},
        }
        session = self.sessions[device.curve25519][-1]
        number, body = session.encrypt(json.dumps(told).encode()).to_parts()
        sealed = {"type": number, "body": unpadded(body)}
        return {
            "algorithm": OLM,
            "sender_key": self.curve25519,
            "ciphertext": {device.curve25519: sealed},
        }

    def open(self, sender: str, content: Json) -> Json:
        """Decrypt a to-device message; raise ``Unreadable``."""
        sealed = content["ciphertext"].get(self.curve25519)
        if sealed is None:
            raise Unreadable("for another device")
        other = content["sender_key"]
        message = vodozemac.AnyOlmMessage.from_parts(sealed["type"], plain(sealed["body"]))
        told: Json = json.loads(self._decrypt(other, message))
        named = (told["sender"], told["recipient"], told["recipient_keys"]["ed25519"])
        if named != (sender, self.user, self.ed25519):
            raise Unreadable("it names others than it is between")
        return told

    def _decrypt(self, other: str, message: vodozemac.AnyOlmMessage) -> bytes:
        for session in reversed(self.sessions[other]):
            try:
                return bytes(session.decrypt(message))
            except ValueError:
                continue
        first = message.to_pre_key()
        if first is None:
            raise Unreadable("no session")
        try:
            key = vodozemac.Curve25519PublicKey.from_base64(other)
            session, opened = self.account.create_inbound_session(key, first)
        except ValueError:
            raise Unreadable("no session can begin with it") from None
        self.sessions[other].append(session)
        return bytes(opened)

    # Megolm

    def take_key(self, sender: str, other: str, content: Json) -> str:
        """Take a key of a room, and return which room it is of."""
        name = (content["room_id"], content["session_id"])
        session = vodozemac.InboundGroupSession(vodozemac.SessionKey(content["session_key"]))
        self.inbound.setdefault(name, Inbound(session, other, sender))
        return str(content["room_id"])

    def note_dummy(self, other: str) -> None:
        """Share the keys of all rooms again with a device that began a new session."""
        self.met_again.update((room, other) for room in self.outbound)

    async def encrypt(
        self,
        room: str,
        kind: str,
        content: Json,
        devices: list[OtherDevice],
        share: Callable[[list[OtherDevice], Json], Any],
    ) -> Json:
        """Encrypt for a room, and have those get the key who have not got it."""
        wanted = {(device.user, device.id): device for device in devices}
        outbound = self.outbound.get(room)
        if outbound is None or outbound.shared - wanted.keys():
            outbound = self.outbound[room] = Outbound(vodozemac.GroupSession())
        missing = [
            device
            for name, device in wanted.items()
            if name not in outbound.shared or (room, device.curve25519) in self.met_again
        ]
        name = outbound.session.session_id
        key = outbound.session.session_key
        shared = {"algorithm": MEGOLM, "room_id": room, "session_id": name}
        told = {**shared, "session_key": key.to_base64()}
        if outbound.session.message_index == 0 and (room, name) not in self.inbound:
            self.take_key(self.user, self.curve25519, told)
        if missing:
            reached = await share(missing, told)
            outbound.shared.update((d.user, d.id) for d in reached)
            self.met_again.difference_update((room, d.curve25519) for d in reached)
        text = json.dumps({"type": kind, "content": content, "room_id": room})
        sealed = {
            "algorithm": MEGOLM,
            "ciphertext": outbound.session.encrypt(text.encode()).to_base64(),
            "session_id": name,
        }
        relation = content.get("m.relates_to")
        return sealed if relation is None else {**sealed, "m.relates_to": relation}

    def decrypt(self, room: str, sender: str, content: Json) -> tuple[Json, Inbound]:
        """Decrypt an event, and return whose session it was; raise ``Unreadable``."""
        found = self.inbound.get((room, content.get("session_id", "")))
        if found is None or found.user != sender:
            raise Unreadable("MEGOLM_UNKNOWN_INBOUND_SESSION_ID")
        try:
            message = vodozemac.MegolmMessage.from_base64(content["ciphertext"])
            told: Json = json.loads(found.session.decrypt(message).plaintext)
        except ValueError:
            raise Unreadable("UNKNOWN_ERROR") from None
        if told["room_id"] != room:
            raise Unreadable("UNKNOWN_ERROR")
        return told, found
