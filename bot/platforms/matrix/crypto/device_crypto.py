"""Encrypt and decrypt with nio's Olm sessions, sharing and reading keys in our own way.

nio counts a key as shared although sharing it failed, and then writes what nobody can read. It
fails on an event without ``sender_key``, which the specification allows. So both are done here,
on nio's sessions and store.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from nio.events import ToDeviceEvent

from bot.platforms.matrix.crypto.devices import DeviceDirectory
from bot.platforms.matrix.crypto.identity import OwnDevice
from bot.platforms.matrix.crypto.key_limits import excess_devices, excess_keys
from bot.platforms.matrix.crypto.message_indices import MessageIndices, hash_event
from bot.platforms.matrix.crypto.olm_machine import MALFORMED
from bot.platforms.matrix.crypto.one_time_keys import OneTimeKeys
from bot.platforms.matrix.crypto.store import CryptoStore
from bot.platforms.matrix.crypto.to_device import ENCRYPTED, ToDeviceSender
from bot.platforms.matrix.http_client import Json
from bot.platforms.matrix.signals import IdentityReplaced, SignalQueue

MEGOLM = "m.megolm.v1.aes-sha2"


class Unreadable(Exception):
    """The key of an event has not come, or the event is damaged."""

    def __init__(self) -> None:
        super().__init__("An event cannot be decrypted.")


class Replayed(Unreadable):
    """An event shows what another event said before: a server sent it a second time."""


class NoDevice(Exception):
    """No device can be encrypted to: none is trusted, or none can be reached now."""

    def __init__(self) -> None:
        super().__init__("Nobody could read what would be written there.")


class DecryptedEvent(NamedTuple):
    """A decrypted event; ``trusted`` if a trusted device of its sender wrote it."""

    type: str
    content: Json
    trusted: bool
    device: str


@dataclass(slots=True)
class DeviceCrypto:
    """Encrypt and decrypt as the bot's device; ``olm`` is nio's machine."""

    olm: Any = field(repr=False)
    store: CryptoStore = field(repr=False)
    devices: DeviceDirectory
    one_time_keys: OneTimeKeys
    to_device: ToDeviceSender
    indices: MessageIndices
    signals: SignalQueue = field(repr=False)
    """Receives ``IdentityReplaced`` when that is found out before writing."""
    room_locks: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock), repr=False
    )

    # Reading

    def receive(self, events: Sequence[Json]) -> frozenset[str]:
        """Process to-device events, such as room keys; everything is on disk when this returns.

        Return the rooms for which keys came. One transaction keeps a used one-time key and the
        session that used it together.
        """
        sealed = [e for e in events if isinstance(e, dict) and e.get("type") == ENCRYPTED]
        if not sealed:
            return frozenset()
        with self.store.database.atomic():
            rooms = frozenset(map(self._receive, sealed))
            self.olm.save_account()  # nio saves it before a one-time key is used up, not after
            self.indices.write()  # it is committed anyway
        self.indices.settle()
        return rooms - {""}

    def _receive(self, event: Json) -> str:
        """Process one; return the room to which it brought a key, or nothing."""
        try:
            parsed = ToDeviceEvent.parse_event(event)
            opened = None if parsed is None else self.olm.handle_to_device_event(parsed)
        except MALFORMED:
            return ""  # anybody can send anything; what it carried counts as not received
        room_id = getattr(opened, "room_id", "")
        return room_id if isinstance(room_id, str) else ""

    def decrypt(self, room_id: str, event: Json, *, keep: bool = True) -> DecryptedEvent:
        """Decrypt an event of a room; raise ``Unreadable`` if that is impossible.

        From then on the same ciphertext is ``Replayed`` under any other event id. That is on the
        disk when this returns, or, without ``keep``, with the next journal of the indices.
        """
        content, sender = event["content"], event["sender"]
        session = self._session(room_id, content)
        if session is None:
            raise Unreadable
        index, plain = _open(session, content.get("ciphertext"))
        if plain.get("room_id", room_id) != room_id or not isinstance(plain.get("content"), dict):
            raise Unreadable
        event_hash = hash_event(event["event_id"], sender, event["origin_server_ts"])
        if not self.indices.take(session.id, index, event_hash):
            raise Replayed
        if keep:
            self.indices.keep(session.id, index)
        device = self.devices.find_by_keys(sender, session.sender_key, session.ed25519)
        trusted = device is not None and self.devices.is_trusted(device)
        relation = content.get("m.relates_to")
        outer = {} if relation is None else {"m.relates_to": relation}
        return DecryptedEvent(
            str(plain.get("type")), {**outer, **plain["content"]}, trusted, session.sender_key
        )

    def _session(self, room_id: str, content: Json) -> Any | None:
        """Find a session by its id alone: ``sender_key`` is unreliable (Matrix 1.3, MSC3700)."""
        wanted = content.get("session_id")
        if content.get("algorithm") != MEGOLM or not isinstance(wanted, str):
            return None
        of_room = self.olm.inbound_group_store._entries.get(room_id, {})  # noqa: SLF001
        found = [s[wanted] for s in of_room.values() if wanted in s]
        return found[0] if len(found) == 1 else None

    # Writing

    async def encrypt(
        self, room_id: str, user: str, kind: str, content: Json, identity: str = ""
    ) -> Json:
        """Encrypt for an account's trusted devices; raise ``NoDevice`` or ``HttpError``.

        With an ``identity``, only as long as that one or one that it vouched for is there.
        """
        async with self.room_locks[room_id]:
            if self.devices.is_outdated(user):
                await self._refresh((user,))
            if identity and identity not in self.devices.identity_of(user):
                raise NoDevice
            await self._share_key(room_id, self.devices.trusted_devices(user))
            return self._seal(room_id, kind, content)

    async def encrypt_for_all(
        self, room_id: str, users: Iterable[str], kind: str, content: Json
    ) -> Json:
        """Encrypt for every device, untrusted ones too: only for text that anybody may read.

        Raises ``NoDevice`` or ``HttpError``.
        """
        async with self.room_locks[room_id]:
            everybody = sorted(users)
            await self._refresh(everybody)
            self.rotate_key(room_id)
            try:
                devices = [d for user in everybody for d in self.devices.all_devices(user)]
                await self._share_key(room_id, devices)
                return self._seal(room_id, kind, content)
            finally:
                self.rotate_key(room_id)

    async def _refresh(self, users: Sequence[str]) -> None:
        for user in await self.devices.refresh(users):
            self.signals.put_nowait(IdentityReplaced(user))

    def _seal(self, room_id: str, kind: str, content: Json) -> Json:
        return dict(self.olm.group_encrypt(room_id, {"type": kind, "content": content}))

    async def _share_key(self, room_id: str, devices: Sequence[Any]) -> None:
        """Share the room's key with exactly these devices.

        Repeat if the members of the room changed meanwhile.
        """
        while not await self._share_once(room_id, devices):
            continue

    async def _share_once(self, room_id: str, devices: Sequence[Any]) -> bool:
        """Return False if the session was replaced while its key was being shared."""
        wanted = {(d.user_id, d.id): d for d in devices}
        session = self.olm.outbound_group_sessions.get(room_id)
        if session is None or session.expired or session.users_shared_with - wanted.keys():
            self.olm.create_outbound_group_session(room_id)
            session = self.olm.outbound_group_sessions[room_id]
        missing = [d for name, d in wanted.items() if name not in session.users_shared_with]
        if missing:
            key = {
                "algorithm": MEGOLM,
                "room_id": room_id,
                "session_id": session.id,
                "session_key": session.session_key,
            }
            # Only what the server accepted counts as shared.
            reached = await self.to_device.send(missing, "m.room_key", key)
            session.users_shared_with.update((d.user_id, d.id) for d in reached)
        if not session.users_shared_with:
            raise NoDevice
        session.shared = True
        return self.olm.outbound_group_sessions.get(room_id) is session

    async def introduce(self, user: str) -> None:
        """Begin a session with each trusted device that has none, and have it know.

        It may go on with one that the bot has forgotten, and what comes by that is unreadable.
        Raises ``HttpError``.
        """
        await self._refresh((user,))
        await self.to_device.introduce(self.devices.trusted_devices(user))

    # Upkeep

    async def keep_up(self) -> None:
        """Refill the keys at the server, and begin broken sessions anew."""
        await self.one_time_keys.replenish()
        await self.to_device.repair_sessions()

    def rotate_key(self, room_id: str) -> None:
        """Give the next message in the room a new key, as after a change of its members."""
        self.olm.outbound_group_sessions.pop(room_id, None)

    def forget_room(self, room_id: str) -> None:
        """Delete every key to what was written in the room."""
        self.forget_rooms((room_id,))

    def rooms_with_keys(self) -> list[str]:
        """Return the rooms for which there are keys; some the bot may never have joined."""
        return list(self.olm.inbound_group_store._entries)  # noqa: SLF001 - nio lists none

    def forget_rooms(self, room_ids: Sequence[str]) -> None:
        """Delete every key to what was written in these rooms, in one transaction."""
        for room_id in room_ids:
            self.rotate_key(room_id)
            by_device = self.olm.inbound_group_store._entries.pop(room_id, {})  # noqa: SLF001 - as above
            self.indices.forget(name for by_id in by_device.values() for name in by_id)
            self.room_locks.pop(room_id, None)
        self.store.forget_rooms(room_ids)

    def drop_excess_keys(self) -> None:
        """Delete the keys and sessions that are more than anybody who is honest needs."""
        known = {device.curve25519 for device in self.olm.device_store}
        by_room = self.olm.inbound_group_store._entries  # noqa: SLF001 - as above
        sessions = self.olm.session_store._entries  # noqa: SLF001 - as above
        if keys := excess_keys(by_room, known):
            for room_id, device, session_id in keys:
                del by_room[room_id][device][session_id]
                if not by_room[room_id][device]:
                    del by_room[room_id][device]
            gone = [session_id for _, _, session_id in keys]
            self.indices.forget(gone)
            self.store.forget_keys(gone)
        for device in [device for device, with_it in sessions.items() if not with_it]:
            del sessions[device]  # nio keeps an empty list for each device that it looked for
        if devices := excess_devices(sessions, known):
            self.store.forget_sessions([s.id for device in devices for s in sessions[device]])
            for device in devices:
                del sessions[device]

    def forget_users(self, users: Collection[str]) -> None:
        """Delete everything of accounts that share no room with the bot."""
        gone = set(users)
        self.to_device.forget([d for user in gone for d in self.olm.device_store[user].values()])
        self.devices.forget_users(gone)

    def own_device(self) -> OwnDevice:
        """Return the bot's device, as its identity signs it."""
        keys = self.olm.account.identity_keys
        return OwnDevice(
            self.olm.user_id,
            self.olm.device_id,
            keys["ed25519"],
            keys["curve25519"],
            self.olm.sign_json,
        )

    def close(self) -> None:
        """Write what is remembered to the file of the sessions, and release it."""
        try:
            self.indices.save()
        finally:
            self.store.close()


def _open(session: Any, ciphertext: Any) -> tuple[int, Json]:
    """Return a message's index in its session, and its plaintext; raise ``Unreadable``."""
    try:
        plaintext, index = session.decrypt(ciphertext)
        plain = json.loads(plaintext)
    except MALFORMED:
        raise Unreadable from None
    if not isinstance(plain, dict):
        raise Unreadable
    return index, plain
