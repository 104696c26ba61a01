"""Open the bot's device: log in, open its sessions, publish its keys, prove its identity."""

import time
from functools import partial
from typing import Any

from bot.platforms.matrix.account import MatrixAccount
from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto
from bot.platforms.matrix.crypto.devices import DeviceDirectory
from bot.platforms.matrix.crypto.identity import DeviceKeyMismatch, ensure_identity, query_keys
from bot.platforms.matrix.crypto.message_indices import MessageIndices
from bot.platforms.matrix.crypto.olm_machine import OlmMachine
from bot.platforms.matrix.crypto.one_time_keys import OneTimeKeys
from bot.platforms.matrix.crypto.store import CryptoStore, store_class_for
from bot.platforms.matrix.crypto.tables import ReadMessagesTable
from bot.platforms.matrix.crypto.to_device import Monotonic, ToDeviceSender
from bot.platforms.matrix.http_client import HttpClient
from bot.platforms.matrix.login import log_in
from bot.platforms.matrix.signals import SignalQueue
from store.crypto.kdf import Entropy
from store.crypto.keyring import Keyring

ID_BYTES = 12


async def open_device(
    http_client: HttpClient,
    account: MatrixAccount,
    keyring: Keyring,
    entropy: Entropy,
    signals: SignalQueue,
) -> DeviceCrypto:
    """Log in and open the device's sessions, which one program at a time may hold.

    The caller closes what this returns. Raises ``CryptoStoreError``, and what ``log_in`` raises.
    """
    device = await log_in(http_client, account, keyring)
    account.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = store_class_for(keyring.nio)(account.user, device, str(account.folder))
    try:
        olm = OlmMachine(account.user, device, store)
        return make_device_crypto(olm, store, http_client, entropy, signals)
    except BaseException:
        store.close()  # else its lock keeps the next try out
        raise


def make_device_crypto(
    olm: Any,
    store: CryptoStore,
    http_client: HttpClient,
    entropy: Entropy,
    signals: SignalQueue,
    monotonic: Monotonic = time.monotonic,
) -> DeviceCrypto:
    """Put the cryptography of one device together."""
    devices = DeviceDirectory(olm, store, http_client)
    one_time_keys = OneTimeKeys(olm, http_client, monotonic)
    to_device = ToDeviceSender(olm, store, http_client, partial(new_id, entropy), monotonic)
    indices = MessageIndices(ReadMessagesTable(store.database))
    return DeviceCrypto(olm, store, devices, one_time_keys, to_device, indices, signals)


def new_id(entropy: Entropy) -> str:
    """Return a random transaction id."""
    return entropy(ID_BYTES).hex()


async def publish_device(
    http_client: HttpClient,
    crypto: DeviceCrypto,
    account: MatrixAccount,
    keyring: Keyring,
    entropy: Entropy,
) -> None:
    """Publish the device's keys, then sign it with the bot's identity.

    Raises what ``ensure_identity`` raises.
    """
    await crypto.one_time_keys.replenish()
    device = crypto.own_device()
    sign_device = partial(
        ensure_identity, http_client, keyring, entropy, device, account.read_password
    )
    try:
        await sign_device()
    except DeviceKeyMismatch:
        answer = await query_keys(http_client, device.user)
        if device.id in answer.get("device_keys", {}).get(device.user, {}):
            raise
        # The server lost the device: publish it again.
        crypto.one_time_keys.forget_upload()
        await crypto.one_time_keys.replenish()
        await sign_device()
