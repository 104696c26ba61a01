"""``holdfast try``: see all of it in five minutes, with a made-up organisation."""

import argparse
import asyncio
import logging
import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from bot.app import Application, open_application
from bot.cli.open import show
from bot.cli.prompts import say
from bot.config.load import read_config
from bot.config.values import Config
from bot.demo import trial as made_up
from bot.platforms.terminal.adapter import (
    Line,
    TerminalMessenger,
    next_line,
    prepare_input,
    typed_lines,
)
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
        choices=sorted(made_up.READERS),
        metavar="NAME",
        help="be a reader of the trial in the other terminal: Ash, Oak (if not said) or Rowan",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """The reporter's side, or a reader's."""
    logs.configure(sys.stderr)
    logging.getLogger().setLevel(logging.WARNING)  # the screen belongs to the talk
    harden()
    if args.as_reader:
        asyncio.run(_read(args.as_reader))
        return 0
    with made_up.trial_folder() as folder:
        asyncio.run(_try(made_up.found_trial(folder / "organisation"), folder / "organisation"))
    return 0


async def _try(config: Config, folder: Path) -> None:
    clock = made_up.TrialClock()
    async with open_application(config, clock, secrets.token_bytes) as house:
        trial = made_up.Trial(house, folder, clock, TerminalMessenger(sys.stdout, folder))
        made_up.introduce(sys.stdout)
        made_up.heading("The talk")
        if not await trial.talk(await _lines(trial)):
            say("(The trial ends here: everything in it is thrown away now.)")
            return
        await trial.show_disk()
        await trial.show_readers()
        made_up.heading("That was all of it")
        say("Everything is thrown away now. README.md says how to go on from here.")
        if sys.stdin.isatty():
            say("Press Enter.")
            await next_line(typed_lines(sys.stdin))


async def _lines(trial: "made_up.Trial") -> AsyncIterator[Line]:
    """What is typed; without any input, the sample talk."""
    if sys.stdin.isatty():
        return typed_lines(prepare_input(sys.stdin))
    first = prepare_input(sys.stdin).readline()
    if not first:
        say("(Nobody types, so the sample talk is played.)\n")
        return trial.sample()
    return _echoed(trial, first)


async def _echoed(trial: "made_up.Trial", first: str) -> AsyncIterator[Line]:
    """Lines from a pipe are shown as well, so that the talk can be read."""
    trial.echo(first.rstrip("\r\n"))
    yield first.rstrip("\r\n")
    async for line in typed_lines(sys.stdin):
        if line is not None:
            trial.echo(line)
        yield line


async def _read(name: str) -> None:
    """Look, fetch and open, again and again, until the input or the trial ends."""
    folder = made_up.running_trial()
    key = load_key(folder / "readers" / f"{name}.key", made_up.PASSPHRASE)
    lines = typed_lines(prepare_input(sys.stdin))
    config = read_config(folder / "config.toml")
    async with open_application(config, made_up.TrialClock(), secrets.token_bytes) as house:
        made_up.heading(f"You are {name}, a reader of the made-up organisation")
        opened = await _look(house, name, key, frozenset())
        while await _again(lines):
            if not folder.is_dir():
                say("The trial is over, and everything in it is thrown away.")
                return
            opened |= await _look(house, name, key, opened)


async def _look(
    house: Application, name: str, key: ReaderKey, opened: frozenset[str]
) -> frozenset[str]:
    """Fetch and open what was not opened here yet; gives its codes."""
    member = made_up.reader_named(house, name)
    waiting = {d.code for d in await house.stores.readers.deliveries(member)}
    for code in sorted(waiting - opened):
        bundle = await house.stores.readers.bundle(member, code)
        await house.stores.readers.record_fetch(member, code)
        say(f"{code} was shared with you. You fetch it and open it:")
        show(open_delivery(bundle, key, Notebook()))
    if waiting <= opened:
        say("Nothing new is shared with you.")
    return frozenset(waiting)


async def _again(lines: AsyncIterator[Line]) -> bool:
    """Whether the reader wants to look once more."""
    print("Press Enter to look again, Ctrl-D to leave. ", end="", flush=True)
    return await next_line(lines) is not None
