"""``holdfast matrix``: decisions about the bot's account that only a person may take."""

import argparse
import asyncio
import secrets
from pathlib import Path

from bot.config.load import read_config
from bot.console import ask_line
from bot.errors import UsageError
from bot.platforms.matrix.account import account_of
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
    account = account_of(config)
    if account is None:
        raise UsageError("The config names no Matrix account: fill in the section [matrix].")
    keyring = open_keyring(config.store.keyring, secrets.token_bytes)
    # Only here: nio takes a third of a start, and every command begins with all of their modules.
    from bot.platforms.matrix.new_identity import make_new_identity  # noqa: PLC0415

    asyncio.run(make_new_identity(account, keyring, secrets.token_bytes))
    print("The bot has a new identity. Put the three lines that begin with 'matrix.master',")
    print("'matrix.self' and 'matrix.user' of bot.keys on paper, in the place of the old ones.")
    return 0
