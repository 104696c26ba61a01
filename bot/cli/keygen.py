"""``holdfast keygen``: make a reader's keys, on their own device."""

import argparse
import secrets
from pathlib import Path

from bot.console import ask_new_passphrase, say
from bot.errors import UsageError
from bot.output_file import check_output
from handlers.readers.reader_names import name_faults
from store.readers.key_file import WORK_FACTOR, ReaderKey, check_name, save_card, save_key

_DONE = """
{key} holds your keys. Keep it on this device and put a copy on a stick that you lock away. \
Nobody can bring back the file or its passphrase, not even us.

{card} is your card; nothing in it is secret. You may write in it who you are. Then send it to \
whoever keeps the list of commission members.

When you meet two other commission members, or see them on a call, read these eight words aloud. \
They check that the list holds your card and nobody else's:

    {words}
"""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("keygen", help="make the keys of a commission member")
    parser.add_argument("--name", required=True, help="the name that reporters will see")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the key file")
    parser.add_argument("--card", type=Path, metavar="FILE", help="default: beside the key file")
    parser.add_argument(
        "--work-factor",
        type=int,
        choices=range(1, 21),
        default=WORK_FACTOR,
        metavar="N",
        help=f"how slow it is to try a passphrase, 1 to 20; default: {WORK_FACTOR}",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask for a passphrase, write key file and card, and print what to do next."""
    card_path: Path = args.card or args.out.with_suffix(".card.toml")
    check_name(args.name)
    for fault in name_faults([args.name]):
        raise UsageError(f"--name: {fault}.")
    check_output(args.out)
    check_output(card_path)
    passphrase = ask_new_passphrase()
    key = ReaderKey.generate(secrets.token_bytes)
    card = key.card(args.name)
    save_key(args.out, key.seal(passphrase, args.work_factor, secrets.token_bytes))
    save_card(card_path, card)
    say(_DONE.format(key=args.out, card=card_path, words=" ".join(card.words)))
    return 0
