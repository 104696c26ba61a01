"""Decide which devices may read what the bot writes: those that their owner signed (MSC4153).

A homeserver can add a device to any of its accounts. Encrypting to every device would let the
server read along, so a device is trusted if the account's cross-signing identity signed it when it
was first seen, and from then on by its own keys. An account without an identity is recognised by
the devices that it had when it was first seen. A replaced identity counts from then on, with the
devices that it signed and no others. Unless a trusted device vouched for it, somebody else may
have taken the account's place: the chat is told, and what its draft holds stays closed to them
(``identity_of``). What is remembered of an account goes with its last chat.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from nio.responses import KeysQueryResponse

from bot.platforms.matrix.crypto.olm_machine import MALFORMED
from bot.platforms.matrix.crypto.signing import is_signed_by
from bot.platforms.matrix.crypto.store import CryptoStore
from bot.platforms.matrix.http_client import HttpClient, Json
from store.model.accounts import Account

MOST_DEVICES = 50
"""Devices of one account that are looked at; each costs the checking of signatures. So many are
remembered that were deleted: what they wrote may still wait."""
MOST_EARLIER = 4
"""Identities of an account that are remembered behind the current one, which they vouched for."""
UNSEEN = ("",)
"""The identity of an account of which nothing was seen: it is nobody's whose draft is open."""
NO_IDENTITY = "none:"
"""Begins what is pinned for an account that had no identity when it was first seen: a hash of the
devices that it had."""


@dataclass(frozen=True, slots=True)
class PublishedIdentity:
    """An account's identity as the server shows it; empty if there is none, or a broken one."""

    master_key: str = ""
    self_signing_key: str = ""
    """Only set if the master key signed it."""
    master_object: Json = field(default_factory=dict, repr=False)
    """The signed object that holds the master key."""


@dataclass(slots=True)
class DeviceDirectory:
    """Keep the devices of those to whom the bot writes; ``olm`` is nio's machine."""

    olm: Any = field(repr=False)
    store: CryptoStore = field(repr=False)
    http_client: HttpClient
    identities: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """What is pinned of accounts, as far as it was needed since the start."""
    outdated: set[str] = field(default_factory=set, repr=False)
    """Accounts whose devices changed since the last query."""
    query_locks: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock), repr=False
    )

    async def refresh(self, users: Iterable[str]) -> tuple[str, ...]:
        """Query devices; return the accounts whose identity was replaced with nobody vouching.

        Queries for one account run one after the other: an older answer must not undo a newer one.
        Raises ``HttpError``.
        """
        wanted = sorted(set(users))
        if not wanted:
            return ()
        async with AsyncExitStack() as stack:
            for user in wanted:
                await stack.enter_async_context(self.query_locks[user])
            answer = await self._query(wanted)
            replaced = list[str]()
            for user in wanted:
                if self._apply(answer, user):
                    replaced.append(user)
                await asyncio.sleep(0)  # each costs the checking of many signatures
            return tuple(replaced)

    async def _query(self, users: Sequence[str]) -> Json:
        """Query the server; a change that comes while the answer is under way asks once more."""
        self.outdated.difference_update(users)
        query: Json = {"device_keys": {user: [] for user in users}}
        try:
            return await self.http_client.ask_servers("/keys/query", query, users)
        except BaseException:
            self.outdated.update(users)
            raise

    def is_outdated(self, user: str) -> bool:
        """Return whether the devices must be queried before anything is written to the account."""
        return user in self.outdated

    def invalidate(self, users: Iterable[str]) -> None:
        """Query these accounts again before the next use: the server says they changed."""
        self.outdated.update(users)

    def trusted_devices(self, user: str) -> list[Any]:
        """Return the devices that may read what is written to this account."""
        return [d for d in self.all_devices(user) if self.is_trusted(d)]

    def all_devices(self, user: str) -> list[Any]:
        """Return every device of the account, for text that anybody may read."""
        return list(self.olm.device_store.active_user_devices(user))

    def is_trusted(self, device: Any) -> bool:
        """Return whether a device is trusted, from memory: nio's store would read the disk."""
        return bool(device.verified)

    def identity_of(self, user: str) -> tuple[str, ...]:
        """Return the key of whoever is behind an account now, then those that vouched for it.

        Return nothing for an account of which nothing was seen.
        """
        known = self.identities.get(user) or self.store.pinned_identity(user)
        if known:
            self.identities[user] = known
        return known

    def identify(self, account: Account) -> Account:
        """Return an account with the keys of whoever is behind it now."""
        return replace(account, identity=self.identity_of(account.name) or UNSEEN)

    def find_by_keys(self, user: str, curve25519: str, ed25519: str) -> Any | None:
        """Find the account's device with these keys, even if it was deleted since."""
        for device in self.olm.device_store[user].values():
            if (device.curve25519, device.ed25519) == (curve25519, ed25519):
                return device
        return None

    def forget_users(self, users: Collection[str]) -> None:
        """Delete everything that is remembered of these accounts, in one transaction."""
        self.outdated.difference_update(users)
        for user in users:
            if user in self.query_locks and not self.query_locks[user].locked():
                del self.query_locks[user]
            self.identities.pop(user, None)
            self.olm.tracked_users.discard(user)
            devices = self.olm.device_store._entries.pop(user, {})  # noqa: SLF001 - nio never forgets
            for device in devices.values():
                self.olm.session_store._entries.pop(device.curve25519, None)  # noqa: SLF001 - as above
        self.store.forget_users(users)

    def _apply(self, answer: Json, user: str) -> bool:
        """Take over an answer; return whether the identity was replaced and nobody vouched."""
        devices = _part(answer, "device_keys").get(user)
        if not isinstance(devices, dict):
            self.outdated.add(user)  # its server did not answer
            return False
        shown = published_identity(answer, user)
        chosen = _chosen(devices, user, shown, self.olm.device_store[user])
        whole = {name: keys for name, keys in chosen.items() if _is_whole(keys, user, name)}
        self._drop_superseded(user, whole, shown)
        self._store(user, whole)
        self._drop_departed(user)
        return self._trust(user, whole, shown)

    def _drop_superseded(self, user: str, devices: Json, shown: PublishedIdentity) -> None:
        """Drop stored devices that came back or have new keys: nio would ignore the new ones.

        A trusted device is dropped only for one that the identity signed.
        """
        for name, keys in devices.items():
            known = self.olm.device_store[user].get(name)
            if known is None:
                continue
            if known.ed25519 == _key(keys, "ed25519", name):
                if known.deleted:
                    known.deleted = False
                    self.store.save_device_keys({user: {name: known}})
            elif not self.is_trusted(known) or _is_signed_by_identity(keys, user, shown):
                del self.olm.device_store[user][name]
                self.store.forget_device(user, name)

    def _drop_departed(self, user: str) -> None:
        """Drop those of an account's deleted devices that are too many, the oldest first."""
        known = self.olm.device_store[user]
        departed = [name for name, device in known.items() if device.deleted]
        for name in departed[:-MOST_DEVICES]:
            del known[name]
            self.store.forget_device(user, name)

    def _store(self, user: str, devices: Json) -> None:
        """Give the devices to nio's machine, without their names, which can break it."""
        plain = {n: {k: v for k, v in d.items() if k != "unsigned"} for n, d in devices.items()}
        with suppress(*MALFORMED):
            self.olm.handle_response(KeysQueryResponse({user: plain}, {}))

    def _trust(self, user: str, devices: Json, shown: PublishedIdentity) -> bool:
        """Trust signed devices; return whether the identity was replaced and nobody vouched.

        A device that the new identity has not signed may belong to whoever was there before, also
        one that is deleted: what it wrote is read, and it can be shown again.
        """
        pinned = self.identity_of(user)
        if not pinned and not devices and not shown.master_key:
            return False  # nothing of the account was seen yet
        vouched = any(
            is_signed_by(shown.master_object, user, d.id, d.ed25519)
            for d in self.trusted_devices(user)
        )
        replaced = bool(pinned) and shown.master_key not in {"", pinned[0]}
        without_identity = not pinned and not shown.master_key
        for device in list(self.olm.device_store[user].values()):
            keys = devices.get(device.id, {})
            # The server may have shown other keys under this name before.
            if _has_keys(keys, device) and (
                without_identity or _is_signed_by_identity(keys, user, shown)
            ):
                self.olm.verify_device(device)
            elif replaced:
                self.olm.unverify_device(device)
        if replaced or not pinned:
            current = shown.master_key or _name_devices(self.trusted_devices(user))
            earlier = [key for key in pinned if vouched and key != current]
            self.identities[user] = (current, *earlier[:MOST_EARLIER])
            self.store.pin_identity(user, *self.identities[user])
        return replaced and not vouched


def _name_devices(devices: Iterable[Any]) -> str:
    """Name an account without an identity by its devices."""
    keys = json.dumps(sorted(device.ed25519 for device in devices)).encode()
    return NO_IDENTITY + blake2b(keys, digest_size=32).hexdigest()


def published_identity(answer: Json, user: str) -> PublishedIdentity:
    """Read the identity from an answer to a key query, if its two keys belong together."""
    master: Json = _part(answer, "master_keys").get(user, {})
    own: Json = _part(answer, "self_signing_keys").get(user, {})
    name, signing = _only_key(master, user, "master"), _only_key(own, user, "self_signing")
    if not name or not signing or not is_signed_by(own, user, name, name):
        return PublishedIdentity()
    return PublishedIdentity(name, signing, master)


def _part(answer: Json, name: str) -> Json:
    found = answer.get(name)
    return found if isinstance(found, dict) else {}


def _only_key(key: Any, user: str, usage: str) -> str:
    """Return the public key of a cross-signing key of this account for this usage."""
    if not isinstance(key, dict) or key.get("user_id") != user or key.get("usage") != [usage]:
        return ""
    values = list(_part(key, "keys").values())
    return values[0] if len(values) == 1 and isinstance(values[0], str) else ""


def _key(keys: Json, kind: str, name: str) -> Any:
    return _part(keys, "keys").get(f"{kind}:{name}")


def _chosen(devices: Json, user: str, shown: PublishedIdentity, known: Container[str]) -> Json:
    """Return at most ``MOST_DEVICES`` of an account's devices.

    Those come first that claim to be signed by its identity, and of these the ones that are known.
    """

    def rank(name: str) -> tuple[bool, bool]:
        keys: Any = devices[name]
        signatures = _part(keys, "signatures") if isinstance(keys, dict) else {}
        claims = f"ed25519:{shown.self_signing_key}" in _part(signatures, user)
        return not claims, name not in known

    return {name: devices[name] for name in sorted(devices, key=rank)[:MOST_DEVICES]}


def _is_whole(keys: Any, user: str, name: str) -> bool:
    """Return whether this is the named device and signed its own keys: nio fails on less."""
    if not isinstance(keys, dict):
        return False
    ed25519, curve25519 = (_key(keys, kind, name) for kind in ("ed25519", "curve25519"))
    named = (keys.get("user_id"), keys.get("device_id")) == (user, name)
    whole = isinstance(ed25519, str) and isinstance(curve25519, str)
    return named and whole and is_signed_by(keys, user, name, ed25519)


def _is_signed_by_identity(keys: Json, user: str, shown: PublishedIdentity) -> bool:
    """Return whether the identity signed these keys."""
    key = shown.self_signing_key
    return bool(key) and is_signed_by(keys, user, key, key)


def _has_keys(keys: Json, device: Any) -> bool:
    """Return whether these are the keys that are stored of a device."""
    found = tuple(_key(keys, kind, device.id) for kind in ("ed25519", "curve25519"))
    return found == (device.ed25519, device.curve25519)
