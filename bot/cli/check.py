"""``holdfast check``: everything that the bot needs, in plain words, with the cure."""

import argparse
import asyncio
import re
import secrets
import stat
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from bot.app import Application, open_application, read_flows, read_roster
from bot.cli.prompts import printable
from bot.config.load import read_config
from bot.config.values import Config
from bot.errors import FolderError, HoldfastError
from bot.platforms.matrix.definition import account_of
from bot.platforms.matrix.failures import PasswordMissing
from bot.runtime.clock import system_clock
from bot.runtime.process_hardening import harden
from flows import FlowProblems
from store.crypto.keyring import open_keyring
from store.crypto.self_test import check_backend
from store.model.clock import week_of
from store.model.errors import StoreError

FEW_READERS = 2

TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
"""Its form; only Telegram can say whether it opens anything, and is not asked here."""

UNGRANTED = "this system did not grant: "
NOT_GRANTED = {
    "core-size": "no core dumps; a crash could write keys to the disk",
    "dumpable": "closed memory; another program of the same user could read keys",
    "memory-lock": "locked memory; keys could be written to the swap. Switch the swap off",
}
"""What the operator may want to change; the bot starts without it."""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("check", help="say what is missing or wrong, and the cure")
    parser.add_argument("--config", required=True, type=Path, metavar="FILE")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Every check, each with its own line; 1 if anything stands in the way."""
    refused = harden()
    config = read_config(args.config)
    checks: tuple[tuple[str, Callable[[Config], str]], ...] = (
        ("cryptography", _backend),
        ("help lines", _help_lines),
        ("keyring", _keyring),
        ("roster", _roster),
        ("questionnaire", _flow),
        ("database", _database),
        ("telegram", _telegram),
        ("matrix", _matrix),
    )
    good = [_report(name, check, config) for name, check in checks]
    words = asyncio.run(_about_words(config)) if all(good) else ()
    for note in (
        *words,
        *_open_files(config),
        *(f"{UNGRANTED}{NOT_GRANTED[code]}" for code in refused),
    ):
        print(f"  note   {printable(note)}")
    print("The bot can start." if all(good) else "The bot cannot start yet.")
    return 0 if all(good) else 1


def _report(name: str, check: Callable[[Config], str], config: Config) -> bool:
    try:
        print(f"  good   {name}: {printable(check(config))}")
    except (StoreError, HoldfastError, FlowProblems) as error:
        lines = printable(str(error)).splitlines()
        print("\n".join(f"  wrong  {name}: {line}" for line in lines))
        return False
    return True


def _backend(_config: Config) -> str:
    check_backend()
    return "the library reproduces its known answers"


def _help_lines(config: Config) -> str:
    return f"{len(config.organisation.help)} configured"


def _keyring(config: Config) -> str:
    open_keyring(config.store.keyring, secrets.token_bytes)
    return "readable, and closed to others"


def _roster(config: Config) -> str:
    newest = read_roster(config)[-1].roster
    names = [m.pseudonym for m in newest.active(week_of(system_clock()))]
    hint = "; two readers or more are safer" if len(names) < FEW_READERS else ""
    return f"version {newest.version}, {', '.join(sorted(names)) or 'nobody'}{hint}"


def _flow(config: Config) -> str:
    settings = read_flows(config, first=False).settings
    named = ", ".join(f"{flow.name} revision {flow.revision}" for flow in settings.offered)
    return f"{named}; {len(settings.revisions)} in the archive"


def _database(config: Config) -> str:
    asyncio.run(_open(config))
    return "it opens, and is this organisation's"


def _telegram(config: Config) -> str:
    if config.telegram is None:
        return "not spoken"
    file = config.telegram.token_file
    if not TOKEN.fullmatch(read_token(file)):
        raise FolderError(
            f"{file} does not hold one line such as 123456:ABC-DEF1234. Copy the token once more "
            "from @BotFather; nothing else may stand in the file."
        )
    return "the token is there; whether it opens anything is seen when the bot starts"


def _matrix(config: Config) -> str:
    account = account_of(config)
    if account is None:
        return "not spoken"
    try:
        account.read_password()
    except PasswordMissing:
        raise FolderError(
            f"{account.password_file} is empty or cannot be read. Put the password of the bot's "
            "account into it, and let only the bot's user read it."
        ) from None
    return "the password is there; whether it opens anything is seen when the bot starts"


def read_token(file: Path) -> str:
    """What stands in the file, or a sentence with the cure."""
    try:
        return file.read_text("utf-8-sig").strip()
    except UnicodeDecodeError:
        return ""
    except OSError as error:
        raise FolderError(
            f"{file} cannot be read ({type(error).__name__}). Put the token that @BotFather gave "
            "you into it, and let only the bot's user read it."
        ) from None


def _open_files(config: Config) -> list[str]:
    """Whoever can read token or password can read and answer what people write to the bot."""
    named = [
        config.telegram.token_file if config.telegram else None,
        config.matrix.password_file if config.matrix else None,
    ]
    there = [file for file in named if file is not None and file.is_file()]
    return [f"Other users can open {f}. Close it: chmod 600 {f}" for f in there if _is_open(f)]


def _is_open(file: Path) -> bool:
    return bool(stat.S_IMODE(file.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO))


async def _open(config: Config) -> None:
    async with _house(config):
        pass


def _house(config: Config) -> AbstractAsyncContextManager[Application]:
    """Only looked into: nothing is published by looking."""
    return open_application(config, system_clock, secrets.token_bytes, first=False)


async def _about_words(config: Config) -> list[str]:
    """What whoever edits the questions, or tidies up, should know."""
    async with _house(config) as house:
        needed = await house.stores.revisions.needed(system_clock())
        return [*house.library.difference_notes(), *house.library.unneeded_revisions(needed)]
