"""Loading ``config.toml``: everything that is wrong with it is reported at once.

The file holds no secrets, and no message repeats a value: one may have been typed into it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.config.sections import ConfigReader
from bot.config.values import Config
from bot.errors import ConfigError, ConfigProblems
from store.hand_edited import Slip, decode, parse_toml


@dataclass(frozen=True, slots=True)
class OptionalSections:
    """Name the sections of which each may be left out if it is wrong and another is in order."""

    names: frozenset[str]
    report: Callable[[ConfigProblems], None]
    """Is given what is wrong with the sections that were left out."""


def read_config(path: Path, optional: OptionalSections | None = None) -> Config:
    """Read the config of an installation; raises ``ConfigProblems`` with everything to correct.

    With ``optional``, a platform that is wrongly configured is left out if another is in order,
    so that its problems affect nobody else.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        why = "there is no config file here"
        cure = "Make one with 'holdfast init DIR', or name another one with '--config'."
        raise _whole_file(path, why, cure) from error
    except OSError as error:
        why, cure = "it cannot be read", "It must be a file that this user may read."
        raise _whole_file(path, why, cure) from error
    text = decode(data)
    if isinstance(text, Slip):
        raise _whole_file(path, f"{text.what}{_place_of(text)}", f"{text.cure}.")
    return parse_config(text, path, optional)


def parse_config(text: str, path: Path, optional: OptionalSections | None = None) -> Config:
    """Do as ``read_config`` with a text; relative paths in it begin at the folder of ``path``."""
    tables = parse_toml(text)
    if isinstance(tables, Slip):
        raise _whole_file(path, f"{tables.what}{_place_of(tables)}", f"{tables.cure}.")
    reader = ConfigReader(path.resolve().parent, tables)
    config = reader.read()
    wrong = frozenset(problem.key.partition(".")[0] for problem in reader.problems)
    if not wrong:
        return config
    problems = ConfigProblems(path, reader.problems)
    if optional is None or not wrong <= optional.names or not config.platforms - wrong:
        raise problems
    optional.report(problems)
    return config.without(wrong)


def _whole_file(path: Path, why: str, cure: str) -> ConfigProblems:
    return ConfigProblems(path, [ConfigError("config", why, cure)])


def _place_of(slip: Slip) -> str:
    column = f", column {slip.column}" if slip.column else ""
    return f" at line {slip.line}{column}" if slip.line else ""
