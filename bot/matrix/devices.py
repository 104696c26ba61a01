"""Whose devices may read what the bot writes: those that their owner's identity signed (MSC4153).

A homeserver can add a device to any of its accounts. Encrypting to every device would let it read
along, so a device is trusted if the account's cross-signing identity signed it when it was first
seen, and from then on by its own keys. Somebody without an identity is known by the devices that
they had when they came. An identity that is replaced counts from then on, because the account is
the reporter's as long as a talk is open; unless a trusted device vouched for the new one, that is
said in the chat. What is remembered about an account goes with its last chat.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from nio.responses import KeysQueryResponse

from bot.matrix.signing import is_signed
from bot.matrix.wire import Json, Wire

NO_IDENTITY = "none"
"""Remembered of an account that had none when it was first seen."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An account's identity as the server shows it: empty where there is none, or a broken one."""

    master: str = ""
    own: str = ""
    """The self-signing key, if the master key signed it."""
    object: Json = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Devices:
    """Everybody's devices, as far as the bot writes to them; ``olm`` is nio's machine."""

    olm: Any = field(repr=False)
    cabinet: Any = field(repr=False)
    wire: Wire

    async def refresh(self, users: Iterable[str]) -> tuple[str, ...]:
        """Ask for their devices; whose identity was replaced without anybody vouching for it."""
        wanted = sorted(set(users))
        if not wanted:
            return ()
        answer = await self.wire.call(
            "POST", "/keys/query", {"device_keys": {user: [] for user in wanted}}
        )
        replaced = []
        for user in wanted:
            devices = answer.get("device_keys", {}).get(user)
            if isinstance(devices, dict):
                self._take(user, devices)
                if self._judge(user, devices, shown_of(answer, user)):
                    replaced.append(user)
        return tuple(replaced)

    def stale(self, user: str) -> bool:
        """Whether their devices must be asked for before anything is written to them."""
        return user in self.olm.users_for_key_query

    def changed(self, users: Iterable[str]) -> None:
        """The server says that their devices are not what they were."""
        self.olm.add_changed_users(set(users))

    def trusted(self, user: str) -> list[Any]:
        """The devices that may read what is written to this account."""
        return [d for d in self.olm.device_store.active_user_devices(user) if self.trusts(d)]

    def every(self, user: str) -> list[Any]:
        """All devices, for what everybody may read."""
        return list(self.olm.device_store.active_user_devices(user))

    def trusts(self, device: Any) -> bool:
        """Whether this is one of them, as nio's machine holds it; its store would ask the disk."""
        return bool(device.verified)

    def owner(self, user: str, curve25519: str, ed25519: str) -> Any | None:
        """The device of this account with these keys, also if it is gone by now."""
        for device in self.olm.device_store[user].values():
            if (device.curve25519, device.ed25519) == (curve25519, ed25519):
                return device
        return None

    def forget(self, user: str) -> None:
        """Nothing is remembered of this account."""
        self.olm.users_for_key_query.discard(user)
        self.olm.tracked_users.discard(user)
        self.olm.device_store._entries.pop(user, None)  # noqa: SLF001 - nio never forgets
        self.cabinet.forget_user(user)

    def _take(self, user: str, devices: Json) -> None:
        """Into nio's machine, which checks each device's own signature."""
        whole = {name: keys for name, keys in devices.items() if _is_whole(keys, user, name)}
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            self.olm.handle_response(KeysQueryResponse({user: whole}, {}))
        self.olm.users_for_key_query.discard(user)

    def _judge(self, user: str, devices: Json, shown: Shown) -> bool:
        """Trust what is signed; whether the identity is another than before."""
        pinned = self.cabinet.pin(user)
        vouched = any(is_signed(shown.object, user, d.id, d.ed25519) for d in self.trusted(user))
        first = pinned is None
        for device in self.every(user):
            signed = is_signed(devices.get(device.id, {}), user, shown.own, shown.own)
            if (signed and shown.own) or (first and not shown.master):
                self.olm.verify_device(device)
        now = shown.master or pinned or NO_IDENTITY
        if now != pinned:
            self.cabinet.set_pin(user, now)
        return not first and now != pinned and not vouched


def shown_of(answer: Json, user: str) -> Shown:
    """What the server shows of an identity, if its two keys belong together."""
    master = answer.get("master_keys", {}).get(user)
    own = answer.get("self_signing_keys", {}).get(user)
    if not isinstance(master, dict) or not isinstance(own, dict):
        return Shown()
    name = _only_key(master)
    if not name or not is_signed(own, user, name, name):
        return Shown()
    return Shown(name, _only_key(own), master)


def _only_key(key: Json) -> str:
    keys = key.get("keys")
    values = list(keys.values()) if isinstance(keys, dict) else []
    return values[0] if len(values) == 1 and isinstance(values[0], str) else ""


def _is_whole(keys: Any, user: str, name: str) -> bool:
    """Enough of a device for nio to look at it: it stumbles over less."""
    if not isinstance(keys, dict) or not isinstance(keys.get("keys"), dict):
        return False
    parts = (keys["keys"].get(f"{kind}:{name}") for kind in ("ed25519", "curve25519"))
    named = (keys.get("user_id"), keys.get("device_id")) == (user, name)
    return named and all(isinstance(part, str) for part in parts)
