"""``holdfast run``: the bot of one organisation."""

import argparse
import asyncio
import gc
import logging
import secrets
import signal
import sys
from pathlib import Path

from bot.app import Application, open_house
from bot.cli.matrix import address_of
from bot.config.sections import Config, read_config
from bot.platforms.matrix.adapter import make_matrix_adapter
from bot.platforms.telegram.adapter import BotApiEndpoint, make_telegram_adapter
from bot.platforms.terminal.adapter import TerminalMessenger, prepare_input, typed_lines
from bot.platforms.terminal.session import Session, terminal_account
from bot.runtime import logs
from bot.runtime.clock import system_clock
from bot.runtime.logs import Event, event
from bot.runtime.process_hardening import harden
from bot.runtime.supervisor import SupervisedPlatform, serve
from store.model.accounts import Account

_log = logging.getLogger(__name__)

DEFAULT_ACCOUNT = "local"
COLLECT_EVERY = (20_000, 20, 50)
"""Objects, and rounds, between two looks for what is not needed any more (gc.set_threshold)."""

SET_ASIDE = "One platform is left out until its part of the config is mended:"

ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("run", help="start the bot: on Telegram, on Matrix, or here")
    parser.add_argument("--config", required=True, type=Path, metavar="FILE")
    parser.add_argument(
        "--account",
        help=f"talk on this terminal, as this account (without a platform: {DEFAULT_ACCOUNT})",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """On the platforms until told to end; or on this terminal until the input ends."""
    logs.configure(sys.stderr)
    harden()
    config = read_config(args.config, lambda problems: _tell(f"{SET_ASIDE}\n{problems}"))
    if (config.telegram or config.matrix) and args.account is None:
        asyncio.run(_serve(config))
    else:
        logging.getLogger().setLevel(logging.WARNING)  # the screen belongs to the talk
        asyncio.run(_talk(config, terminal_account(args.account or DEFAULT_ACCOUNT)))
    return 0


async def _talk(config: Config, who: Account) -> None:
    async with open_house(config, system_clock, secrets.token_bytes) as house:
        for remark in house.library.remarks():
            _tell(remark)
        event(_log, Event.STARTED, platform="terminal", revision=house.settings.flow.revision)
        terminal = TerminalMessenger(sys.stdout, Path.cwd())
        await Session(house, terminal, who).run(typed_lines(prepare_input(sys.stdin)))


async def _serve(config: Config) -> None:
    stop = asyncio.Event()
    for number in ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # under nohup(1) it is
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_house(config, system_clock, secrets.token_bytes) as house:
        for remark in house.library.remarks():
            _tell(remark)
        _collect_seldom()
        await serve(house, platforms(config, house, stop), stop, _tell)


def platforms(
    config: Config, house: Application, stop: asyncio.Event
) -> tuple[SupervisedPlatform, ...]:
    """The platforms that the config names."""
    found: list[SupervisedPlatform] = []
    if config.telegram is not None:
        bot = BotApiEndpoint(config.telegram.api_base, config.telegram.token_file)
        found.append(make_telegram_adapter(house, bot, _tell, stop))
    account = address_of(config)
    if account is not None:
        found.append(make_matrix_adapter(house, account, _tell, stop))
    return tuple(found)


def _collect_seldom() -> None:
    """What is loaded by now stays: looking through it again and again costs 3 % of an answer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_EVERY)


def _tell(sentence: str) -> None:
    """To the operator; never about anybody."""
    print(f"holdfast: {sentence}", file=sys.stderr, flush=True)
