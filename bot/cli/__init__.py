"""``holdfast``: the command line, thin over the layers below.

A command is a module with ``register(commands)``, which adds a parser and sets ``run``, a
function from the arguments to the exit code. What was asked for goes to standard output,
everything else to standard error, each line behind ``holdfast:``. A traceback is never shown,
because it could show data.

Exit codes: 0 success, 1 refused with a message, 2 not a command, 70 unexpected (EX_SOFTWARE of
sysexits(3)), 130 interrupted, terminated, or nobody reads the output any more. For ``status``
1 means that the operator must do something, and 2 that the bot does not run or cannot be judged.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from bot.cli import (
    check,
    clock,
    flows,
    init,
    keygen,
    matrix,
    member,
    open,  # noqa: A004 - commands are called what they do
    page,
    roster,
    run,
    status,
    store,
    trial,
)
from bot.errors import HoldfastError, kind_of, place_of
from flows import FlowProblems
from store.model.errors import StoreError
from store.version import VERSION

REFUSED = 1
UNEXPECTED = 70
INTERRUPTED = 130

COMMANDS = (
    *(trial, init, check, run, status, clock, store, flows),
    *(matrix, roster, keygen, member, open, page),
)

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
            ("status", "say how the running bot is, and what it needs"),
            ("clock", "confirm the machine's clock after it has jumped"),
            ("store", "move what is kept to another database"),
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
            ("page", "write the page that opens it in a browser instead"),
        ),
    ),
    (
        "If you found or change the commission",
        (("roster", "make, sign and check the list of commission members"),),
    ),
)
"""The commands by the people who use them."""

_FIRST = """\
Holdfast: a chat bot to which people can tell what happened to them,
and stay the owner of what they told.
"""
_LAST = "'holdfast COMMAND --help' says more about one of them."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    _interrupt_on_termination()
    _replace_unprintable()
    args = _parser().parse_args(argv)
    try:
        return int(args.run(args))
    except (StoreError, HoldfastError, FlowProblems) as error:
        return _complain(str(error), REFUSED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _discard_output()
    except Exception as error:  # noqa: BLE001 - the edge: no traceback, which could show data
        return _complain(_unexpected(error), UNEXPECTED)


def overview() -> str:
    """Describe all commands in plain words, by the people who use them."""
    groups = (_group(heading, commands) for heading, commands in OVERVIEW)
    return "\n".join((_FIRST, *groups, _LAST))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="holdfast", usage="holdfast COMMAND …", add_help=False)
    parser.add_argument("-h", "--help", action="store_const", dest="run", const=_show_overview)
    parser.add_argument("--version", action="version", version=f"holdfast {VERSION}")
    parser.set_defaults(run=_show_overview)
    commands = parser.add_subparsers(metavar="COMMAND", prog="holdfast")
    for module in COMMANDS:
        module.register(commands)
    return parser


def _interrupt_on_termination() -> None:
    """Treat SIGTERM and SIGHUP as Ctrl-C, so that everything open is closed."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # under nohup(1) it is not
            signal.signal(number, signal.default_int_handler)


def _replace_unprintable() -> None:
    """Replace characters that the terminal cannot show, so that no message fails."""
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


def _discard_output() -> int:
    """Discard further output, so that Python does not report the broken pipe again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return INTERRUPTED


def _complain(text: str, code: int) -> int:
    for line in text.splitlines():
        print(f"holdfast: {line}", file=sys.stderr)
    return code
