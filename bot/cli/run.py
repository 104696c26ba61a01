"""``holdfast run``: run the bot of one organisation."""

import argparse
import asyncio
import gc
import logging
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from bot.app import Application, open_application
from bot.config.load import OptionalSections, read_config
from bot.config.values import Config
from bot.errors import ConfigProblems
from bot.platforms.base import PlatformDefinition
from bot.platforms.registry import PLATFORMS, make_adapters
from bot.platforms.terminal.adapter import TerminalMessenger, prepare_input, typed_lines
from bot.platforms.terminal.session import Session, terminal_account
from bot.runtime import logs
from bot.runtime.clock import real_seconds, system_clock
from bot.runtime.clock_status import ClockStatus
from bot.runtime.health.file import HealthFile, health_file
from bot.runtime.health.recorder import HealthRecorder
from bot.runtime.health.upkeep_rounds import UpkeepRounds
from bot.runtime.logs import Event, event
from bot.runtime.process_hardening import harden
from bot.runtime.supervisor import serve
from bot.runtime.systemd import keep_informed, notify_socket
from bot.runtime.waiting import cancel_all
from store.inbox.backlog import InboxBacklog
from store.model.accounts import Account

_log = logging.getLogger(__name__)

DEFAULT_ACCOUNT = "local"
COLLECT_EVERY = (20_000, 20, 50)
"""The thresholds of the garbage collector (gc.set_threshold)."""

LEFT_OUT = "One platform is left out until its part of the config is mended:"

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
    """Run on the platforms until told to end, or on this terminal until the input ends."""
    logs.configure(sys.stderr)
    harden()
    config = read_config(args.config, _optional_sections(PLATFORMS))
    if args.account is None and any(platform.is_configured(config) for platform in PLATFORMS):
        asyncio.run(_serve(config, PLATFORMS, health_file(config, args.config)))
    else:
        logging.getLogger().setLevel(logging.WARNING)  # the screen belongs to the conversation
        asyncio.run(_serve_terminal(config, terminal_account(args.account or DEFAULT_ACCOUNT)))
    return 0


def _open(config: Config) -> AbstractAsyncContextManager[Application]:
    return open_application(config, system_clock, secrets.token_bytes, elapsed=real_seconds)


async def _serve_terminal(config: Config, who: Account) -> None:
    async with _open(config) as application:
        for remark in application.library.difference_notes():
            _show_to_operator(remark)
        ClockStatus(application.clock, _show_to_operator).report()
        event(
            _log, Event.STARTED, platform="terminal", revision=application.settings.flow.revision
        )
        terminal = TerminalMessenger(sys.stdout, Path.cwd())
        await Session(application, terminal, who).run(typed_lines(prepare_input(sys.stdin)))


async def _serve(
    config: Config, platforms: Sequence[PlatformDefinition], file: HealthFile
) -> None:
    stop = asyncio.Event()
    for number in ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # under nohup(1) it is
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with file.held():
        async with _open(config) as application:
            for remark in application.library.difference_notes():
                _show_to_operator(remark)
            _collect_garbage_rarely()
            adapters = make_adapters(platforms, config, application, _show_to_operator, stop)
            rounds = UpkeepRounds(system_clock())
            backlog = InboxBacklog(application.stores.inbox.database, system_clock)
            recorder = HealthRecorder(file, adapters, rounds, system_clock, backlog)
            async with _observed(recorder, rounds, stop):
                await serve(application, adapters, stop, _show_to_operator, rounds=rounds)


@asynccontextmanager
async def _observed(
    recorder: HealthRecorder, rounds: UpkeepRounds, stop: asyncio.Event
) -> AsyncIterator[None]:
    """Record how the bot is and tell systemd, until the context ends."""
    tasks = [asyncio.create_task(recorder.run())]
    if (systemd := notify_socket()) is not None:
        informing = keep_informed(systemd, rounds.are_overdue, stop)
        tasks.append(asyncio.create_task(informing))
    try:
        yield
    finally:
        await cancel_all(*tasks)
    await recorder.end()


def _optional_sections(platforms: Sequence[PlatformDefinition]) -> OptionalSections:
    """Let the bot start although one platform is wrongly configured."""
    names = frozenset(platform.name for platform in platforms)
    return OptionalSections(names, _report_left_out)


def _report_left_out(problems: ConfigProblems) -> None:
    _show_to_operator(f"{LEFT_OUT}\n{problems}")


def _collect_garbage_rarely() -> None:
    """Spare the collector what is loaded: to examine it again would cost 3 % of an answer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_EVERY)


def _show_to_operator(sentence: str) -> None:
    """Show a sentence to the operator; it must never be about a reporter."""
    print(f"holdfast: {sentence}", file=sys.stderr, flush=True)
