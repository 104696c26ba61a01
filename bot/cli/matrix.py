"""``holdfast matrix``: what only people may decide about the bot's account on Matrix."""

import argparse
import asyncio
import secrets
from pathlib import Path

from bot.cli.prompts import ask_line
from bot.config.load import read_config
from bot.config.values import Config
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
    acts = parser.add_subparsers(required=True, metavar="ACT")
    anew = acts.add_parser("new-identity", help="a new one, where the old one is lost")
    anew.add_argument("--config", required=True, type=Path, metavar="FILE")
    anew.add_argument("--sure", action="store_true", help="do not ask")
    anew.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make it, sign the bot's device with it, and keep its keys in bot.keys."""
    harden()
    config = read_config(args.config)
    if not args.sure and ask_line(WARNING) != SURE:
        raise UsageError("Nothing was changed.")
    asyncio.run(_anew(config))
    print("The bot has a new identity. Put the three lines that begin with 'matrix.master',")
    print("'matrix.self' and 'matrix.user' of bot.keys on paper, in the place of the old ones.")
    return 0


async def _anew(config: Config) -> None:
    address = account_of(config)
    if address is None:
        raise UsageError("The config names no Matrix account: fill in the section [matrix].")
    keyring = open_keyring(config.store.keyring, secrets.token_bytes)
    try:
        async with connected(HttpClient(address.homeserver)) as http_client:
            crypto = await open_device(
                http_client, address, keyring, secrets.token_bytes, SignalQueue()
            )
            try:
                await crypto.one_time_keys.replenish()
                device = crypto.own_device()
                await replace_identity(
                    http_client, keyring, secrets.token_bytes, device, address.read_password
                )
            finally:
                crypto.close()
    except ACCOUNT_ERRORS as error:
        raise _refused(error) from None


def _refused(error: Exception) -> HoldfastError:
    return error if isinstance(error, HoldfastError) else FolderError(failure_of(error).value)
