"""Loading ``config.toml``: everything that is wrong with it is reported at once.

The file holds no secrets, and no message repeats a value: one may have been typed into it.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.config.sections import ConfigReader
from bot.config.values import Config
from bot.errors import ConfigError, ConfigProblems


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
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        why, cure = "it is not a text file in UTF-8", "Save it as plain text, in UTF-8."
        raise _whole_file(path, why, cure) from error
    except FileNotFoundError as error:
        why = "there is no config file here"
        cure = "Make one with 'holdfast init DIR', or name another one with '--config'."
        raise _whole_file(path, why, cure) from error
    except OSError as error:
        why, cure = "it cannot be read", "It must be a file that this user may read."
        raise _whole_file(path, why, cure) from error
    return parse_config(text, path, optional)


def parse_config(text: str, path: Path, optional: OptionalSections | None = None) -> Config:
    """Do as ``read_config`` with a text; relative paths in it begin at the folder of ``path``."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        cure = "Look for a missing quotation mark or bracket there."
        raise _whole_file(path, f"it cannot be understood{_place_of(error)}", cure) from error
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


def _place_of(error: tomllib.TOMLDecodeError) -> str:
    """Return only the place: the rest of the message can repeat what stands there."""
    place = re.search(r"\((at [^()]*)\)$", str(error))
    return f" {place[1]}" if place else ""
