"""Logging in, and the keys of devices and identities (client-server API, "End-to-end encryption").

The server checks every signature, as some servers do and the specification allows.
"""

import secrets

from tests.doubles.matrix.homeserver.request import Request
from tests.doubles.matrix.homeserver.shapes import Json
from tests.doubles.matrix.homeserver.signed import is_signed
from tests.doubles.matrix.homeserver.sync import ALGORITHM
from tests.doubles.matrix.homeserver.world import Account, Device, Refused, World

KINDS = ("master_key", "self_signing_key", "user_signing_key")


def log_in(world: World, request: Request) -> Json:
    """Give a token for the password."""
    body = request.body
    account = world.accounts.get(body["identifier"]["user"])
    if account is None or account.password != body["password"]:
        raise Refused(403, "M_FORBIDDEN", "Invalid username or password")
    name = body.get("initial_device_display_name", "")
    device = world.log_in(account, body.get("device_id", ""), name)
    return {"user_id": account.id, "device_id": device.id, "access_token": device.token}


def log_out(world: World, request: Request) -> Json:
    """Remove the device."""
    world.log_out(request.device)
    return {}


def whoami(_world: World, request: Request) -> Json:
    """Say whose token it is."""
    device = request.device
    return {"user_id": device.user, "is_guest": False, "device_id": device.id}


def upload_keys(world: World, request: Request) -> Json:
    """Take keys of a device."""
    device, body = request.device, request.body
    if "device_keys" in body:
        _take_device(world, device, body["device_keys"])
    signing = device.keys.get("keys", {}).get(f"ed25519:{device.id}", "")
    for name, key in body.get("one_time_keys", {}).items():
        _check_key(device, name, key, signing)
        if device.one_time.get(name, key) != key:
            raise Refused(400, "M_UNKNOWN", "one-time key exists already")
        device.one_time[name] = key
    for name, key in body.get("fallback_keys", {}).items():
        _check_key(device, name, key, signing)
        if not key.get("fallback"):
            raise Refused(400, "M_INVALID_PARAM", "no fallback key")
        device.fallback, device.fallback_used = {name: key}, False
    return {"one_time_key_counts": {ALGORITHM: len(device.one_time)}}


def _take_device(world: World, device: Device, keys: Json) -> None:
    if (keys["user_id"], keys["device_id"]) != (device.user, device.id):
        raise Refused(400, "M_INVALID_PARAM", "keys of another device")
    if not is_signed(keys, device.user, keys["keys"].get(f"ed25519:{device.id}", "")):
        raise Refused(400, "M_INVALID_SIGNATURE", "device keys")
    if device.keys.get("keys") != keys["keys"]:
        device.keys = keys
        world.note_devices(device.user)


def _check_key(device: Device, name: str, key: Json, signing: str) -> None:
    if not name.startswith(f"{ALGORITHM}:"):
        raise Refused(400, "M_INVALID_PARAM", "algorithm of a key")
    if not is_signed(key, device.user, signing):
        raise Refused(400, "M_INVALID_SIGNATURE", "one-time or fallback key")


def query_keys(world: World, request: Request) -> Json:
    """Show devices and identities."""
    asked = request.body["device_keys"]
    answer: Json = {"device_keys": {}, "failures": {}, **{f"{kind}s": {} for kind in KINDS}}
    for user, names in asked.items():
        account = world.accounts.get(user)
        answer["device_keys"][user] = _devices(account, names) if account else {}
        for kind, key in account.identity.items() if account else ():
            if kind != "user_signing_key" or user == request.device.user:
                answer[f"{kind}s"][user] = key
    return answer


def _devices(account: Account, names: list[str]) -> Json:
    return {
        name: {**device.keys, "unsigned": {"device_display_name": device.name}}
        if device.name
        else device.keys
        for name, device in account.devices.items()
        if device.keys and (not names or name in names)
    }


def claim_keys(world: World, request: Request) -> Json:
    """Give away a one-time key of each device, or its fallback key."""
    found: Json = {}
    for user, by_device in request.body["one_time_keys"].items():
        account = world.accounts.get(user)
        for name, algorithm in by_device.items() if account else ():
            device = account.devices.get(name) if account else None
            if device is None or algorithm != ALGORITHM:
                continue
            if key := _claim(device):
                found.setdefault(user, {})[name] = key
            world.accounts[user].pulse.ring()
    return {"one_time_keys": found, "failures": {}}


def _claim(device: Device) -> Json:
    if device.one_time:
        name = next(iter(device.one_time))
        return {name: device.one_time.pop(name)}
    device.fallback_used = True
    return dict(device.fallback)


def upload_identity(world: World, request: Request) -> Json:
    """Take an identity; one that replaces another wants the password."""
    account, body = world.account(request.device.user), request.body
    new = {kind: body[kind] for kind in KINDS if kind in body}
    changes = {kind for kind, key in new.items() if account.identity.get(kind) != key}
    if account.identity and changes:
        _authenticate(world, account, body.get("auth"))
    master = new.get("master_key") or account.identity.get("master_key", {})
    public = next(iter(master.get("keys", {}).values()), "")
    for kind in KINDS[1:]:
        if kind in new and not is_signed(new[kind], account.id, public):
            raise Refused(400, "M_INVALID_SIGNATURE", kind)
    if changes:
        account.identity |= new
        world.note_devices(account.id)
    return {}


def _authenticate(world: World, account: Account, auth: Json | None) -> None:
    flows = {"flows": [{"stages": ["m.login.password"]}], "params": {}}
    if auth is None:
        session = secrets.token_hex(8)
        world.sessions.add(session)
        raise Refused(401, "", "", session=session, **flows)
    if auth.get("session") not in world.sessions or auth.get("password") != account.password:
        raise Refused(401, "M_FORBIDDEN", "Invalid password", **flows)


def upload_signatures(world: World, request: Request) -> Json:
    """Add signatures to what is there, and say which could not be added."""
    account, failures = world.account(request.device.user), Json()
    for user, objects in request.body.items():
        for name, signed in objects.items():
            problem = (
                "M_NOT_FOUND" if user != account.id else _add_signature(account, name, signed)
            )
            if problem:
                failures.setdefault(user, {})[name] = {"errcode": problem, "error": name}
    world.note_devices(account.id)
    return {"failures": failures}


def _add_signature(account: Account, name: str, signed: Json) -> str:
    """Return the reason why not."""
    device = account.devices.get(name)
    public = next(iter(account.identity.get("self_signing_key", {}).get("keys", {}).values()), "")
    if device is None or not public:
        return "M_NOT_FOUND"
    if signed.get("keys") != device.keys["keys"] or not is_signed(signed, account.id, public):
        return "M_INVALID_SIGNATURE"
    mine = {**device.keys["signatures"][account.id], **signed["signatures"][account.id]}
    device.keys = {**device.keys, "signatures": {account.id: mine}}
    return ""


def fresh_password() -> str:
    """Return a password that nobody has."""
    return secrets.token_hex(8)
