"""``holdfast flows ACT``: for those who edit the questions; one module an act."""

from typing import TYPE_CHECKING

from bot.cli.flows import publish

if TYPE_CHECKING:
    import argparse

ACTS = (publish,)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command, with every act below it."""
    parser = commands.add_parser("flows", help="for those who edit the questions")
    acts = parser.add_subparsers(metavar="ACT", required=True)
    for act in ACTS:
        act.register(acts)
