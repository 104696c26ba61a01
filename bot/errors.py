"""What can go wrong in the program around the talks; the messages never carry data.

::

    HoldfastError
    ├── CryptoStoreError    the file of Matrix's own keys cannot be opened
    ├── ConfigProblems  the config cannot be used; carries every ConfigError at once
    ├── FolderError     an installation folder cannot be made or used
    └── UsageError      a command was not given what it needs
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from traceback import walk_tb

PACKAGES = ("bot", "handlers", "flows", "store")


class HoldfastError(Exception):
    """The program cannot go on; the message says what, where and what to do next."""


@dataclass(frozen=True, slots=True)
class ConfigError:
    """One thing to mend in the config; its ``str`` is ``section.key: why. cure``.

    Values are never repeated: somebody may have typed a secret where none belongs.
    """

    key: str
    why: str
    cure: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.key}: {self.why}. {self.cure}"


class CryptoStoreError(HoldfastError):
    """The file in which Matrix's client library keeps its keys cannot be opened or made."""


class ConfigProblems(HoldfastError):
    """The config cannot be used; every reason at once, a line each."""

    def __init__(self, path: Path, problems: Iterable[ConfigError]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}: {problem}" for problem in self.problems))


class FolderError(HoldfastError):
    """An installation folder cannot be made or used; nothing in it was changed."""


class UsageError(HoldfastError):
    """A command was not given what it needs."""


def kind_of(error: BaseException) -> str:
    """The type of an error by its name: all of it that may be written down."""
    return type(error).__qualname__


def place_of(error: BaseException) -> str:
    """Where it happened, as ``module:line``: the last place in this program, else the last."""
    places = [
        (str(frame.f_globals.get("__name__", "?")), line)
        for frame, line in walk_tb(error.__traceback__)
    ]
    ours = [place for place in places if place[0].partition(".")[0] in PACKAGES]
    module, line = (ours or places or [("?", 0)])[-1]
    return f"{module}:{line}"
