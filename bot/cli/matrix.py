"""``holdfast matrix``: decisions about the bot's account that only a person may take."""

import argparse
import asyncio
import secrets
from pathlib import Path

from bot.config.load import read_config
from bot.config.values import Config
from bot.console import ask_line
from bot.errors import FolderError, HoldfastError, UsageError
from bot.platforms.matrix.crypto.identity import replace_identity
from bot.platforms.matrix.definition import account_of
from bot.platforms.matrix.device import open_device
from bot.platforms.matrix.failures import ACCOUNT_ERRORS, failure_of
from bot.platforms.matrix.http_client import HttpClient, connected
from bot.platforms.matrix.signals import SignalQueue
from bot.runtime.process_hardening import harden
from store.crypto.keyring import open_keyring

SURE = "new identity"
WARNING = (
    "Everybody who talked to the bot will see that it changed, and should ask you whether that is "
    f"right: tell them by another way. Type '{SURE}' to go on: "
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("matrix", help="the bot's identity on Matrix")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    new_identity = actions.add_parser("new-identity", help="a new one, where the old one is lost")
    new_identity.add_argument("--config", required=True, type=Path, metavar="FILE")
    new_identity.add_argument("--sure", action="store_true", help="do not ask")
    new_identity.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make a new identity, sign the bot's device with it, and keep its keys in bot.keys."""
    harden()
    config = read_config(args.config)
    if not args.sure and ask_line(WARNING) != SURE:
        raise UsageError("Nothing was changed.")
    asyncio.run(_replace_identity(config))
    print("The bot has a new identity. Put the three lines that begin with 'matrix.master',")
    print("'matrix.self' and 'matrix.user' of bot.keys on paper, in the place of the old ones.")
    return 0


async def _replace_identity(config: Config) -> None:
    account = account_of(config)
    if account is None:
        raise UsageError("The config names no Matrix account: fill in the section [matrix].")
    keyring = open_keyring(config.store.keyring, secrets.token_bytes)
    try:
        async with connected(HttpClient(account.homeserver)) as http_client:
            crypto = await open_device(
                http_client, account, keyring, secrets.token_bytes, SignalQueue()
            )
            try:
                await crypto.one_time_keys.replenish()
                device = crypto.own_device()
                await replace_identity(
                    http_client, keyring, secrets.token_bytes, device, account.read_password
                )
            finally:
                crypto.close()
    except ACCOUNT_ERRORS as error:
        raise _refused(error) from None


def _refused(error: Exception) -> HoldfastError:
    return error if isinstance(error, HoldfastError) else FolderError(failure_of(error).value)
