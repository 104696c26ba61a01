"""Becoming the bot's device: by the token in the keyring, or with the password.

The device stays the same as long as its sessions are there: its id is used again whenever the
server forgot the token. Only if the sessions are lost is it a new device, because the old one's
keys cannot be made again.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.platforms.matrix.crypto.store import FILE, discard
from bot.platforms.matrix.failures import LoginRefused, NoPassword, OtherAccount
from bot.platforms.matrix.http_client import HttpClient, Json, RequestDenied, SessionExpired
from store.crypto.keyring import Keyring

TOKEN, DEVICE = "matrix.token", "matrix.device"


@dataclass(frozen=True, slots=True)
class MatrixAccount:
    """The bot's account, and the file with its password."""

    homeserver: str
    user: str = field(repr=False)
    password_file: Path
    device_name: str
    folder: Path
    """Where the sessions are kept."""

    def password(self) -> str:
        """Read anew each time, so that a new one needs no restart."""
        try:
            text = self.password_file.read_text("utf-8-sig").strip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise NoPassword from None
        if not text:
            raise NoPassword
        return text


async def log_in(wire: HttpClient, address: MatrixAccount, keyring: Keyring) -> str:
    """The wire has a token that the server takes; the id of the device."""
    known = keyring.bot.get(DEVICE, b"").decode()
    if known and not (address.folder / FILE).exists():
        await _give_up(wire, keyring)
        known = ""
    if not known:
        discard(address.folder)
    wire.token = keyring.bot.get(TOKEN, b"").decode() if known else ""
    if wire.token:
        with suppress(SessionExpired):
            return await _who(wire, address, known)
    return await _with_password(wire, address, keyring, known)


async def _who(wire: HttpClient, address: MatrixAccount, known: str) -> str:
    said = await wire.call("GET", "/account/whoami")
    if said.get("user_id") != address.user:
        raise OtherAccount
    return str(said.get("device_id") or known)


async def _with_password(
    wire: HttpClient, address: MatrixAccount, keyring: Keyring, known: str
) -> str:
    """A new token; of the same device, if there was one."""
    wire.token = ""
    body: Json = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": address.user},
        "password": address.password(),
        "initial_device_display_name": address.device_name,
    }
    try:
        said = await wire.call("POST", "/login", {**body, "device_id": known} if known else body)
    except RequestDenied as denied:
        raise LoginRefused from denied
    if said.get("user_id") != address.user:
        raise OtherAccount
    device, wire.token = str(said["device_id"]), str(said["access_token"])
    keyring.keep({TOKEN: wire.token.encode(), DEVICE: device.encode()})
    return device


async def _give_up(wire: HttpClient, keyring: Keyring) -> None:
    """The device whose sessions are lost is no device any more.

    People's apps would go on to encrypt to it, so its token is kept until the server took that.
    """
    wire.token = keyring.bot.get(TOKEN, b"").decode()
    if wire.token:
        with suppress(RequestDenied):
            await wire.call("POST", "/logout", {})
    keyring.drop((TOKEN, DEVICE))
