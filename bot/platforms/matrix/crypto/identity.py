"""Cross-signing: the bot's identity, by which strict clients know its devices (MSC4153).

Three Ed25519 seeds in the keyring: the master key signs the self-signing key, which signs the
devices (Matrix client-server API, "Cross-signing"). They are on the disk before the server has
anything of them. Setting up is repeated at each start and changes nothing that is in order. An
identity at the server that is not ours is never replaced here: whoever talks to the bot would see
that it changed, so that is for people to decide.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.platforms.matrix.crypto.signing import is_signed, public_of, signature, with_signature
from bot.platforms.matrix.http_client import HttpClient, Json, RequestDenied
from store.crypto.kdf import Entropy
from store.crypto.keyring import KEY_BYTES, Keyring

NAMES = ("matrix.master", "matrix.self", "matrix.user")
USAGES = ("master", "self_signing", "user_signing")
ANSWER_KEYS = ("master_keys", "self_signing_keys", "user_signing_keys")
UNAUTHORIZED = 401
PASSWORD_TAKEN_FOR_IDENTITY = "m.login.password"  # noqa: S105 - the name of a kind of login

Password = Callable[[], str]
"""Read when it is needed, from the file that the config names."""


class ForeignIdentity(Exception):
    """The account has an identity whose keys are not in the keyring: lost here, or not ours."""

    def __init__(self) -> None:
        super().__init__("The account's identity is not the one in the keyring.")


class DeviceKeyMismatch(Exception):
    """The server shows other keys for the bot's device than the bot has."""

    def __init__(self) -> None:
        super().__init__("The server shows a device of the bot with keys that are not its own.")


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """What identifies the bot's device, and how it signs."""

    user: str = field(repr=False)
    id: str = field(repr=False)
    ed25519: str = field(repr=False)
    curve25519: str = field(repr=False)
    sign: Callable[[Json], str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot's three keys."""

    seeds: tuple[bytes, bytes, bytes] = field(repr=False)

    def keys(self, user: str, sign: Callable[[Json], str], device: str) -> tuple[Json, Json, Json]:
        """The three public objects, signed as the API wants them."""
        master, own, other = (
            _key_object(user, usage, seed) for usage, seed in zip(USAGES, self.seeds, strict=True)
        )
        by, name = self.seeds[0], public_of(self.seeds[0])
        return (
            with_signature(master, user, device, sign(master)),
            with_signature(own, user, name, signature(own, by)),
            with_signature(other, user, name, signature(other, by)),
        )

    def is_at_server(self, answer: Json, user: str) -> bool | None:
        """Whether the server has this identity; None if it has none at all."""
        if not _key_of(answer, "master_keys", user):
            return None
        wanted = [public_of(seed) for seed in self.seeds]
        master, own, other = (_public(_key_of(answer, kind, user)) for kind in ANSWER_KEYS)
        return [master, own] == wanted[:2] and other in {wanted[2], ""}


async def establish(
    wire: HttpClient, keyring: Keyring, entropy: Entropy, device: OwnDevice, password: Password
) -> None:
    """The account has the keyring's identity, and the device is signed by it.

    Raises ``ForeignIdentity`` and ``DeviceKeyMismatch``, before which nothing is changed.
    """
    answer = await asked(wire, device.user)
    identity = _known(keyring)
    if identity is None:
        if _key_of(answer, "master_keys", device.user):
            raise ForeignIdentity
        identity = _made(keyring, entropy)
    found = identity.is_at_server(answer, device.user)
    if found is False:
        raise ForeignIdentity
    _check(device, answer)
    if found is None:
        await _publish(wire, identity, device, password)
        answer = await asked(wire, device.user)
    await _sign_device(wire, identity, device, answer)


async def begin_anew(
    wire: HttpClient, keyring: Keyring, entropy: Entropy, device: OwnDevice, password: Password
) -> None:
    """A new identity in the place of whatever is there: only when people decided so.

    If the server refuses it, the keyring holds what it held.
    """
    before = {name: keyring.bot[name] for name in NAMES if name in keyring.bot}
    identity = _made(keyring, entropy)
    try:
        await _publish(wire, identity, device, password)
    except RequestDenied:
        keyring.drop(NAMES)
        keyring.keep(before)
        raise
    await _sign_device(wire, identity, device, await asked(wire, device.user))


async def asked(wire: HttpClient, user: str) -> Json:
    """What the server shows of this account's keys (POST /keys/query)."""
    return await wire.call("POST", "/keys/query", {"device_keys": {user: []}})


def _known(keyring: Keyring) -> Identity | None:
    keyring.keep({})  # reads bot.keys: somebody may have restored it, or begun anew, beside us
    seeds = tuple(keyring.bot.get(name, b"") for name in NAMES)
    master, own, other = seeds
    whole = all(len(seed) == KEY_BYTES for seed in seeds)
    return Identity((master, own, other)) if whole else None


def _made(keyring: Keyring, entropy: Entropy) -> Identity:
    """On the disk before anybody else hears of it."""
    master, own, other = (entropy(KEY_BYTES) for _ in NAMES)
    keyring.keep(dict(zip(NAMES, (master, own, other), strict=True)))
    return Identity((master, own, other))


async def _publish(
    wire: HttpClient, identity: Identity, device: OwnDevice, password: Password
) -> None:
    master, own, other = identity.keys(device.user, device.sign, device.id)
    keys = {"master_key": master, "self_signing_key": own, "user_signing_key": other}
    path = "/keys/device_signing/upload"
    try:
        await wire.call("POST", path, keys)
    except RequestDenied as denied:
        if denied.status != UNAUTHORIZED or not denied.session:
            raise
        await wire.call("POST", path, {**keys, "auth": _auth(denied, device.user, password())})


def _auth(denied: RequestDenied, user: str, password: str) -> Json:
    return {
        "type": PASSWORD_TAKEN_FOR_IDENTITY,
        "session": denied.session,
        "identifier": {"type": "m.id.user", "user": user},
        "password": password,
    }


async def _sign_device(
    wire: HttpClient, identity: Identity, device: OwnDevice, answer: Json
) -> None:
    """The device as the server shows it, once its keys are seen to be the bot's own."""
    shown = _check(device, answer)
    seed = identity.seeds[1]
    name = public_of(seed)
    if is_signed(shown, device.user, name, name):
        return
    plain = {key: value for key, value in shown.items() if key != "unsigned"}
    signed = with_signature(plain, device.user, name, signature(plain, seed))
    said = await wire.call("POST", "/keys/signatures/upload", {device.user: {device.id: signed}})
    if said.get("failures"):
        raise DeviceKeyMismatch


def _check(device: OwnDevice, answer: Json) -> Json:
    """Return the device as the server shows it; raise ``DeviceKeyMismatch`` if the keys differ."""
    shown: Json = answer.get("device_keys", {}).get(device.user, {}).get(device.id, {})
    keys = shown.get("keys", {})
    own = (keys.get(f"ed25519:{device.id}"), keys.get(f"curve25519:{device.id}"))
    if own != (device.ed25519, device.curve25519):
        raise DeviceKeyMismatch
    return shown


def _key_object(user: str, usage: str, seed: bytes) -> Json:
    public = public_of(seed)
    return {"user_id": user, "usage": [usage], "keys": {f"ed25519:{public}": public}}


def _key_of(answer: Json, kind: str, user: str) -> Json:
    found = answer.get(kind, {}).get(user)
    return found if isinstance(found, dict) else {}


def _public(key: Json) -> str:
    """The one public key of a cross-signing key object."""
    keys = key.get("keys")
    return next(iter(keys.values()), "") if isinstance(keys, dict) and len(keys) == 1 else ""
