"""``holdfast flows``: the commands for maintainers of the questions, one module each.

A module has ``register(commands)``, like a top-level command. None needs a whole installation: a
questionnaire alone in a folder is enough to look at it.
"""

from typing import TYPE_CHECKING

from bot.cli.flows import (
    check,
    diff,
    draw,
    preview,
    print_page,
    publish,
    test,
    translations,
    update,
)

if TYPE_CHECKING:
    import argparse

ACTS = (check, preview, test, draw, diff, print_page, translations, update, publish)

_FIRST = (
    "For whoever edits the questions. Each act takes the files that you name; without any, the"
)
_LAST = "questionnaires of --config, or of the folder that you are in."


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command with its subcommands."""
    parser = commands.add_parser(
        "flows", help="check, try, draw, compare, print, translate and publish the questions"
    )
    parser.description = f"{_FIRST} {_LAST}"
    parser.set_defaults(run=lambda _args: _show_acts(parser))
    acts = parser.add_subparsers(metavar="ACT", prog="holdfast flows", title="acts")
    for module in ACTS:
        module.register(acts)


def _show_acts(parser: "argparse.ArgumentParser") -> int:
    """Print the subcommands and their purposes."""
    parser.print_help()
    return 0
