"""``holdfast check``: say what the bot still needs, in plain words, with the cure."""

import argparse
import asyncio
import re
import secrets
import stat
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from bot.app import Application, open_application, read_flows
from bot.config.load import read_config
from bot.config.values import Config
from bot.console import printable
from bot.errors import FolderError, HoldfastError
from bot.platforms.matrix.account import PasswordMissing, account_of
from bot.public_names import PublicName, configured_names, topic_notes
from bot.roster_file import read_roster
from bot.runtime.clock import real_seconds, system_clock
from bot.runtime.clock_status import doubt_of
from bot.runtime.process_hardening import harden
from flows import FlowProblems
from handlers.texts.languages import UNREVIEWED
from store.crypto.keyring import open_keyring
from store.crypto.self_test import check_backend
from store.model.clock import week_of
from store.model.errors import StoreError

FEW_READERS = 2

TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
"""The form of a token. Only Telegram can say whether it is valid."""

UNGRANTED = "this system did not grant: "
NOT_GRANTED = {
    "core-size": "no core dumps; a crash could write keys to the disk",
    "dumpable": "closed memory; another program of the same user could read keys",
    "memory-lock": "locked memory; keys could be written to the swap. Switch the swap off",
}
"""Protections that the operator may want to enable; the bot starts without them."""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("check", help="say what is missing or wrong, and the cure")
    parser.add_argument("--config", required=True, type=Path, metavar="FILE")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run every check, a line each; return 1 if the bot cannot start."""
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
    notes = asyncio.run(_notes(config)) if all(good) else ()
    for note in (
        *notes,
        *topic_notes(asyncio.run(_public_names(config))),
        *_unreviewed(config),
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
    spoken = ", ".join(language.name for language in settings.languages.values())
    asked = f"; asked in {spoken}" if len(settings.languages) > 1 else ""
    return f"{named}; {len(settings.revisions)} in the archive{asked}"


def _unreviewed(config: Config) -> list[str]:
    """Say which of the configured languages nobody has reviewed."""
    return [
        f"the words in '{tag}' were not yet reviewed with people who grew up with them: read them "
        "with some before you offer them"
        for tag in config.flow.languages
        if tag in UNREVIEWED
    ]


def _database(config: Config) -> str:
    asyncio.run(_open_database(config))
    return "it opens, is whole, and is this organisation's"


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
    """Return the content of a token file; raises ``FolderError`` with the cure."""
    try:
        return file.read_text("utf-8-sig").strip()
    except UnicodeDecodeError:
        return ""
    except OSError as error:
        raise FolderError(
            f"{file} cannot be read ({type(error).__name__}). Put the token that @BotFather gave "
            "you into it, and let only the bot's user read it."
        ) from None


async def _public_names(config: Config) -> list[PublicName]:
    """Return what the platforms show of the bot; Telegram is asked, if the token works."""
    names = [*configured_names(config)]
    if config.telegram is not None:
        # Only here: its library takes a fifth of a start, also where the bot is not on Telegram.
        from bot.platforms.telegram.profile import read_names  # noqa: PLC0415

        try:
            token = read_token(config.telegram.token_file)
        except FolderError:
            return names
        if TOKEN.fullmatch(token):
            names += await read_names(config.telegram.api_base, token)
    return names


def _open_files(config: Config) -> list[str]:
    """Warn of secrets that other users can read: they could read and answer every message."""
    named = [
        config.telegram.token_file if config.telegram else None,
        config.matrix.password_file if config.matrix else None,
        config.store.password_file,
    ]
    there = [file for file in named if file is not None and file.is_file()]
    return [f"Other users can open {f}. Close it: chmod 600 {f}" for f in there if _is_open(f)]


def _is_open(file: Path) -> bool:
    return bool(stat.S_IMODE(file.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO))


async def _open_database(config: Config) -> None:
    async with _look_inside(config):
        pass


def _look_inside(config: Config) -> AbstractAsyncContextManager[Application]:
    """Open the store without publishing anything."""
    return open_application(
        config,
        system_clock,
        secrets.token_bytes,
        first=False,
        elapsed=real_seconds,
        thoroughly=True,
    )


async def _notes(config: Config) -> list[str]:
    """Return notes: a clock that is not believed, unpublished changes, revisions that may go."""
    async with _look_inside(config) as application:
        needed = await application.stores.revisions.needed(system_clock())
        clock = application.clock
        return [
            *((doubt_of(clock.wall(), clock()),) if clock.difference() else ()),
            *application.library.difference_notes(),
            *application.library.unneeded_revisions(needed),
        ]
