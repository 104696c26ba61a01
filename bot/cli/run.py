"""``holdfast run``: the bot of one organisation."""

import argparse
import asyncio
import logging
import secrets
import sys
from pathlib import Path

from bot import logs
from bot.clock import system_clock
from bot.config import read_config
from bot.hygiene import harden
from bot.logs import Event, event
from bot.session import Session, terminal_account
from bot.terminal import Terminal, prepare_input, typed_lines
from bot.wiring import open_house
from store.records import Account

_log = logging.getLogger(__name__)

DEFAULT_ACCOUNT = "local"


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("run", help="start the bot; in this version on this terminal")
    parser.add_argument("--config", required=True, type=Path, metavar="FILE")
    parser.add_argument(
        "--account", default=DEFAULT_ACCOUNT, help="who sits at this terminal (default: local)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Talk on this terminal until the input ends."""
    logs.configure(sys.stderr)
    logging.getLogger().setLevel(logging.WARNING)  # the screen belongs to the talk
    harden()
    asyncio.run(_talk(args.config, terminal_account(args.account)))
    return 0


async def _talk(config: Path, who: Account) -> None:
    async with open_house(read_config(config), system_clock, secrets.token_bytes) as house:
        event(_log, Event.STARTED, platform="terminal", revision=house.setting.flow.revision)
        terminal = Terminal(sys.stdout, Path.cwd())
        await Session(house, terminal, who).run(typed_lines(prepare_input(sys.stdin)))
