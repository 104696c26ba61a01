"""The bot's device: logged in, its sessions open, its keys at the server, its identity proven."""

import time
from functools import partial
from typing import Any

from bot.matrix.cabinet import cabinet_for
from bot.matrix.devices import Devices
from bot.matrix.identity import OwnDevice, UnlikeDevice, asked, establish
from bot.matrix.login import Address, log_in
from bot.matrix.machine import Machine, Sessions
from bot.matrix.onetime import OneTimeKeys
from bot.matrix.wire import Wire
from store.kdf import Entropy
from store.keyring import Keyring

ID_BYTES = 12


async def come_in(wire: Wire, address: Address, keyring: Keyring, entropy: Entropy) -> Machine:
    """Log in and open the device's sessions, which one program at a time may have."""
    device = await log_in(wire, address, keyring)
    address.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    cabinet: Any = cabinet_for(keyring.nio)(address.user, device, str(address.folder))
    olm = Sessions(address.user, device, cabinet)
    return make_machine(olm, cabinet, wire, entropy)


def make_machine(olm: Any, cabinet: Any, wire: Wire, entropy: Entropy) -> Machine:
    """The cryptography of one device."""
    devices, keys = Devices(olm, cabinet, wire), OneTimeKeys(olm, wire)
    new_id = partial(_new_id, entropy)
    return Machine(olm, cabinet, wire, devices, keys, new_id, time.monotonic)


def _new_id(entropy: Entropy) -> str:
    return entropy(ID_BYTES).hex()


async def identify(machine: Machine, address: Address, keyring: Keyring, entropy: Entropy) -> None:
    """Keys first: a device without keys cannot be signed."""
    await machine.keys.replenish()
    device = own_device(machine)
    prove = partial(establish, machine.wire, keyring, entropy, device, address.password)
    try:
        await prove()
    except UnlikeDevice:
        said = await asked(machine.wire, device.user)
        if device.id in said.get("device_keys", {}).get(device.user, {}):
            raise
        machine.olm.account.shared = False  # the server forgot the device
        await machine.keys.replenish()
        await prove()


def own_device(machine: Machine) -> OwnDevice:
    """The bot's device, as its identity signs it."""
    olm = machine.olm
    keys = olm.account.identity_keys
    return OwnDevice(
        olm.user_id, olm.device_id, keys["ed25519"], keys["curve25519"], olm.sign_json
    )
