"""``holdfast member``: readers join and fetch where no chat platform is connected.

A reader's name in the roster is also the name of their account on this terminal.
"""

import argparse
import asyncio
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.app import Application, open_application
from bot.config.load import read_config
from bot.console import ask_passphrase_of, say
from bot.errors import FolderError
from bot.output_file import check_output, nothing_is_own
from bot.platforms.terminal.session import terminal_account
from bot.runtime.clock import real_seconds, system_clock
from bot.runtime.process_hardening import harden
from store.atomic_file import is_gone
from store.crypto.keyring import replace_secret_file
from store.model.errors import KeyringError, NotPermitted, Unreadable
from store.model.outbox import SendStart
from store.readers.invitations import is_invitation, read_invitation
from store.readers.key_file import load_key
from store.readers.roster import Member

Action = Callable[[Application, argparse.Namespace], Awaitable[None]]

JOIN_FILE = ".join.age"
"""Ends the name of a file with digits; one that is made anew takes the place of the last."""
SAME_BYTES = 4
"""The bytes at their beginning in which all deliveries are the same."""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its four actions."""
    parser = commands.add_parser("member", help="join, look what was shared with you, fetch it")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    invited = _action(
        actions, "invite", _invite, "make the sealed file with the digits for a reader"
    )
    invited.add_argument("--out", type=Path, metavar="FILE", help="default: NAME.join.age")
    joined = _action(
        actions, "join", _join, "link this account with the digits of the sealed file"
    )
    how = joined.add_mutually_exclusive_group(required=True)
    how.add_argument("--digits", help="the eight digits, if you opened the file yourself")
    how.add_argument("--file", type=Path, metavar="FILE", help="the sealed file; needs --key")
    joined.add_argument("--key", type=Path, metavar="KEY", help="your key file")
    _action(actions, "inbox", _inbox, "show what was shared with you")
    fetched = _action(actions, "fetch", _fetch, "write one delivery to a file")
    fetched.add_argument("code", metavar="CODE", help="the six characters that inbox shows")
    fetched.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="default: here")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    action: Action,
    purpose: str,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=purpose)
    parser.add_argument("name", metavar="NAME", help="the reader's name in the roster")
    parser.add_argument("--config", required=True, type=Path, metavar="FILE")
    parser.set_defaults(run=run, action=action)
    return parser


def run(args: argparse.Namespace) -> int:
    """Run one action with the organisation's store open."""
    harden()
    asyncio.run(_run_action(args))
    return 0


async def _run_action(args: argparse.Namespace) -> None:
    async with open_application(
        read_config(args.config), system_clock, secrets.token_bytes, elapsed=real_seconds
    ) as application:
        await args.action(application, args)


def _member(application: Application, name: str) -> Member:
    member = application.stores.readers.named(name, application.clock())
    if member is None:
        raise NotPermitted(
            f"No reader of the roster is called {name} at the moment. `holdfast roster show` "
            "shows their names."
        )
    return member


async def _invite(application: Application, args: argparse.Namespace) -> None:
    member = _member(application, args.name)
    who = terminal_account(member.pseudonym)
    path = args.out or Path(f"{member.pseudonym}{JOIN_FILE}")
    check_output(path, is_invitation if path.name.endswith(JOIN_FILE) else nothing_is_own)
    sealed = await application.stores.readers.invite(who, member, application.clock())
    replace_secret_file(path.resolve(), sealed)
    say(
        f"{path} is sealed to the key of {member.pseudonym}. Give it to them; within ten minutes:"
        f"\n  holdfast member join {member.pseudonym} --file {path} --key KEY --config FILE"
    )


async def _join(application: Application, args: argparse.Namespace) -> None:
    member = _member(application, args.name)
    digits = args.digits or _digits(args)
    who = terminal_account(member.pseudonym)
    if not await application.stores.readers.join(who, digits, application.clock()):
        raise NotPermitted(
            "These are not the digits, or ten minutes or three tries are over. "
            "`holdfast member invite` makes new ones."
        )
    say(f"{member.pseudonym} is linked. `holdfast member inbox` shows what is shared.")


def _digits(args: argparse.Namespace) -> str:
    """Read the digits from the sealed file with the reader's key."""
    if args.key is None:
        raise Unreadable("A sealed file is opened with a key. Name yours: --key KEY")
    key = load_key(args.key, ask_passphrase_of(args.key))
    return read_invitation(_read(args.file), key).digits


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FolderError(f"{path} cannot be read: {error.strerror}.") from None


async def _inbox(application: Application, args: argparse.Namespace) -> None:
    member, texts = await _linked(application, args.name), application.settings.own_texts.readers
    waiting = await application.stores.readers.deliveries(member)
    if not waiting:
        say(texts.empty)
        return
    for delivery in waiting:
        state = texts.old if delivery.fetched else texts.new
        say(f"  {delivery.code}  {state}")


async def _fetch(application: Application, args: argparse.Namespace) -> None:
    """Write a delivery to a file; one of which nothing was written waits as before."""
    member = await _linked(application, args.name)
    code, readers = args.code.upper(), application.stores.readers
    bundle = await readers.bundle(member, code)
    path = args.out.resolve() / f"{code}.holdfast"
    check_output(path, lambda start: start[:SAME_BYTES] == bundle[:SAME_BYTES])
    start = await readers.begin_fetch(member, code)
    try:
        replace_secret_file(path, bundle)
    except KeyringError:
        if start is SendStart.FIRST and is_gone(path):
            await readers.undo_fetch(member, code)
        raise
    await readers.record_fetch(member, code)
    say(f"{path}\nOpen it on your own device: holdfast open {path.name} --key KEY")


async def _linked(application: Application, name: str) -> Member:
    """Return the reader, if this account has proved to hold their key."""
    who = terminal_account(_member(application, name).pseudonym)
    member = await application.stores.readers.reader_on(who)
    if member is None:
        raise NotPermitted(
            f"{name} is not linked here yet. `holdfast member invite {name}` begins that."
        )
    return member
