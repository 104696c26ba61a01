"""The bot's device: logged in, its sessions open, its keys at the server, its identity proven."""

import time
from functools import partial
from typing import Any

from bot.platforms.matrix.crypto.devices import DeviceDirectory
from bot.platforms.matrix.crypto.identity import DeviceKeyMismatch, OwnDevice, asked, establish
from bot.platforms.matrix.crypto.machine import DeviceCrypto, OlmSessions
from bot.platforms.matrix.crypto.one_time_keys import OneTimeKeys
from bot.platforms.matrix.crypto.store import cabinet_for
from bot.platforms.matrix.http_client import HttpClient
from bot.platforms.matrix.login import MatrixAccount, log_in
from store.crypto.kdf import Entropy
from store.crypto.keyring import Keyring

ID_BYTES = 12


async def come_in(
    wire: HttpClient, address: MatrixAccount, keyring: Keyring, entropy: Entropy
) -> DeviceCrypto:
    """Log in and open the device's sessions, which one program at a time may have."""
    device = await log_in(wire, address, keyring)
    address.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    cabinet: Any = cabinet_for(keyring.nio)(address.user, device, str(address.folder))
    olm = OlmSessions(address.user, device, cabinet)
    return make_machine(olm, cabinet, wire, entropy)


def make_machine(olm: Any, cabinet: Any, wire: HttpClient, entropy: Entropy) -> DeviceCrypto:
    """The cryptography of one device."""
    devices, keys = DeviceDirectory(olm, cabinet, wire), OneTimeKeys(olm, wire)
    new_id = partial(_new_id, entropy)
    return DeviceCrypto(olm, cabinet, wire, devices, keys, new_id, time.monotonic)


def _new_id(entropy: Entropy) -> str:
    return entropy(ID_BYTES).hex()


async def identify(
    machine: DeviceCrypto, address: MatrixAccount, keyring: Keyring, entropy: Entropy
) -> None:
    """Keys first: a device without keys cannot be signed."""
    await machine.keys.replenish()
    device = own_device(machine)
    prove = partial(establish, machine.wire, keyring, entropy, device, address.password)
    try:
        await prove()
    except DeviceKeyMismatch:
        said = await asked(machine.wire, device.user)
        if device.id in said.get("device_keys", {}).get(device.user, {}):
            raise
        machine.olm.account.shared = False  # the server forgot the device
        await machine.keys.replenish()
        await prove()


def own_device(machine: DeviceCrypto) -> OwnDevice:
    """The bot's device, as its identity signs it."""
    olm = machine.olm
    keys = olm.account.identity_keys
    return OwnDevice(
        olm.user_id, olm.device_id, keys["ed25519"], keys["curve25519"], olm.sign_json
    )
