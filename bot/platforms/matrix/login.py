"""Log in as the bot's device, with the token in the keyring or with the password.

The device stays the same as long as its file of sessions exists: its id is used again when the
server has dropped the token. If the file is lost, the bot becomes a new device, because the keys
of the old one cannot be made again.
"""

from contextlib import suppress

from bot.platforms.matrix.account import MatrixAccount
from bot.platforms.matrix.crypto.store import FILE, delete_store
from bot.platforms.matrix.failures import LoginRefused, WrongAccount
from bot.platforms.matrix.http_client import HttpClient, Json, RequestDenied, SessionExpired
from store.crypto.keyring import Keyring

TOKEN, DEVICE = "matrix.token", "matrix.device"
"""Names in the keyring."""


async def log_in(http_client: HttpClient, account: MatrixAccount, keyring: Keyring) -> str:
    """Give the client a token that the server accepts; return the id of the device.

    Raises ``PasswordMissing``, ``LoginRefused``, ``WrongAccount`` or ``HttpError``.
    """
    device = keyring.bot.get(DEVICE, b"").decode()
    if device and not (account.folder / FILE).exists():
        await _log_out_lost_device(http_client, keyring)
        device = ""
    if not device:
        delete_store(account.folder)
    http_client.token = keyring.bot.get(TOKEN, b"").decode() if device else ""
    if http_client.token:
        with suppress(SessionExpired):
            return await _check_token(http_client, account, device)
    return await _log_in_with_password(http_client, account, keyring, device)


async def _check_token(http_client: HttpClient, account: MatrixAccount, device: str) -> str:
    """Ask whose token it is; return the id of its device."""
    answer = await http_client.request("GET", "/account/whoami")
    if answer.get("user_id") != account.user:
        raise WrongAccount
    return str(answer.get("device_id") or device)


async def _log_in_with_password(
    http_client: HttpClient, account: MatrixAccount, keyring: Keyring, known_device: str
) -> str:
    """Get a new token, for the same device if there is one."""
    http_client.token = ""
    body: Json = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": account.user},
        "password": account.read_password(),
        "initial_device_display_name": account.device_name,
    }
    try:
        answer = await http_client.request(
            "POST", "/login", {**body, "device_id": known_device} if known_device else body
        )
    except RequestDenied as denied:
        raise LoginRefused from denied
    if answer.get("user_id") != account.user:
        raise WrongAccount
    device, http_client.token = str(answer["device_id"]), str(answer["access_token"])
    keyring.keep({TOKEN: http_client.token.encode(), DEVICE: device.encode()})
    return device


async def _log_out_lost_device(http_client: HttpClient, keyring: Keyring) -> None:
    """Log out the device whose sessions are lost, and drop it from the keyring.

    People's apps would go on encrypting to it, so its token is kept until the server has answered.
    """
    http_client.token = keyring.bot.get(TOKEN, b"").decode()
    if http_client.token:
        with suppress(RequestDenied):
            await http_client.request("POST", "/logout", {})
    keyring.drop((TOKEN, DEVICE))
