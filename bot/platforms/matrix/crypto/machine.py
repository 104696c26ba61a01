"""Encrypts and decrypts: nio's Olm machine, with an own way of sharing and of reading.

nio counts a key as shared when sharing it failed, and then writes what nobody can read; it stops
on an event without ``sender_key``, which the specification allows. Both are done here, on nio's
sessions and store.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from nio.crypto import Olm
from nio.crypto.sessions import OutboundGroupSession
from nio.events import ToDeviceEvent
from nio.exceptions import EncryptionError
from nio.responses import KeysClaimResponse

from bot.platforms.matrix.crypto.devices import DeviceDirectory
from bot.platforms.matrix.crypto.one_time_keys import ALGORITHM, OneTimeKeys
from bot.platforms.matrix.http_client import HttpClient, Json, part

MEGOLM = "m.megolm.v1.aes-sha2"
ENCRYPTED = "m.room.encrypted"
CLAIM_AGAIN_SECONDS = 60.0
MALFORMED = (
    EncryptionError,
    LookupError,
    TypeError,
    ValueError,  # those of vodozemac are
    AttributeError,
    AssertionError,
    RecursionError,
)
"""What nio and its libraries raise at things that are not as they should be."""

NewId = Callable[[], str]
Monotonic = Callable[[], float]


def nobody(_user: str) -> None:
    """Nobody wants to know."""


class Unreadable(Exception):
    """The key of an event did not come, or the event is damaged."""

    def __init__(self) -> None:
        super().__init__("An event cannot be decrypted.")


class NoDevice(Exception):
    """There is no device to encrypt to: none that is trusted, or none that can be reached now."""

    def __init__(self) -> None:
        super().__init__("Nobody could read what would be written there.")


class DecryptedEvent(NamedTuple):
    """A decrypted event, and whether a trusted device of its sender wrote it."""

    type: str
    content: Json
    trusted: bool
    device: str


class _Index(NamedTuple):
    """What nio's protection against replays looks at."""

    sender_key: str
    session_id: str
    event_id: str
    server_timestamp: int
    sender: str


class OlmSessions(Olm):
    """nio's machine; it keeps no copy of the keys to what the bot itself writes."""

    def create_outbound_group_session(self, room_id: str) -> None:
        """A new session for what is written in a room."""
        self.outbound_group_sessions[room_id] = OutboundGroupSession()

    def create_group_session(
        self,
        sender_key: str,
        sender_fp_key: str,
        room_id: str,
        session_id: str,
        session_key: str,
    ) -> None:
        """A session that somebody handed out; handed out again, it opens less than before."""
        if self.inbound_group_store.get(room_id, sender_key, session_id) is None:
            super().create_group_session(
                sender_key, sender_fp_key, room_id, session_id, session_key
            )


@dataclass(slots=True)
class DeviceCrypto:
    """All cryptography of the bot's device."""

    olm: Any = field(repr=False)
    cabinet: Any = field(repr=False)
    wire: HttpClient
    devices: DeviceDirectory
    keys: OneTimeKeys
    new_id: NewId
    monotonic: Monotonic
    rooms: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock), repr=False
    )
    claimed: dict[str, float] = field(default_factory=dict, repr=False)
    """When a session with a device was last asked for, by its key."""
    replaced: Callable[[str], None] = nobody
    """Called with whose identity was found to be another one before something was written."""

    # read

    def take(self, events: Sequence[Json]) -> None:
        """Keys and the like that came to this device; all of it is on the disk at the end.

        One transaction: a one-time key that is used up and the session that used it stay together.
        """
        sealed = [e for e in events if isinstance(e, dict) and e.get("type") == ENCRYPTED]
        if not sealed:
            return
        with self.cabinet.database.atomic():
            for event in sealed:
                self._take(event)
            self.olm.save_account()  # nio does that before a one-time key is used up, not after

    def _take(self, event: Json) -> None:
        try:
            parsed = ToDeviceEvent.parse_event(event)
            if parsed is not None:
                self.olm.handle_to_device_event(parsed)
        except MALFORMED:
            return  # whatever somebody sends; what it carried counts as never come

    def decrypt(self, room: str, event: Json) -> DecryptedEvent:
        """What an encrypted event says; raises ``Unreadable``."""
        content, sender = event["content"], event["sender"]
        session = self._session(room, content)
        if session is None:
            raise Unreadable
        index, said = _opened(session, content.get("ciphertext"))
        if said.get("room_id", room) != room or not isinstance(said.get("content"), dict):
            raise Unreadable
        seen = _Index(
            session.sender_key, session.id, event["event_id"], event["origin_server_ts"], sender
        )
        if not self.olm.message_index_ok(index, seen):
            raise Unreadable
        device = self.devices.owner(sender, session.sender_key, session.ed25519)
        trusted = device is not None and self.devices.trusts(device)
        relation = content.get("m.relates_to")
        outer = {} if relation is None else {"m.relates_to": relation}
        return DecryptedEvent(
            str(said.get("type")), {**outer, **said["content"]}, trusted, session.sender_key
        )

    def _session(self, room: str, content: Json) -> Any | None:
        """By its id alone: ``sender_key`` is not to be relied on (Matrix 1.3, MSC3700)."""
        wanted = content.get("session_id")
        if content.get("algorithm") != MEGOLM or not isinstance(wanted, str):
            return None
        of_room = self.olm.inbound_group_store._entries.get(room, {})  # noqa: SLF001
        found = [s[wanted] for s in of_room.values() if wanted in s]
        return found[0] if len(found) == 1 else None

    # write

    async def encrypt(self, room: str, user: str, kind: str, content: Json) -> Json:
        """For this account's trusted devices; raises ``NoDevice`` and ``WireError``."""
        async with self.rooms[room]:
            if self.devices.stale(user):
                await self._refresh((user,))
            await self._share(room, self.devices.trusted(user))
            return self._seal(room, kind, content)

    async def encrypt_for_all(
        self, room: str, users: Iterable[str], kind: str, content: Json
    ) -> Json:
        """For every device, also those that nobody vouches for: only what anybody may read."""
        async with self.rooms[room]:
            everybody = sorted(users)
            await self._refresh(everybody)
            self.olm.outbound_group_sessions.pop(room, None)
            try:
                await self._share(room, [d for u in everybody for d in self.devices.every(u)])
                return self._seal(room, kind, content)
            finally:
                self.olm.outbound_group_sessions.pop(room, None)

    async def _refresh(self, users: Sequence[str]) -> None:
        for user in await self.devices.refresh(users):
            self.replaced(user)

    def _seal(self, room: str, kind: str, content: Json) -> Json:
        return dict(self.olm.group_encrypt(room, {"type": kind, "content": content}))

    async def _share(self, room: str, devices: Sequence[Any]) -> None:
        """The room's key is with these devices and with no others.

        Once more if somebody came or went meanwhile.
        """
        while not await self._shared(room, devices):
            continue

    async def _shared(self, room: str, devices: Sequence[Any]) -> bool:
        wanted = {(d.user_id, d.id): d for d in devices}
        session = self.olm.outbound_group_sessions.get(room)
        if session is None or session.expired or session.users_shared_with - wanted.keys():
            self.olm.create_outbound_group_session(room)
            session = self.olm.outbound_group_sessions[room]
        missing = [d for name, d in wanted.items() if name not in session.users_shared_with]
        if missing:
            await self._claim(missing)
            await self._hand_out(room, session, missing)
        if not session.users_shared_with:
            raise NoDevice
        session.shared = True
        return self.olm.outbound_group_sessions.get(room) is session

    async def _hand_out(self, room: str, session: Any, devices: Sequence[Any]) -> None:
        """Only what the server took counts as shared."""
        key = {
            "algorithm": MEGOLM,
            "room_id": room,
            "session_id": session.id,
            "session_key": session.session_key,
        }
        reached = [d for d in devices if self.olm.session_store.get(d.curve25519)]
        messages: defaultdict[str, Json] = defaultdict(dict)
        with self.cabinet.database.atomic():
            for device in reached:
                messages[device.user_id][device.id] = self._sealed(device, "m.room_key", key)
        if messages:
            await self._to_devices({"messages": dict(messages)})
        session.users_shared_with.update((d.user_id, d.id) for d in reached)

    def _sealed(self, device: Any, kind: str, content: Json) -> Json:
        session = self.olm.session_store.get(device.curve25519)
        return dict(self.olm._olm_encrypt(session, device, kind, content))  # noqa: SLF001

    async def _to_devices(self, messages: Json) -> None:
        path = f"/sendToDevice/{ENCRYPTED}/{part(self.new_id())}"
        await self.wire.call("PUT", path, messages)

    async def _claim(self, devices: Sequence[Any]) -> None:
        """A session with each device, made by one of its one-time keys.

        Who has none left is not asked again for every message.
        """
        now = self.monotonic()
        without = [
            d
            for d in devices
            if not self.olm.session_store.get(d.curve25519)
            and now >= self.claimed.get(d.curve25519, now)
        ]
        if without:
            await self._claim_now(without)
            again = now + CLAIM_AGAIN_SECONDS
            self.claimed = {k: t for k, t in self.claimed.items() if t > now}
            self.claimed.update((d.curve25519, again) for d in without)

    async def _claim_now(self, devices: Sequence[Any]) -> None:
        wanted: defaultdict[str, Json] = defaultdict(dict)
        for device in devices:
            wanted[device.user_id][device.id] = ALGORITHM
        said = await self.wire.call("POST", "/keys/claim", {"one_time_keys": dict(wanted)})
        found = said.get("one_time_keys")
        for user, by_device in found.items() if isinstance(found, dict) else ():
            for name, keys in by_device.items() if isinstance(by_device, dict) else ():
                if keys and name in wanted.get(user, {}):
                    self._begin(user, {name: keys})

    def _begin(self, user: str, keys: Json) -> None:
        with suppress(*MALFORMED):
            self.olm.handle_response(KeysClaimResponse({user: keys}, {}))

    # keep up

    async def keep_up(self) -> None:
        """Keys at the server, and sessions that broke made anew."""
        await self.keys.replenish()
        if self.olm.wedged_devices:
            await self._claim_now(list(self.olm.wedged_devices))
            self.olm.wedged_devices.clear()
        await self._send_queued()

    async def _send_queued(self) -> None:
        """Empty messages by which a peer learns of a new session; nothing else is ever queued."""
        for message in list(self.olm.outgoing_to_device_messages):
            if message.type == ENCRYPTED:
                await self._to_devices(message.as_dict())
            self.olm.outgoing_to_device_messages.remove(message)

    def invalidate(self, room: str) -> None:
        """Who is in the room changed: the next message gets a new key."""
        self.olm.outbound_group_sessions.pop(room, None)

    def forget_room(self, room: str) -> None:
        """No key to anything that was written there is left."""
        self.invalidate(room)
        self.olm.inbound_group_store._entries.pop(room, None)  # noqa: SLF001 - nio never forgets
        self.cabinet.forget_room(room)
        self.rooms.pop(room, None)


def _opened(session: Any, ciphertext: Any) -> tuple[int, Json]:
    """The message's number in its session, and what it holds."""
    try:
        plaintext, index = session.decrypt(ciphertext)
        said = json.loads(plaintext)
    except MALFORMED:
        raise Unreadable from None
    if not isinstance(said, dict):
        raise Unreadable
    return index, said
