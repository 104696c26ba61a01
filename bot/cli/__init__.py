"""``holdfast``: every command, thin over the layers below. It decides nothing.

A command is a module with ``register(commands)``, which adds a parser and sets ``run``, a
function from the arguments to the exit code. Rules of speech: what was asked for goes to standard
output; everything else to standard error, each line behind ``holdfast:``; never a traceback,
never data.

Exit codes: 0 done, 1 refused with a sentence, 2 not a command, 70 unexpected (EX_SOFTWARE of
sysexits(3)), 130 interrupted, told to end, or nobody reads on.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import version
from io import TextIOWrapper

from bot.cli import (
    check,
    flows,
    init,
    keygen,
    matrix,
    member,
    open,  # noqa: A004 - commands are called what they do
    roster,
    run,
    trial,
)
from bot.errors import HoldfastError, kind_of, place_of
from flows import FlowProblems
from store.model.errors import StoreError

REFUSED = 1
UNEXPECTED = 70
INTERRUPTED = 130

COMMANDS = (trial, init, check, run, flows, matrix, roster, keygen, member, open)

OVERVIEW = (
    (
        "If you want to see it",
        (("try", "a talk with a made-up organisation; nothing of it stays"),),
    ),
    (
        "If you run the server (operator)",
        (
            ("init", "make the folder of a new organisation"),
            ("check", "say what is missing or wrong, and the cure"),
            ("run", "start the bot: on Telegram, on Matrix, or on this terminal"),
            ("matrix", "make a new identity on Matrix, where the old one is lost"),
        ),
    ),
    (
        "If you edit the questions (maintainer)",
        (("flows", "check, try, draw, compare, print, translate and publish them"),),
    ),
    (
        "If you are a commission member (reader)",
        (
            ("keygen", "make your keys, on your own device"),
            ("member", "join, look what was shared with you, fetch it"),
            ("open", "open a report that was shared with you"),
        ),
    ),
    (
        "If you found or change the commission",
        (("roster", "make, sign and check the list of commission members"),),
    ),
)
"""Who uses which command, and for what."""

_FIRST = """\
Holdfast: a chat bot to which people can tell what happened to them,
and stay the owner of what they told.
"""
_LAST = "'holdfast COMMAND --help' says more about one of them."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    _end_cleanly_when_told()
    _speak_anywhere()
    args = _parser().parse_args(argv)
    try:
        return int(args.run(args))
    except (StoreError, HoldfastError, FlowProblems) as error:
        return _complain(str(error), REFUSED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _unheard()
    except Exception as error:  # noqa: BLE001 - the edge: no traceback, which could show data
        return _complain(_unexpected(error), UNEXPECTED)


def overview() -> str:
    """All commands in plain words, by who uses them."""
    groups = (_group(heading, commands) for heading, commands in OVERVIEW)
    return "\n".join((_FIRST, *groups, _LAST))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="holdfast", usage="holdfast COMMAND …", add_help=False)
    parser.add_argument("-h", "--help", action="store_const", dest="run", const=_show_overview)
    parser.add_argument("--version", action="version", version=f"holdfast {version('holdfast')}")
    parser.set_defaults(run=_show_overview)
    commands = parser.add_subparsers(metavar="COMMAND", prog="holdfast")
    for module in COMMANDS:
        module.register(commands)
    return parser


def _end_cleanly_when_told() -> None:
    """Being told to end, or losing the terminal, is the same as Ctrl-C: what is open is closed."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # under nohup(1) it is not
            signal.signal(number, signal.default_int_handler)


def _speak_anywhere() -> None:
    """A terminal that lacks a sign shows another one; no sentence fails because of it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _show_overview(_args: argparse.Namespace) -> int:
    print(overview())
    return 0


def _group(heading: str, commands: Sequence[tuple[str, str]]) -> str:
    lines = (f"  holdfast {name:<8} {purpose}" for name, purpose in commands)
    return "\n".join((f"{heading}:", *lines, ""))


def _unexpected(error: Exception) -> str:
    return (
        f"something went wrong that nobody had foreseen ({kind_of(error)} at {place_of(error)}). "
        "Please tell whoever maintains the program these words; they hold nothing of anybody."
    )


def _unheard() -> int:
    """Whoever read the output has gone; Python must not find that out once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return INTERRUPTED


def _complain(text: str, code: int) -> int:
    for line in text.splitlines():
        print(f"holdfast: {line}", file=sys.stderr)
    return code
