"""``holdfast init``: make the folder of a new organisation."""

import argparse
import shlex
import sys
from dataclasses import replace
from pathlib import Path

from bot.config.load import parse_config
from bot.config.values import HelpLine
from bot.console import printable
from bot.errors import ConfigProblems, FolderError, UsageError
from bot.installation import Founding, config_text, make_folder

LATER = ("organisation.help", "roster.genesis")
"""Keys that a new installation may still lack; ``holdfast check`` names both."""

_DONE = """
{folder} is ready. It holds:
  config.toml  the configuration, which explains itself
  flows        the questions
  data         what is kept, sealed
  keyring      the keys; it belongs in no backup of the data

What comes next:
{steps}"""
_HELP_STEP = """\
Name a help line in {config}, below [[organisation.help]].
   The bot does not start without one."""
_KEY_STEP = """\
Each commission member makes a key on their own device, and brings the card:
     holdfast keygen --name NAME --out KEY"""
_ROSTER_STEP = """\
Found the list of commission members, and have all of them sign it:
     holdfast roster new --origin {id} --quorum 2 --card CARD --card CARD --out {roster}
     holdfast roster sign --key KEY {roster}"""
_PIN_STEP = "Write the 64 characters that 'roster new' showed into {config}, at genesis."
_CHECK_STEP = """\
See whether something is missing:
     holdfast check --config {config}"""
_RUN_STEP = """\
Start the bot:
     holdfast run --config {config}"""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("init", help="make the folder of a new organisation")
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or an empty folder")
    parser.add_argument("--name", help="the organisation's name, as reporters read it")
    parser.add_argument("--id", help="a short name, set once, such as example.org")
    parser.add_argument("--help-name", default="", help="a help line: who it is")
    parser.add_argument("--help-contact", default="", help="its number or address")
    parser.add_argument("--help-hours", default="", help="when somebody answers there")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the folder and print what to do next."""
    _check_free(args.folder)
    founding = _complete(args)
    text = config_text(founding)
    _check(text, founding.folder)
    make_folder(founding.folder, text)
    print(printable(_DONE.format(folder=founding.folder, steps=_steps(founding))))
    return 0


def _check_free(folder: Path) -> None:
    try:
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise FolderError(f"{folder} cannot be looked into; name another folder.") from error
    if taken:
        raise FolderError(f"{folder} is not empty. Nothing was changed; name a new folder.")


def _complete(args: argparse.Namespace) -> Founding:
    """Take what was given, and ask for the rest if somebody sits at a terminal."""
    named = HelpLine(args.help_name, args.help_contact, args.help_hours)
    founding = Founding(args.folder, args.name or "", args.id or "", named)
    if founding.name and founding.id:
        return founding
    if not sys.stdin.isatty():
        raise UsageError("'holdfast init' needs --name and --id. Nothing was made.")
    return _ask_for_missing(founding)


def _ask_for_missing(founding: Founding) -> Founding:
    founding = replace(
        founding,
        name=founding.name or _ask("The organisation's name, as reporters will read it: "),
        id=founding.id or _ask("A short name, set once, such as example.org: "),
    )
    if founding.help != HelpLine("", "", ""):
        return founding
    who = _ask("A help line for people who are not safe: who is it? (empty: later) ")
    if not who:
        return founding
    how = _ask("Its number or address: ")
    return replace(founding, help=HelpLine(who, how, _ask("When does somebody answer there? ")))


def _ask(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError as error:
        raise UsageError("The questions were left. Nothing was made.") from error


def _check(text: str, folder: Path) -> None:
    """Refuse wrong values before anything is written; the keys of ``LATER`` may be missing."""
    path = folder / "config.toml"
    try:
        parse_config(text, path)
    except ConfigProblems as error:
        wrong = [problem for problem in error.problems if problem.key not in LATER]
        if wrong:
            raise ConfigProblems(path, wrong) from error


def _steps(founding: Founding) -> str:
    first = [] if founding.help != HelpLine("", "", "") else [_HELP_STEP]
    steps = [*first, _KEY_STEP, _ROSTER_STEP, _PIN_STEP, _CHECK_STEP, _RUN_STEP]
    places = {
        "config": shlex.quote(str(founding.folder / "config.toml")),
        "roster": shlex.quote(str(founding.folder / "roster.note")),
        "id": founding.id,
    }
    return "\n".join(f"{n}. {step.format(**places)}" for n, step in enumerate(steps, 1))
