"""``holdfast open``: open what was shared with a reader, on their own device."""

import argparse
import secrets
from pathlib import Path

from bot.console import ask_passphrase_of, printable, say
from bot.output_file import check_output
from bot.report_display import describe_terms, show_report
from store.atomic_file import OWNER_ONLY, create_file
from store.model.errors import KeyringError, Unreadable
from store.readers.delivery_bundle import OpenedReport, open_delivery
from store.readers.invitations import Invitation, is_invitation, read_invitation
from store.readers.key_file import load_key
from store.readers.notebook import load_notebook, notebook_path, save_notebook


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("open", help="open what a reporter shared with you")
    opened = "a delivery, <code>.holdfast, or the sealed file with which you join"
    parser.add_argument("file", type=Path, metavar="FILE", help=opened)
    parser.add_argument("--key", required=True, type=Path, metavar="KEY", help="your key file")
    parser.add_argument("--save", type=Path, metavar="FILE", help="also write the text to a file")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask for the passphrase, check everything, then show the terms and the report."""
    if args.save:
        check_output(args.save)
    data = _read(args.file)
    key = load_key(args.key, ask_passphrase_of(args.key))
    if is_invitation(data):
        show_invitation(read_invitation(data, key))
        return 0
    notes = notebook_path(args.key)
    report = open_delivery(data, key, load_notebook(notes, key))
    save_notebook(notes, report.notebook, key, secrets.token_bytes)
    show_report(report)
    if args.save:
        _save(args.save, report)
    return 0


def show_invitation(invitation: Invitation) -> None:
    """Show the digits that link a reader's account, and the one place for them."""
    say(
        f"{invitation.digits}\n\nType these eight digits as {invitation.account} on"
        f" {invitation.platform}, within ten minutes of the file being made, and nowhere else:"
        f"\n  /join {invitation.digits}"
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"The file {path} cannot be read: {error.strerror}.") from None


def _save(path: Path, report: OpenedReport) -> None:
    text = printable(f"{describe_terms(report.may)}\n\n{report.text}\n")
    try:
        create_file(path, text.encode(), OWNER_ONLY)
    except OSError as error:
        raise KeyringError(f"{path} was not written: {error.strerror}.") from None
    say(f"The text is in {path}, readable for whoever uses this device. Delete it when you can.")
