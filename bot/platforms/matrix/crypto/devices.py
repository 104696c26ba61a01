"""Whose devices may read what the bot writes: those that their owner's identity signed (MSC4153).

A homeserver can add a device to any of its accounts. Encrypting to every device would let it read
along, so a device is trusted if the account's cross-signing identity signed it when it was first
seen, and from then on by its own keys. Somebody without an identity is known by the devices that
they had when they came. An identity that is replaced counts from then on, because the account is
the reporter's as long as a talk is open; unless a trusted device vouched for the new one, that is
said in the chat. What is remembered about an account goes with its last chat.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

from nio.responses import KeysQueryResponse

from bot.platforms.matrix.crypto.signing import is_signed
from bot.platforms.matrix.http_client import HttpClient, Json

NO_IDENTITY = "none"
"""Remembered of an account that had none when it was first seen."""


@dataclass(frozen=True, slots=True)
class PublishedIdentity:
    """An account's identity as the server shows it: empty where there is none, or a broken one."""

    master: str = ""
    own: str = ""
    """The self-signing key, if the master key signed it."""
    object: Json = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class DeviceDirectory:
    """Everybody's devices, as far as the bot writes to them; ``olm`` is nio's machine."""

    olm: Any = field(repr=False)
    cabinet: Any = field(repr=False)
    wire: HttpClient
    marked: set[str] = field(default_factory=set, repr=False)
    """Accounts whose devices changed since they were last asked for."""
    asking: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock), repr=False
    )

    async def refresh(self, users: Iterable[str]) -> tuple[str, ...]:
        """Ask for their devices; whose identity was replaced without anybody vouching for it.

        One after the other for each account: an older answer must not undo a newer one.
        """
        wanted = sorted(set(users))
        if not wanted:
            return ()
        async with AsyncExitStack() as stack:
            for user in wanted:
                await stack.enter_async_context(self.asking[user])
            answer = await self._ask(wanted)
            return tuple(user for user in wanted if self._took(answer, user))

    async def _ask(self, users: Sequence[str]) -> Json:
        """What changes from here on is asked for once more."""
        self.marked.difference_update(users)
        query: Json = {"device_keys": {user: [] for user in users}}
        try:
            return await self.wire.call("POST", "/keys/query", query)
        except BaseException:
            self.marked.update(users)
            raise

    def stale(self, user: str) -> bool:
        """Whether their devices must be asked for before anything is written to them."""
        return user in self.marked

    def changed(self, users: Iterable[str]) -> None:
        """The server says that their devices are not what they were."""
        self.marked.update(users)

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
        self.marked.discard(user)
        if user in self.asking and not self.asking[user].locked():
            del self.asking[user]
        self.olm.tracked_users.discard(user)
        self.olm.device_store._entries.pop(user, None)  # noqa: SLF001 - nio never forgets
        self.cabinet.forget_user(user)

    def _took(self, answer: Json, user: str) -> bool:
        """Into the store; whether the account's identity is another one, and nobody vouches."""
        devices = _part(answer, "device_keys").get(user)
        if not isinstance(devices, dict):
            self.marked.add(user)  # its server did not answer
            return False
        shown = shown_of(answer, user)
        whole = {name: keys for name, keys in devices.items() if _is_whole(keys, user, name)}
        self._make_way(user, whole, shown)
        self._take(user, whole)
        return self._judge(user, whole, shown)

    def _make_way(self, user: str, devices: Json, shown: PublishedIdentity) -> None:
        """For devices that came back, or came again with new keys: nio would look past them.

        Who is trusted makes way only for a device that the identity signed.
        """
        for name, keys in devices.items():
            known = self.olm.device_store[user].get(name)
            if known is None:
                continue
            if known.ed25519 == _key(keys, "ed25519", name):
                if known.deleted:
                    known.deleted = False
                    self.cabinet.save_device_keys({user: {name: known}})
            elif not self.trusts(known) or _is_vouched(keys, user, shown):
                del self.olm.device_store[user][name]
                self.cabinet.forget_device(user, name)

    def _take(self, user: str, devices: Json) -> None:
        """Into nio's machine, which stumbles over names; they are nobody's business either."""
        plain = {n: {k: v for k, v in d.items() if k != "unsigned"} for n, d in devices.items()}
        with suppress(LookupError, TypeError, ValueError, AttributeError, RecursionError):
            self.olm.handle_response(KeysQueryResponse({user: plain}, {}))

    def _judge(self, user: str, devices: Json, shown: PublishedIdentity) -> bool:
        """Trust what is signed; whether the identity is another than before."""
        pinned = self.cabinet.pin(user)
        if pinned is None and not devices and not shown.master:
            return False  # nothing of it was seen yet
        vouched = any(is_signed(shown.object, user, d.id, d.ed25519) for d in self.trusted(user))
        alone = pinned is None and not shown.master
        for device in self.every(user):
            keys = devices.get(device.id, {})
            # The server may have shown other keys under this name before.
            if _is_of(keys, device) and (alone or _is_vouched(keys, user, shown)):
                self.olm.verify_device(device)
        now = shown.master or pinned or NO_IDENTITY
        if now != pinned:
            self.cabinet.set_pin(user, now)
        return pinned not in {None, now} and not vouched


def shown_of(answer: Json, user: str) -> PublishedIdentity:
    """What the server shows of an identity, if its two keys belong together."""
    master: Json = _part(answer, "master_keys").get(user, {})
    own: Json = _part(answer, "self_signing_keys").get(user, {})
    name, signing = _only_key(master, user, "master"), _only_key(own, user, "self_signing")
    if not name or not signing or not is_signed(own, user, name, name):
        return PublishedIdentity()
    return PublishedIdentity(name, signing, master)


def _part(answer: Json, name: str) -> Json:
    found = answer.get(name)
    return found if isinstance(found, dict) else {}


def _only_key(key: Any, user: str, usage: str) -> str:
    """The public key of a cross-signing key of this account and for this use."""
    if not isinstance(key, dict) or key.get("user_id") != user or key.get("usage") != [usage]:
        return ""
    values = list(_part(key, "keys").values())
    return values[0] if len(values) == 1 and isinstance(values[0], str) else ""


def _key(keys: Json, kind: str, name: str) -> Any:
    return _part(keys, "keys").get(f"{kind}:{name}")


def _is_whole(keys: Any, user: str, name: str) -> bool:
    """A device of this account and name that signed its own keys: nio stumbles over less."""
    if not isinstance(keys, dict):
        return False
    ed25519, curve25519 = (_key(keys, kind, name) for kind in ("ed25519", "curve25519"))
    named = (keys.get("user_id"), keys.get("device_id")) == (user, name)
    whole = isinstance(ed25519, str) and isinstance(curve25519, str)
    return named and whole and is_signed(keys, user, name, ed25519)


def _is_vouched(keys: Json, user: str, shown: PublishedIdentity) -> bool:
    """Whether the identity signed these keys."""
    return bool(shown.own) and is_signed(keys, user, shown.own, shown.own)


def _is_of(keys: Json, device: Any) -> bool:
    """Whether they are the keys that are known of a device."""
    found = tuple(_key(keys, kind, device.id) for kind in ("ed25519", "curve25519"))
    return found == (device.ed25519, device.curve25519)
