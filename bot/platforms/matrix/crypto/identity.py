"""Set up the bot's cross-signing identity, by which strict clients trust its device (MSC4153).

The keyring holds three Ed25519 seeds: the master key signs the self-signing key, which signs the
device (Matrix client-server API, "Cross-signing"). They are on disk before the server has anything
of them. The set-up is repeated at each start and changes nothing that is in order. An identity at
the server that is not in the keyring is never replaced by the program: everybody who talks to the
bot would see the change, so people must decide about it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.platforms.matrix.crypto.signing import add_signature, is_signed_by, public_key, sign
from bot.platforms.matrix.http_client import HttpClient, Json, RequestDenied
from store.crypto.kdf import Entropy
from store.crypto.keyring import KEY_BYTES, Keyring

SEED_NAMES = ("matrix.master", "matrix.self", "matrix.user")
USAGES = ("master", "self_signing", "user_signing")
ANSWER_KEYS = ("master_keys", "self_signing_keys", "user_signing_keys")
UNAUTHORIZED = 401
PASSWORD_STAGE = "m.login.password"  # noqa: S105 - the name of a stage of authentication

Password = Callable[[], str]
"""Reads the password, when it is needed, from the file that the config names."""


class ForeignIdentity(Exception):
    """The account's identity is not in the keyring: seeds were lost, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__("The account's identity is not the one in the keyring.")


class DeviceKeyMismatch(Exception):
    """The server shows other keys for the bot's device than the device has."""

    def __init__(self) -> None:
        super().__init__("The server shows a device of the bot with keys that are not its own.")


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """The bot's device: its names, its public keys, and a function that signs for it."""

    user: str = field(repr=False)
    id: str = field(repr=False)
    ed25519: str = field(repr=False)
    curve25519: str = field(repr=False)
    sign: Callable[[Json], str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class CrossSigningIdentity:
    """The bot's three cross-signing keys, as seeds."""

    seeds: tuple[bytes, bytes, bytes] = field(repr=False)

    def public_objects(
        self, user: str, sign_by_device: Callable[[Json], str], device: str
    ) -> tuple[Json, Json, Json]:
        """Return the three public objects, signed as the API wants them."""
        master, self_signing, user_signing = (
            _key_object(user, usage, seed) for usage, seed in zip(USAGES, self.seeds, strict=True)
        )
        seed, name = self.seeds[0], public_key(self.seeds[0])
        return (
            add_signature(master, user, device, sign_by_device(master)),
            add_signature(self_signing, user, name, sign(self_signing, seed)),
            add_signature(user_signing, user, name, sign(user_signing, seed)),
        )

    def is_published(self, answer: Json, user: str) -> bool | None:
        """Return whether the server has this identity; None if it has none at all."""
        if not _key_of(answer, "master_keys", user):
            return None
        wanted = [public_key(seed) for seed in self.seeds]
        master, self_signing, user_signing = (
            _public(_key_of(answer, kind, user)) for kind in ANSWER_KEYS
        )
        return [master, self_signing] == wanted[:2] and user_signing in {wanted[2], ""}


async def ensure_identity(
    http_client: HttpClient,
    keyring: Keyring,
    entropy: Entropy,
    device: OwnDevice,
    password: Password,
) -> None:
    """Publish the keyring's identity if the account has none, and sign the device with it.

    Raises ``ForeignIdentity`` or ``DeviceKeyMismatch``, before anything is changed, and
    ``HttpError``.
    """
    answer = await query_keys(http_client, device.user)
    identity = _load(keyring)
    if identity is None:
        if _key_of(answer, "master_keys", device.user):
            raise ForeignIdentity
        identity = _create(keyring, entropy)
    published = identity.is_published(answer, device.user)
    if published is False:
        raise ForeignIdentity
    _own_device_keys(device, answer)
    if published is None:
        await _publish(http_client, identity, device, password)
        answer = await query_keys(http_client, device.user)
    await _sign_device(http_client, identity, device, answer)


async def replace_identity(
    http_client: HttpClient,
    keyring: Keyring,
    entropy: Entropy,
    device: OwnDevice,
    password: Password,
) -> None:
    """Put a new identity in the place of any other: only for a command that people gave.

    If the server refuses it, the keyring is left as it was and ``RequestDenied`` is raised.
    """
    before = {name: keyring.bot[name] for name in SEED_NAMES if name in keyring.bot}
    identity = _create(keyring, entropy)
    try:
        await _publish(http_client, identity, device, password)
    except RequestDenied:
        keyring.drop(SEED_NAMES)
        keyring.keep(before)
        raise
    await _sign_device(http_client, identity, device, await query_keys(http_client, device.user))


async def query_keys(http_client: HttpClient, user: str) -> Json:
    """Query the keys that the server shows of an account (POST /keys/query)."""
    return await http_client.request("POST", "/keys/query", {"device_keys": {user: []}})


def _load(keyring: Keyring) -> CrossSigningIdentity | None:
    """Read the identity; None unless all three seeds are there."""
    keyring.keep({})  # reads bot.keys anew: another process may have restored or replaced seeds
    seeds = tuple(keyring.bot.get(name, b"") for name in SEED_NAMES)
    if any(len(seed) != KEY_BYTES for seed in seeds):
        return None
    master, self_signing, user_signing = seeds
    return CrossSigningIdentity((master, self_signing, user_signing))


def _create(keyring: Keyring, entropy: Entropy) -> CrossSigningIdentity:
    """Make new seeds, and write them to disk before anything of them is published."""
    master, self_signing, user_signing = (entropy(KEY_BYTES) for _ in SEED_NAMES)
    seeds = (master, self_signing, user_signing)
    keyring.keep(dict(zip(SEED_NAMES, seeds, strict=True)))
    return CrossSigningIdentity(seeds)


async def _publish(
    http_client: HttpClient, identity: CrossSigningIdentity, device: OwnDevice, password: Password
) -> None:
    master, self_signing, user_signing = identity.public_objects(
        device.user, device.sign, device.id
    )
    keys = {
        "master_key": master,
        "self_signing_key": self_signing,
        "user_signing_key": user_signing,
    }
    path = "/keys/device_signing/upload"
    try:
        await http_client.request("POST", path, keys)
    except RequestDenied as denied:
        if denied.status != UNAUTHORIZED or not denied.auth_session:
            raise
        await http_client.request(
            "POST", path, {**keys, "auth": _auth(denied, device.user, password())}
        )


def _auth(denied: RequestDenied, user: str, password: str) -> Json:
    return {
        "type": PASSWORD_STAGE,
        "session": denied.auth_session,
        "identifier": {"type": "m.id.user", "user": user},
        "password": password,
    }


async def _sign_device(
    http_client: HttpClient, identity: CrossSigningIdentity, device: OwnDevice, answer: Json
) -> None:
    """Sign the device as the server shows it, after its keys are checked to be the bot's own."""
    shown = _own_device_keys(device, answer)
    seed = identity.seeds[1]
    name = public_key(seed)
    if is_signed_by(shown, device.user, name, name):
        return
    plain = {key: value for key, value in shown.items() if key != "unsigned"}
    signed = add_signature(plain, device.user, name, sign(plain, seed))
    answer = await http_client.request(
        "POST", "/keys/signatures/upload", {device.user: {device.id: signed}}
    )
    if answer.get("failures"):
        raise DeviceKeyMismatch


def _own_device_keys(device: OwnDevice, answer: Json) -> Json:
    """Return the device as the server shows it; raise ``DeviceKeyMismatch`` if its keys differ."""
    shown: Json = answer.get("device_keys", {}).get(device.user, {}).get(device.id, {})
    keys = shown.get("keys", {})
    own = (keys.get(f"ed25519:{device.id}"), keys.get(f"curve25519:{device.id}"))
    if own != (device.ed25519, device.curve25519):
        raise DeviceKeyMismatch
    return shown


def _key_object(user: str, usage: str, seed: bytes) -> Json:
    public = public_key(seed)
    return {"user_id": user, "usage": [usage], "keys": {f"ed25519:{public}": public}}


def _key_of(answer: Json, kind: str, user: str) -> Json:
    found = answer.get(kind, {}).get(user)
    return found if isinstance(found, dict) else {}


def _public(key: Json) -> str:
    """Return the public key of a cross-signing key object; empty unless there is exactly one."""
    keys = key.get("keys")
    return next(iter(keys.values()), "") if isinstance(keys, dict) and len(keys) == 1 else ""
