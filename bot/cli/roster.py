"""``holdfast roster``: make, sign and check the list of commission members."""

import argparse
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.console import ask_passphrase_of, say
from bot.output_file import check_output
from bot.roster_file import check_reader_names, read_roster_text
from store.atomic_file import replace_file
from store.crypto.mnemonics import FINGERPRINT_BYTES, fingerprint_words
from store.model.clock import week_of
from store.model.errors import RosterError
from store.readers.key_file import load_card, load_key
from store.readers.roster import HASH_BYTES, Chain, Member, Note, format_chain
from store.readers.roster_chain import (
    check_history,
    check_signed,
    genesis,
    member_of,
    needed,
    read_chain,
    sign,
    signed_by,
    signers,
    with_member,
    with_new_key,
)
from store.readers.roster_parser import parse_chain

_PINNED = """
This is the hash of the founding list:

    {hash}

Write it on paper, on your posters and in the configuration of the bot ([roster] genesis). \
Whoever has it can check that nobody exchanged the list.
"""
_ROLES = {
    "commission": "commission member",
    "intermediary": "intermediary",
    "mandated": "must pass on what they are told",
    "witness": "witness",
}


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its actions."""
    parser = commands.add_parser("roster", help="the signed list of commission members")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _register_new(actions)
    add = _action(actions, "add", "make the next version, with one commission member more")
    add.add_argument("--card", required=True, type=Path, metavar="CARD")
    add.set_defaults(run=run_add)
    renew = _action(actions, "replace", "make the next version, with a new key for one of them")
    renew.add_argument("--card", required=True, type=Path, metavar="CARD")
    renew.set_defaults(run=run_replace)
    sign_action = _action(actions, "sign", "sign the newest version")
    sign_action.add_argument(
        "--key", required=True, type=Path, metavar="KEY", help="your key file"
    )
    sign_action.set_defaults(run=run_sign)
    _action(actions, "show", "say who is in it").set_defaults(run=run_show)
    verify = _action(actions, "verify", "check every signature, back to the founding list")
    verify.add_argument("--genesis", required=True, metavar="HEX", help="the hash on paper")
    verify.set_defaults(run=run_verify)


def _register_new(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    new = actions.add_parser("new", help="found the list; every founder signs it")
    new.add_argument("--origin", required=True, help="a name for it, such as example.org")
    new.add_argument(
        "--quorum", required=True, type=int, metavar="N", help="signatures a change needs"
    )
    new.add_argument("--card", required=True, type=Path, action="append", metavar="CARD")
    new.add_argument("--out", required=True, type=Path, metavar="ROSTER")
    new.set_defaults(run=run_new)


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, purpose: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=purpose)
    parser.add_argument("roster", type=Path, metavar="ROSTER")
    return parser


def run_new(args: argparse.Namespace) -> int:
    """Write version 1, and print what to pin and who signs."""
    check_output(args.out)
    founders = [member_of(load_card(card), _this_week()) for card in args.card]
    chain = (genesis(args.origin, args.quorum, founders),)
    check_reader_names(chain[-1].roster)
    _write(args.out, chain)
    _show_members(founders)
    say(_PINNED.format(hash=chain[0].roster.hash.hex()))
    _show_progress(chain, args.out)
    return 0


def run_add(args: argparse.Namespace) -> int:
    """Append the next version, with one member more."""
    return _append(args, with_member)


def run_replace(args: argparse.Namespace) -> int:
    """Append the next version, with a new key in place of that of the member of this name."""
    return _append(args, with_new_key)


def _append(args: argparse.Namespace, change: Callable[[Note, Member], Note]) -> int:
    chain = parse_chain(_read(args.roster))
    check_history(chain)
    check_signed(chain)
    member = member_of(load_card(args.card), _this_week())
    longer = (*chain, change(chain[-1], member))
    check_reader_names(longer[-1].roster)
    _write(args.roster, longer)
    _show_members([member])
    _show_progress(longer, args.roster)
    return 0


def run_sign(args: argparse.Namespace) -> int:
    """Show what is new in the newest version, then sign it."""
    chain = parse_chain(_read(args.roster))
    check_history(chain)
    check_reader_names(chain[-1].roster)
    say("With your signature you say: these are commission members, and these are their words.")
    _show_members(_new_members(chain))
    _show_other_changes(chain)
    signed = sign(chain, load_key(args.key, ask_passphrase_of(args.key)))
    _write(args.roster, signed)
    _show_progress(signed, args.roster)
    return 0


def run_show(args: argparse.Namespace) -> int:
    """Print the newest version."""
    chain = parse_chain(_read(args.roster))
    check_history(chain)
    roster = chain[-1].roster
    say(f"{roster.origin}, version {roster.version}. A change needs {roster.quorum} signatures.")
    _show_members(roster.members)
    say(_PINNED.format(hash=chain[0].roster.hash.hex()))
    _show_progress(chain, args.roster)
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """Check the chain against the pinned hash."""
    chain = read_chain(_read(args.roster), _hash(args.genesis))
    names = ", ".join(member.pseudonym for member in chain[-1].roster.members)
    say(f"All is well: version {len(chain)} leads back to the founding list. In it: {names}.")
    return 0


def _new_members(chain: Chain) -> Sequence[Member]:
    before = chain[-2].roster.members if len(chain) > 1 else ()
    return [member for member in chain[-1].roster.members if member not in before]


def _show_other_changes(chain: Chain) -> None:
    roster = chain[-1].roster
    before = chain[-2].roster.members if len(chain) > 1 else ()
    gone = [member.pseudonym for member in before if roster.member(member.mid) is None]
    if gone:
        say(f"\nNo longer in it: {', '.join(gone)}.")
    say(f"\nFrom now on a change needs {roster.quorum} signatures.")


def _show_members(members: Sequence[Member]) -> None:
    for member in members:
        roles = ", ".join(_ROLES[role] for role in member.roles)
        end = f" to {member.until}" if member.until else ""
        say(f"\n{member.pseudonym}: {roles}, from week {member.since}{end}")
        if member.about:
            say(f"    {member.about}")
        say(f"    {' '.join(fingerprint_words(member.mid[:FINGERPRINT_BYTES]))}")


def _show_progress(chain: Chain, path: Path) -> None:
    signed = signed_by(chain)
    unsigned = [member.pseudonym for member in signers(chain) if member not in signed]
    missing = needed(chain) - len(signed)
    version = chain[-1].roster.version
    if missing <= 0:
        say(f"\nVersion {version} has all the signatures it needs.")
        return
    say(f"\nVersion {version} still needs {missing} of these to sign: {', '.join(unsigned)}.")
    say("Each of them reads the words above to be sure, and then runs on their own device:")
    print(f"    holdfast roster sign --key THEIR.key {path}")


def _this_week() -> int:
    return week_of(datetime.now(UTC))


def _hash(text: str) -> bytes:
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != HASH_BYTES:
        raise RosterError("The pinned hash has 64 digits and letters a to f; type it again.")
    return digest


def _read(path: Path) -> str:
    try:
        return read_roster_text(path)
    except OSError as error:
        raise RosterError(f"The roster {path} cannot be read: {error.strerror}.") from None


def _write(path: Path, chain: Chain) -> None:
    """Write the roster anew; what was read from there was one."""
    check_output(path, lambda _start: True)
    try:
        replace_file(path, format_chain(chain).encode())
    except OSError as error:
        raise RosterError(f"The roster {path} cannot be written: {error.strerror}.") from None
