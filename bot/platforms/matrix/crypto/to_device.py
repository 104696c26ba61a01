"""Send sealed messages to single devices, over Olm sessions that are begun where none exists."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from nio.responses import KeysClaimResponse

from bot.platforms.matrix.crypto.olm_machine import MALFORMED
from bot.platforms.matrix.crypto.one_time_keys import ALGORITHM
from bot.platforms.matrix.http_client import HttpClient, Json, path_segment

ENCRYPTED = "m.room.encrypted"
CLAIM_PAUSE_SECONDS = 60.0
"""Pause before a device without one-time keys is asked for one again."""

NewId = Callable[[], str]
Monotonic = Callable[[], float]


@dataclass(slots=True)
class ToDeviceSender:
    """Send to-device messages; ``olm`` is nio's machine, ``store`` the one that it writes to."""

    olm: Any = field(repr=False)
    store: Any = field(repr=False)
    http_client: HttpClient
    new_id: NewId
    monotonic: Monotonic
    next_claims: dict[str, float] = field(default_factory=dict, repr=False)
    """When a device, by its Curve25519 key, may be asked for a one-time key again."""

    async def send(self, devices: Sequence[Any], kind: str, content: Json) -> list[Any]:
        """Seal and send the content to each device; return the devices that it was sent to.

        Devices with which no session can be begun are left out. Raises ``HttpError``.
        """
        await self._claim(devices)
        reachable = [d for d in devices if self.olm.session_store.get(d.curve25519)]
        messages: defaultdict[str, Json] = defaultdict(dict)
        with self.store.database.atomic():
            for device in reachable:
                messages[device.user_id][device.id] = self.seal(device, kind, content)
        if messages:
            await self._put({"messages": dict(messages)})
        return reachable

    async def introduce(self, devices: Sequence[Any]) -> None:
        """Begin a session with each of these devices that has none, by an empty message."""
        strangers = [d for d in devices if not self.olm.session_store.get(d.curve25519)]
        if strangers:
            await self.send(strangers, "m.dummy", {})

    def forget(self, devices: Sequence[Any]) -> None:
        """Forget what is to be sent to these devices, and when they were asked for keys."""
        gone = {(device.user_id, device.id) for device in devices}
        for device in devices:
            self.next_claims.pop(device.curve25519, None)
        wedged, queued = self.olm.wedged_devices, self.olm.outgoing_to_device_messages
        wedged[:] = [d for d in wedged if (d.user_id, d.id) not in gone]
        queued[:] = [m for m in queued if (m.recipient, m.recipient_device) not in gone]

    def unknown_devices(self) -> list[str]:
        """Return the devices of nobody who is known with which there are sessions."""
        known = {device.curve25519 for device in self.olm.device_store}
        return [key for key in self.olm.session_store._entries if key not in known]  # noqa: SLF001

    def forget_sessions_with(self, devices: Sequence[str]) -> None:
        """Delete the sessions with devices, in one transaction."""
        entries = self.olm.session_store._entries  # noqa: SLF001 - nio never forgets
        gone = [session.id for device in devices for session in entries.pop(device, ())]
        self.store.forget_sessions(gone)

    def seal(self, device: Any, kind: str, content: Json) -> Json:
        """Encrypt the content for a device with which a session exists."""
        session = self.olm.session_store.get(device.curve25519)
        return dict(self.olm._olm_encrypt(session, device, kind, content))  # noqa: SLF001

    async def repair_sessions(self) -> None:
        """Begin a new session with each device whose session broke, and tell it."""
        if self.olm.wedged_devices:
            await self._claim_now(list(self.olm.wedged_devices))
            self.olm.wedged_devices.clear()
        await self._send_queued()

    def begin_session(self, user: str, keys: Json) -> None:
        """Begin a session by a claimed one-time key; ignore a malformed key."""
        with suppress(*MALFORMED):
            self.olm.handle_response(KeysClaimResponse({user: keys}, {}))

    async def _claim(self, devices: Sequence[Any]) -> None:
        """Begin a session with each device that has none, by one of its one-time keys.

        A device that has none left is not asked again for every message.
        """
        now = self.monotonic()
        without = [
            d
            for d in devices
            if not self.olm.session_store.get(d.curve25519)
            and now >= self.next_claims.get(d.curve25519, now)
        ]
        if without:
            await self._claim_now(without)
            again = now + CLAIM_PAUSE_SECONDS
            self.next_claims = {k: t for k, t in self.next_claims.items() if t > now}
            self.next_claims.update((d.curve25519, again) for d in without)

    async def _claim_now(self, devices: Sequence[Any]) -> None:
        wanted: defaultdict[str, Json] = defaultdict(dict)
        for device in devices:
            wanted[device.user_id][device.id] = ALGORITHM
        body: Json = {"one_time_keys": dict(wanted)}
        answer = await self.http_client.ask_servers("/keys/claim", body, wanted)
        found = answer.get("one_time_keys")
        for user, by_device in found.items() if isinstance(found, dict) else ():
            for name, keys in by_device.items() if isinstance(by_device, dict) else ():
                if keys and name in wanted.get(user, {}):
                    self.begin_session(user, {name: keys})

    async def _send_queued(self) -> None:
        """Send the empty messages by which a device learns of a new session.

        nio queues nothing else that is sent here.
        """
        for message in list(self.olm.outgoing_to_device_messages):
            if message.type == ENCRYPTED:
                await self._put(message.as_dict())
            self.olm.outgoing_to_device_messages.remove(message)

    async def _put(self, messages: Json) -> None:
        path = f"/sendToDevice/{ENCRYPTED}/{path_segment(self.new_id())}"
        await self.http_client.request("PUT", path, messages)
