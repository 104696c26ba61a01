"""Give the bot's account a new identity, and sign its device with that."""

from bot.errors import FolderError, HoldfastError
from bot.platforms.matrix.account import MatrixAccount
from bot.platforms.matrix.crypto.identity import replace_identity
from bot.platforms.matrix.device import open_device
from bot.platforms.matrix.failures import ACCOUNT_ERRORS, failure_of
from bot.platforms.matrix.http_client import HttpClient, connected
from bot.platforms.matrix.signals import SignalQueue
from store.crypto.kdf import Entropy
from store.crypto.keyring import Keyring


async def make_new_identity(account: MatrixAccount, keyring: Keyring, entropy: Entropy) -> None:
    """Replace the identity; raise ``HoldfastError`` with the cure if the account is not to use."""
    try:
        async with connected(HttpClient(account.homeserver)) as http_client:
            crypto = await open_device(http_client, account, keyring, entropy, SignalQueue())
            try:
                await crypto.one_time_keys.replenish()
                device = crypto.own_device()
                await replace_identity(
                    http_client, keyring, entropy, device, account.read_password
                )
            finally:
                crypto.close()
    except ACCOUNT_ERRORS as error:
        raise _refused(error) from None


def _refused(error: Exception) -> HoldfastError:
    return error if isinstance(error, HoldfastError) else FolderError(failure_of(error).value)
