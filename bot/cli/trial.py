"""``holdfast try``: see all of it in five minutes, with a made-up organisation."""

import argparse
import asyncio
import logging
import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from bot.app import Application, open_application
from bot.config.load import read_config
from bot.config.values import Config
from bot.console import say
from bot.demo import trial as demo
from bot.platforms.terminal.adapter import (
    Line,
    TerminalMessenger,
    next_line,
    prepare_input,
    typed_lines,
)
from bot.report_display import show_report
from bot.runtime import logs
from bot.runtime.process_hardening import harden
from store.readers.delivery_bundle import open_delivery
from store.readers.key_file import ReaderKey, load_key
from store.readers.notebook import Notebook


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("try", help="a talk with a made-up organisation")
    parser.add_argument(
        "--as-reader",
        nargs="?",
        const="Oak",
        choices=sorted(demo.READERS),
        metavar="NAME",
        help="be a reader of the trial in the other terminal: Ash, Oak (if not said) or Rowan",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the reporter's side of a trial, or a reader's."""
    logs.configure(sys.stderr)
    logging.getLogger().setLevel(logging.WARNING)  # the screen belongs to the conversation
    harden()
    if args.as_reader:
        asyncio.run(_be_reader(args.as_reader))
        return 0
    with demo.trial_folder() as folder:
        asyncio.run(
            _be_reporter(demo.found_trial(folder / "organisation"), folder / "organisation")
        )
    return 0


async def _be_reporter(config: Config, folder: Path) -> None:
    clock = demo.TrialClock()
    async with open_application(config, clock, secrets.token_bytes) as application:
        trial = demo.Trial(application, folder, clock, TerminalMessenger(sys.stdout, folder))
        demo.introduce(sys.stdout)
        demo.heading("The talk")
        if not await trial.hold_conversation(await _lines(trial)):
            say("(The trial ends here: everything in it is thrown away now.)")
            return
        await trial.show_disk()
        await trial.show_readers()
        demo.heading("That was all of it")
        say("Everything is thrown away now. README.md says how to go on from here.")
        if sys.stdin.isatty():
            say("Press Enter.")
            await next_line(typed_lines(sys.stdin))


async def _lines(trial: "demo.Trial") -> AsyncIterator[Line]:
    """Yield what is typed; without any input, the sample talk."""
    if sys.stdin.isatty():
        return typed_lines(prepare_input(sys.stdin))
    first = prepare_input(sys.stdin).readline()
    if not first:
        say("(Nobody types, so the sample talk is played.)\n")
        return trial.sample()
    return _echoed(trial, first)


async def _echoed(trial: "demo.Trial", first: str) -> AsyncIterator[Line]:
    """Show the lines of a pipe as well, so that the conversation can be read."""
    trial.echo(first.rstrip("\r\n"))
    yield first.rstrip("\r\n")
    async for line in typed_lines(sys.stdin):
        if line is not None:
            trial.echo(line)
        yield line


async def _be_reader(name: str) -> None:
    """Fetch and open deliveries until the input or the trial ends."""
    folder = demo.running_trial()
    key = load_key(folder / "readers" / f"{name}.key", demo.PASSPHRASE)
    lines = typed_lines(prepare_input(sys.stdin))
    config = read_config(folder / "config.toml")
    async with open_application(config, demo.TrialClock(), secrets.token_bytes) as application:
        demo.heading(f"You are {name}, a reader of the made-up organisation")
        opened = await _open_deliveries(application, name, key, frozenset())
        while await _wants_more(lines):
            if not folder.is_dir():
                say("The trial is over, and everything in it is thrown away.")
                return
            opened |= await _open_deliveries(application, name, key, opened)


async def _open_deliveries(
    application: Application, name: str, key: ReaderKey, opened: frozenset[str]
) -> frozenset[str]:
    """Fetch and open what was not opened here yet; return the codes of all that waits."""
    member = demo.reader_named(application, name)
    waiting = {d.code for d in await application.stores.readers.deliveries(member)}
    for code in sorted(waiting - opened):
        bundle = await demo.fetch(application, member, code)
        say(f"{code} was shared with you. You fetch it and open it:")
        show_report(open_delivery(bundle, key, Notebook()))
    if waiting <= opened:
        say("Nothing new is shared with you.")
    return frozenset(waiting)


async def _wants_more(lines: AsyncIterator[Line]) -> bool:
    """Ask whether the reader wants to look once more."""
    print("Press Enter to look again, Ctrl-D to leave. ", end="", flush=True)
    return await next_line(lines) is not None
