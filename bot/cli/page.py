"""``holdfast page``: the page with which readers open reports in a browser, without a terminal."""

import argparse
import hashlib
from pathlib import Path

from bot.console import say
from bot.errors import FolderError
from bot.output_file import check_output, marked
from bot.reader_page import MADE_BY, read_page
from store.atomic_file import replace_file

_DONE = """\
{file} is the reader page. Give it to the commission members on a stick or by a way they trust; \
they open it in a browser, and it sends nothing. They can compare this number (SHA-256):

    {digest}
"""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    purpose = "write the page with which commission members open reports in a browser"
    parser = commands.add_parser("page", help=purpose, description=purpose)
    acts = parser.add_subparsers(metavar="ACT", required=True)
    write = acts.add_parser("write", help="write it to a file", description=purpose)
    write.add_argument("--out", required=True, type=Path, metavar="FILE", help="where to write it")
    write.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the page, in place of none but an earlier one, and say how it is recognised."""
    file: Path = args.out
    check_output(file, marked(MADE_BY))
    page = read_page()
    try:
        replace_file(file, page)
    except OSError as error:
        raise FolderError(f"{file} cannot be written ({error.strerror}).") from None
    say(_DONE.format(file=file, digest=hashlib.sha256(page).hexdigest()))
    return 0
